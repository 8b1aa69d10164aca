//! The rule's edges one by one, then its properties.

use proptest::prelude::*;

use super::*;

fn schedule(days: &[&str], at: &str, zone: &str) -> Schedule {
    Schedule {
        days: days.iter().map(|day| (*day).to_owned()).collect(),
        at: at.to_owned(),
        zone: zone.to_owned(),
        every_weeks: None,
        starts_on: None,
        ends_on: None,
    }
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn next(schedule: &Schedule, made_on: &str, member: &str, after: &str, count: usize) -> Vec<String> {
    let (rule, zone) = (schedule.rule(date(made_on)).unwrap(), TimeZone::get(member).unwrap());
    let after = after.parse().unwrap();
    rule.after(&zone, after).take(count).map(|found| found.opens_at.to_string()).collect()
}

const EVERY_DAY: [&str; 7] = DAYS;

#[test]
fn nine_oclock_is_nine_oclock_where_one_is() {
    let standup = schedule(&["mo", "we"], "09:00", MEMBER);
    let after = "2026-11-16T00:00:00Z";
    assert_eq!(
        next(&standup, "2026-11-15", "Europe/Berlin", after, 3),
        ["2026-11-16T08:00:00Z", "2026-11-18T08:00:00Z", "2026-11-23T08:00:00Z"]
    );
    assert_eq!(
        next(&standup, "2026-11-15", "Pacific/Auckland", after, 2),
        ["2026-11-17T20:00:00Z", "2026-11-22T20:00:00Z"]
    );
    assert_eq!(next(&standup, "2026-11-15", "Pacific/Niue", after, 1), ["2026-11-16T20:00:00Z"]);
    assert_eq!(next(&standup, "2026-11-15", "Pacific/Kiritimati", after, 1), ["2026-11-17T19:00:00Z"]);
    let one_zone = schedule(&["mo"], "09:00", "Asia/Kolkata");
    assert_eq!(next(&one_zone, "2026-11-15", "Pacific/Niue", after, 1), ["2026-11-16T03:30:00Z"]);
}

#[test]
fn an_opening_at_the_very_instant_is_not_after_it() {
    let standup = schedule(&EVERY_DAY, "09:00", "UTC");
    assert_eq!(next(&standup, "2026-11-15", "UTC", "2026-11-16T09:00:00Z", 1), ["2026-11-17T09:00:00Z"]);
}

#[test]
fn gaps_move_forward_and_overlaps_take_the_first() {
    let early = schedule(&EVERY_DAY, "02:30", MEMBER);
    // 02:30 does not exist: 03:30 summer time.
    assert_eq!(
        next(&early, "2026-03-01", "Europe/Berlin", "2026-03-29T00:00:00Z", 1),
        ["2026-03-29T01:30:00Z"]
    );
    // 02:30 comes twice: the first, still summer time.
    assert_eq!(
        next(&early, "2026-10-01", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    // Lord Howe changes by half an hour: 02:00 to 02:30.
    let at_two = schedule(&EVERY_DAY, "02:10", MEMBER);
    assert_eq!(
        next(&at_two, "2026-10-01", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", 1),
        ["2026-10-03T15:40:00Z"]
    );
}

#[test]
fn apia_had_no_thirtieth_of_december() {
    let daily = schedule(&EVERY_DAY, "09:00", MEMBER);
    // The 30th moves by the 24 hours of the gap, onto the 31st.
    assert_eq!(
        next(&daily, "2011-12-01", "Pacific/Apia", "2011-12-29T18:00:00Z", 4),
        ["2011-12-29T19:00:00Z", "2011-12-30T19:00:00Z", "2011-12-30T19:00:00Z", "2011-12-31T19:00:00Z"]
    );
}

#[test]
fn weeks_are_iso_weeks_from_the_start() {
    let mut review = schedule(&["mo", "fr"], "10:00", "UTC");
    review.every_weeks = Some(2);
    // Made on a Wednesday: its week counts, the next does not.
    assert_eq!(
        next(&review, "2026-11-18", "UTC", "2026-11-18T12:00:00Z", 3),
        ["2026-11-20T10:00:00Z", "2026-11-30T10:00:00Z", "2026-12-04T10:00:00Z"]
    );
    // Sunday still belongs to the week that began on Monday.
    review.starts_on = Some(date("2026-11-22"));
    assert_eq!(next(&review, "2026-11-18", "UTC", "2026-11-18T12:00:00Z", 1), ["2026-11-30T10:00:00Z"]);
}

#[test]
fn first_and_last_date_count() {
    let mut demo = schedule(&EVERY_DAY, "23:30", MEMBER);
    demo.starts_on = Some(date("2026-11-18"));
    demo.ends_on = Some(date("2026-11-19"));
    let found = next(&demo, "2026-01-01", "Pacific/Kiritimati", "2026-01-01T00:00:00Z", 9);
    assert_eq!(found, ["2026-11-18T09:30:00Z", "2026-11-19T09:30:00Z"]);
    assert!(next(&demo, "2026-01-01", "UTC", "2026-11-19T23:30:00Z", 9).is_empty());
}

#[test]
fn what_is_not_valid_is_named() {
    let made = date("2026-11-18");
    let field = |change: fn(&mut Schedule)| {
        let mut schedule = schedule(&["mo"], "09:00", MEMBER);
        change(&mut schedule);
        schedule.rule(made).unwrap_err().field
    };
    assert_eq!(field(|s| s.days.clear()), "days");
    assert_eq!(field(|s| s.days.push("mo".to_owned())), "days");
    assert_eq!(field(|s| s.days.push("monday".to_owned())), "days");
    for at in ["9:00", "24:00", "09:60", "0900", "+9:00", "09:00:00", ""] {
        let mut schedule = schedule(&["mo"], "09:00", MEMBER);
        at.clone_into(&mut schedule.at);
        assert_eq!(schedule.rule(made).unwrap_err().field, "at", "{at}");
    }
    assert_eq!(field(|s| s.zone = "Mars/Base".to_owned()), "zone");
    assert_eq!(field(|s| s.zone = String::new()), "zone");
    assert_eq!(field(|s| s.every_weeks = Some(0)), "every_weeks");
    assert_eq!(field(|s| s.every_weeks = Some(53)), "every_weeks");
    assert_eq!(
        field(|s| (s.starts_on, s.ends_on) = (Some(date("2026-11-02")), Some(date("2026-11-01")))),
        "ends_on"
    );
}

fn zones() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Pacific/Niue",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Africa/Casablanca",
        "UTC",
    ])
}

prop_compose! {
    fn schedules()(
        days in proptest::sample::subsequence(DAYS.to_vec(), 1..=7),
        hour in 0_i8..24,
        minute in 0_i8..60,
        every in 1_i64..5,
        starts in proptest::option::of(0_i64..700),
        length in proptest::option::of(0_i64..700),
    ) -> Schedule {
        let first = date("2024-01-01");
        let day = |offset: i64| first.checked_add(offset.days()).unwrap();
        let mut found = schedule(&days, &format!("{hour:02}:{minute:02}"), MEMBER);
        found.every_weeks = Some(every);
        found.starts_on = starts.map(day);
        found.ends_on = length.map(|length| day(starts.unwrap_or(300) + length));
        found
    }
}

proptest! {
    #[test]
    fn openings_follow_the_rule(schedule in schedules(), zone in zones(), from_day in 0_i64..900) {
        let rule = schedule.rule(date("2024-05-15")).unwrap();
        let member = TimeZone::get(zone).unwrap();
        let after: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
        let after = after.checked_add((from_day * 24).hours()).unwrap();
        let found: Vec<Occurrence> = rule.after(&member, after).take(20).collect();
        for (at, one) in found.iter().enumerate() {
            prop_assert!(one.opens_at > after);
            prop_assert!(rule.runs_on(one.date));
            if let Some(next) = found.get(at + 1) {
                prop_assert!(next.date > one.date && next.opens_at >= one.opens_at);
                // Nothing between two dates was left out.
                let between = one.date.tomorrow().unwrap().series(1.day()).take_while(|day| *day < next.date);
                prop_assert!(between.into_iter().all(|day| !rule.runs_on(day)));
            }
            let local = one.opens_at.to_zoned(member.clone());
            let wanted = one.date.to_datetime(rule.at);
            // On the wall clock it is the wanted time, or one that a gap moved forward.
            prop_assert!(local.datetime() >= wanted);
            prop_assert!(wanted.duration_until(local.datetime()).as_secs() <= 86_400);
        }
        // The first opening is the first: none of the dates before it opens later than the instant.
        if let Some(first) = found.first() {
            let before = rule.dates(first.date.checked_sub(30.days()).unwrap()).take_while(|day| *day < first.date);
            for day in before {
                prop_assert!(rule.opens_at(day, &member).unwrap() <= after);
            }
        }
    }

    #[test]
    fn dates_are_those_on_which_it_runs(schedule in schedules(), from_day in 0_i64..900) {
        let rule = schedule.rule(date("2024-05-15")).unwrap();
        let from = date("2024-01-01").checked_add(from_day.days()).unwrap();
        let until = from.checked_add(200.days()).unwrap();
        let listed: Vec<Date> = rule.dates(from).take_while(|day| *day < until).collect();
        let checked: Vec<Date> = from.series(1.day()).take_while(|day| *day < until).filter(|day| rule.runs_on(*day)).collect();
        prop_assert_eq!(listed, checked);
    }

    #[test]
    fn one_zone_is_one_instant(schedule in schedules(), here in zones(), a in zones(), b in zones()) {
        let schedule = Schedule { zone: here.to_owned(), ..schedule };
        let rule = schedule.rule(date("2024-05-15")).unwrap();
        let after: Timestamp = "2024-03-01T00:00:00Z".parse().unwrap();
        let of = |zone: &str| {
            let zone = TimeZone::get(zone).unwrap();
            rule.after(&zone, after).take(5).collect::<Vec<_>>()
        };
        prop_assert_eq!(of(a), of(b));
    }
}
