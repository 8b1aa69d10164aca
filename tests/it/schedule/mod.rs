//! Openings of check-ins against an independent oracle: Python's zoneinfo and dateutil, 2,000 random cases.
//!
//! Both sides read the machine's tz database (jiff from `/usr/share/zoneinfo`, Python from the same folder); the test
//! says which release that is.

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use meridian_domain::schedule::{DAYS, MEMBER, Schedule};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

const CASES: usize = 2_000;
const SEED: u64 = 20_261_118;
const COUNT: usize = 25;

/// Where changes of clocks and dates are odd, and some usual ones.
const ZONES: [&str; 28] = [
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Niue",
    "Pacific/Fakaofo",
    "Pacific/Kwajalein",
    "Pacific/Chatham",
    "Pacific/Marquesas",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Australia/Eucla",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Pyongyang",
    "Asia/Gaza",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Caracas",
    "America/New_York",
    "America/Los_Angeles",
    "America/Nuuk",
    "Antarctica/Troll",
    "Europe/Berlin",
    "Europe/Dublin",
    "UTC",
];

struct Case {
    schedule: Schedule,
    made_on: Date,
    member: &'static str,
    after: Timestamp,
}

fn pick<T: Copy>(rng: &mut StdRng, from: &[T]) -> T {
    from[rng.random_range(0..from.len())]
}

fn case(rng: &mut StdRng, number: usize) -> Case {
    let mut days: Vec<String> =
        DAYS.iter().filter(|_| rng.random_bool(0.4)).map(|day| (*day).to_owned()).collect();
    if days.is_empty() {
        days.push(pick(rng, &DAYS).to_owned());
    }
    // Half of the cases lie at night, where clocks change.
    let hour = if rng.random_bool(0.5) { rng.random_range(0..4) } else { rng.random_range(0..24) };
    let day = |rng: &mut StdRng| {
        // Every tenth case lies around the day that Apia left out.
        let (first, days) =
            if number.is_multiple_of(10) { ("2011-11-01", 90) } else { ("2008-01-01", 11_000) };
        first.parse::<Date>().unwrap().checked_add(rng.random_range(0..days).days()).unwrap()
    };
    let made_on = day(rng);
    let starts_on =
        rng.random_bool(0.5).then(|| made_on.checked_add(rng.random_range(-20..60).days()).unwrap());
    let ends_on = rng
        .random_bool(0.4)
        .then(|| starts_on.unwrap_or(made_on).checked_add(rng.random_range(0..200).days()).unwrap());
    let after = made_on.to_zoned(TimeZone::UTC).unwrap().timestamp();
    Case {
        schedule: Schedule {
            days,
            at: format!("{hour:02}:{:02}", pick(rng, &[0, 1, 10, 15, 29, 30, 31, 45, 59])),
            zone: if rng.random_bool(0.7) { MEMBER.to_owned() } else { pick(rng, &ZONES).to_owned() },
            every_weeks: Some(pick(rng, &[1, 1, 1, 2, 3, 4, 13, 52])),
            starts_on,
            ends_on,
        },
        made_on,
        member: pick(rng, &ZONES),
        after: after.checked_add(rng.random_range(-400_000..8_000_000).seconds()).unwrap(),
    }
}

/// What ours finds, `[date, milliseconds]` each; behind 2037 the files of the tz
/// database have no lines, and both sides follow the zone's rule (to 2060 here).
fn ours(case: &Case) -> Value {
    let rule = case.schedule.rule(case.made_on).unwrap();
    let zone = TimeZone::get(case.member).unwrap();
    let found = rule.after(&zone, case.after).take_while(|one| one.date.year() <= 2060).take(COUNT);
    found.map(|one| json!([one.date.to_string(), one.opens_at.as_millisecond()])).collect()
}

fn line(case: &Case) -> String {
    let Schedule { days, at, zone, every_weeks, starts_on, ends_on } = &case.schedule;
    let mut text = json!({
        "days": days, "at": at, "zone": zone, "every_weeks": every_weeks, "starts_on": starts_on, "ends_on": ends_on,
        "made_on": case.made_on, "member": case.member, "after_ms": case.after.as_millisecond(),
        "count": COUNT, "until_year": 2060,
    })
    .to_string();
    text.push('\n');
    text
}

#[test]
fn two_thousand_random_rules_agree_with_the_oracle() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/it/schedule/oracle.py");
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/.venv/bin/python");
    let mut rng = StdRng::seed_from_u64(SEED);
    let cases: Vec<Case> = (0..CASES).map(|number| case(&mut rng, number)).collect();
    let mut oracle = Command::new(python)
        .arg(here)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("tests/clients/.venv is made by scripts/test.sh");
    let input: String = cases.iter().map(line).collect();
    let mut stdin = oracle.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = oracle.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    let mut answers = answers.lines().map(|text| serde_json::from_str::<Value>(text).unwrap());
    println!("tz database: {}", answers.next().unwrap()["version"]);
    let mut openings = 0;
    for case in &cases {
        let theirs = answers.next().unwrap();
        assert_eq!(ours(case), theirs, "{}", line(case));
        openings += theirs.as_array().unwrap().len();
    }
    assert!(answers.next().is_none());
    println!("{CASES} rules, {openings} openings");
    assert!(openings > 10 * CASES, "the cases are worth something: {openings}");
}
