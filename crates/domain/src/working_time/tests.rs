//! Working hours against a count of quarters of an hour that knows none of the code.

use jiff::SignedDuration;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const WEEK: [&str; 5] = ["mo", "tu", "we", "th", "fr"];
const HOUR_MS: i64 = 3_600_000;

fn usual(zone: &str) -> WorkingHours {
    WorkingHours::parse(&WEEK, "09:00", "17:00", zone).unwrap()
}

fn after(from: &str, hours: i64, who: &WorkingHours) -> String {
    after_working_time(from.parse().unwrap(), hours * HOUR_MS, who).unwrap().to_string()
}

#[test]
fn eight_hours_are_a_working_day() {
    let ada = usual("Europe/Berlin");
    // Monday 10:00 in Berlin: seven hours today, one tomorrow.
    assert_eq!(after("2026-11-02T09:00:00Z", 8, &ada), "2026-11-03T09:00:00Z");
    // Friday 16:00: one hour, then Monday 16:00.
    assert_eq!(after("2026-11-06T15:00:00Z", 8, &ada), "2026-11-09T15:00:00Z");
    // Saturday counts from Monday 09:00 on.
    assert_eq!(after("2026-11-07T12:00:00Z", 8, &ada), "2026-11-09T16:00:00Z");
    // The same instant for somebody in New York: 04:00 there.
    assert_eq!(after("2026-11-02T09:00:00Z", 8, &usual("America/New_York")), "2026-11-02T22:00:00Z");
}

#[test]
fn clocks_change_between() {
    // 2026-03-29 is the change in Berlin: Friday 17:00 is 16:00Z, Monday 09:00 is 07:00Z.
    assert_eq!(after("2026-03-27T15:00:00Z", 2, &usual("Europe/Berlin")), "2026-03-30T08:00:00Z");
    let night = WorkingHours::parse(&["sa"], "22:00", "06:00", "Europe/Berlin").unwrap();
    // That night has seven hours.
    assert_eq!(after("2026-03-28T21:00:00Z", 7, &night), "2026-03-29T04:00:00Z");
}

#[test]
fn a_shift_over_midnight_is_one_shift() {
    let night = WorkingHours::parse(&["mo"], "22:00", "06:00", "UTC").unwrap();
    assert_eq!(after("2026-11-03T02:00:00Z", 3, &night), "2026-11-03T05:00:00Z");
    assert_eq!(after("2026-11-03T02:00:00Z", 5, &night), "2026-11-09T23:00:00Z");
}

#[test]
fn who_never_works_has_no_time() {
    let never = WorkingHours::parse::<&str>(&[], "09:00", "17:00", "UTC").unwrap();
    assert_eq!(after_working_time(Timestamp::UNIX_EPOCH, HOUR_MS, &never), None);
    assert!(WorkingHours::parse(&["monday"], "09:00", "17:00", "UTC").is_err());
    assert!(WorkingHours::parse(&WEEK, "9 am", "17:00", "UTC").is_err());
    assert!(WorkingHours::parse(&WEEK, "09:00", "17:00", "Mars/Base").is_err());
}

/// Whether somebody works in the quarter of an hour that begins at an instant; written without the code above. Right
/// where no change of clocks falls on a boundary of the hours.
fn works(at: Timestamp, days: &[&str], start_h: i8, end_h: i8, zone: &TimeZone) -> bool {
    let local = at.to_zoned(zone.clone());
    let names = ["mo", "tu", "we", "th", "fr", "sa", "su"];
    let name = |date: Date| names[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap()];
    let (today, hour) = (days.contains(&name(local.date())), local.hour());
    if start_h < end_h {
        return today && (start_h..end_h).contains(&hour);
    }
    let yesterday = days.contains(&name(local.date().yesterday().unwrap()));
    (today && hour >= start_h) || (yesterday && hour < end_h)
}

#[test]
fn an_age_counts_working_time_only() {
    let ada = usual("Europe/Berlin");
    let age = |from: &str, to: &str| {
        working_time_between(from.parse().unwrap(), to.parse().unwrap(), &ada) / 60_000
    };
    // Friday 16:00 to Monday 10:00 in Berlin: two hours.
    assert_eq!(age("2026-11-06T15:00:00Z", "2026-11-09T09:00:00Z"), 120);
    assert_eq!(age("2026-11-07T15:00:00Z", "2026-11-08T09:00:00Z"), 0);
    assert_eq!(age("2026-11-09T09:00:00Z", "2026-11-06T15:00:00Z"), 0);
}

/// Zones with every kind of offset, and with changes of clocks at odd hours.
const ZONES: [&str; 12] = [
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Niue",
];
const NAMES: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];

fn some_days() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(NAMES.to_vec(), 1..=7)
}

/// Somebody who works by day, with the parts that the count needs.
#[derive(Clone, Debug)]
struct Someone {
    days: Vec<&'static str>,
    start_h: i8,
    end_h: i8,
    zone: &'static str,
    off: Option<(i64, i64)>,
}

/// A day from which the ranges off count.
const FROM: jiff::civil::Date = date(2026, 3, 1);

impl Someone {
    fn off(&self) -> Option<(Date, Date)> {
        self.off.map(|(first, days)| {
            (FROM.checked_add(first.days()).unwrap(), FROM.checked_add((first + days).days()).unwrap())
        })
    }

    fn hours(&self) -> WorkingHours {
        let (start, end) = (format!("{:02}:00", self.start_h), format!("{:02}:00", self.end_h));
        WorkingHours::parse(&self.days, &start, &end, self.zone).unwrap().without(self.off())
    }

    fn works(&self, at: Timestamp) -> bool {
        let zone = TimeZone::get(self.zone).unwrap();
        let day = at.to_zoned(zone.clone()).date();
        let off = self.off().is_some_and(|(first, last)| first <= day && day <= last);
        !off && works(at, &self.days, self.start_h, self.end_h, &zone)
    }
}

/// By day, so that no shift begins or ends in the hours in which clocks change.
fn someone() -> impl Strategy<Value = Someone> {
    let off = proptest::option::of((0_i64..60, 0_i64..20));
    (some_days(), 5_i8..12, 1_i8..12, proptest::sample::select(ZONES.to_vec()), off).prop_map(
        |(days, start_h, length, zone, off)| Someone { days, start_h, end_h: start_h + length, zone, off },
    )
}

fn quarter(number: i64) -> Timestamp {
    // From 1 March 2026 on: the changes of clocks in America and Europe, and back in Oceania.
    Timestamp::from_second(1_772_323_200 + number * 900).unwrap()
}

#[test]
fn who_is_away_is_not_waited_for() {
    let ada = usual("Europe/Berlin").without([(date(2026, 11, 3), date(2026, 11, 4))]);
    // Monday 10:00: seven hours, then Thursday's first.
    assert_eq!(after("2026-11-02T09:00:00Z", 8, &ada), "2026-11-05T09:00:00Z");
    let night = WorkingHours::parse(&["mo", "tu"], "22:00", "06:00", "UTC").unwrap();
    // The shift of Monday goes on into the day off; Tuesday's does not begin.
    let night = night.without([(date(2026, 11, 3), date(2026, 11, 3))]);
    assert_eq!(after("2026-11-02T22:00:00Z", 8, &night), "2026-11-03T06:00:00Z");
    assert_eq!(after("2026-11-02T22:00:00Z", 9, &night), "2026-11-09T23:00:00Z");
}

#[test]
fn the_next_time_in_common() {
    let common = |zones: &[&str], from: &str, least_h: i64, days| {
        let people: Vec<_> = zones.iter().map(|zone| usual(zone)).collect();
        next_common(&people, from.parse().unwrap(), least_h * HOUR_MS, days)
            .map(|(start, end)| (start.to_string(), end.to_string()))
    };
    let span = |start: &str, end: &str| Some((start.to_owned(), end.to_owned()));
    // Berlin 09:00 to 17:00 is 08:00Z to 16:00Z, New York 14:00Z to 22:00Z.
    let both = ["Europe/Berlin", "America/New_York"];
    assert_eq!(
        common(&both, "2026-11-06T15:30:00Z", 1, 14),
        span("2026-11-09T14:00:00Z", "2026-11-09T16:00:00Z")
    );
    assert_eq!(
        common(&both, "2026-11-06T14:30:00Z", 1, 14),
        span("2026-11-06T14:30:00Z", "2026-11-06T16:00:00Z")
    );
    // Between the two changes of clocks New York is an hour closer.
    assert_eq!(
        common(&both, "2026-10-26T00:00:00Z", 3, 14),
        span("2026-10-26T13:00:00Z", "2026-10-26T16:00:00Z")
    );
    // Nobody works at the same time in Auckland, Berlin and Los Angeles.
    assert_eq!(
        common(&["Pacific/Auckland", "Europe/Berlin", "America/Los_Angeles"], "2026-11-02T00:00:00Z", 1, 14),
        None
    );
    assert_eq!(common(&[], "2026-11-02T00:00:00Z", 1, 14), None);
    // Not within so few days: a weekend.
    assert_eq!(common(&both, "2026-11-06T16:00:00Z", 1, 2), None);
}

proptest! {
    #[test]
    fn an_age_is_what_was_waited_for(
        from in 1_700_000_000_i64..1_900_000_000,
        span_s in 0_i64..400_000,
        zone in proptest::sample::select(vec!["Europe/Berlin", "Asia/Kolkata", "America/New_York"]),
    ) {
        let hours = usual(zone);
        let from = Timestamp::from_second(from).unwrap();
        let due = after_working_time(from, span_s * 1000, &hours).unwrap();
        prop_assert_eq!(working_time_between(from, due, &hours), span_s * 1000);
    }

    #[test]
    fn exactly_that_much_working_time_goes_by(
        start_quarter in 0_i64..4_000,
        quarters in 1_i64..120,
        start_h in 0_i8..23,
        end_h in 0_i8..23,
        days in proptest::sample::subsequence(vec!["mo", "tu", "we", "th", "fr", "sa", "su"], 1..=7),
        zone in proptest::sample::select(vec!["UTC", "Asia/Kolkata", "Asia/Tokyo", "America/Phoenix"]),
    ) {
        prop_assume!(start_h != end_h);
        let hours = WorkingHours::parse(&days, &format!("{start_h:02}:00"), &format!("{end_h:02}:00"), zone).unwrap();
        let from = Timestamp::from_second(1_790_000_100 / 900 * 900 + start_quarter * 900).unwrap();
        let due = after_working_time(from, quarters * 900_000, &hours).unwrap();
        let tz = TimeZone::get(zone).unwrap();
        let (mut at, mut worked) = (from, 0);
        while at < due {
            worked += i64::from(works(at, &days, start_h, end_h, &tz));
            at = at.checked_add(900.seconds()).unwrap();
        }
        prop_assert_eq!(worked, quarters);
        // Due at the end of working time, not in the free time behind it.
        prop_assert!(works(due.checked_sub(900.seconds()).unwrap(), &days, start_h, end_h, &tz));
    }

    #[test]
    fn later_asks_and_longer_spans_are_never_due_earlier(
        from in 1_700_000_000_i64..1_900_000_000,
        more_s in 0_i64..400_000,
        span in 0_i64..200_000_000,
        more_span in 0_i64..200_000_000,
    ) {
        let hours = usual("Europe/Berlin");
        let due = |from: i64, span| after_working_time(Timestamp::from_second(from).unwrap(), span, &hours).unwrap();
        prop_assert!(due(from, span) >= Timestamp::from_second(from).unwrap());
        prop_assert!(due(from + more_s, span) >= due(from, span));
        prop_assert!(due(from, span + more_span) >= due(from, span));
    }

    #[test]
    fn away_and_changes_of_clocks_are_counted_right(
        who in someone(),
        start in 0_i64..5_000,
        quarters in 1_i64..200,
    ) {
        let from = quarter(start);
        let due = after_working_time(from, quarters * 900_000, &who.hours()).unwrap();
        let (mut at, mut worked) = (from, 0);
        while at < due {
            worked += i64::from(who.works(at));
            at = at.checked_add(900.seconds()).unwrap();
        }
        prop_assert_eq!(worked, quarters);
        prop_assert!(who.works(due.checked_sub(900.seconds()).unwrap()));
        prop_assert_eq!(working_time_between(from, due, &who.hours()), quarters * 900_000);
    }

    #[test]
    fn the_next_common_time_is_the_first_and_whole(
        people in proptest::collection::vec(someone(), 1..5),
        from in 0_i64..5_000,
        least in 1_i64..9,
    ) {
        let hours: Vec<_> = people.iter().map(Someone::hours).collect();
        let found = next_common(&hours, quarter(from), least * 900_000, 14);
        // The same by counting quarters.
        let (mut run, mut expected) = (0, None);
        for number in from..from + 14 * 96 {
            run = if people.iter().all(|one| one.works(quarter(number))) { run + 1 } else { 0 };
            if run == least {
                expected = Some(quarter(number + 1 - least));
                break;
            }
        }
        prop_assert_eq!(found.map(|(start, _)| start), expected);
        if let Some((start, end)) = found {
            prop_assert!(end.duration_since(start) >= SignedDuration::from_mins(least * 15));
            let last = end.checked_sub(900.seconds()).unwrap();
            prop_assert!(people.iter().all(|one| one.works(last)));
            let whole = end == quarter(from + 14 * 96);
            prop_assert!(whole || !people.iter().all(|one| one.works(end)));
        }
    }
}

#[test]
fn who_works_together_and_when_the_most() {
    let people = ["Europe/Berlin", "Asia/Kolkata", "America/New_York"].map(usual);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    // Monday: Kolkata 03:30Z to 11:30Z, Berlin 08:00Z to 16:00Z, New York 14:00Z to 22:00Z.
    let spans = together(&people, at("2026-11-02T00:00:00Z"), at("2026-11-03T00:00:00Z"));
    let shown: Vec<(String, Vec<usize>)> =
        spans.iter().map(|span| (span.start.strftime("%H:%M").to_string(), span.people.clone())).collect();
    let expected = [
        ("03:30", vec![1]),
        ("08:00", vec![0, 1]),
        ("11:30", vec![0]),
        ("14:00", vec![0, 2]),
        ("16:00", vec![2]),
    ];
    assert_eq!(shown, expected.map(|(start, people)| (start.to_owned(), people)));
    // Two of three at most: the first of those times that is long enough.
    let best = |hours: i64| fullest(&spans, hours * HOUR_MS).map(|span| span.start);
    assert_eq!(best(1), Some(at("2026-11-02T08:00:00Z")));
    assert_eq!((best(3), best(4)), (Some(at("2026-11-02T08:00:00Z")), None));
    // A common hour of all three is better than three of two.
    let late = WorkingHours::parse(&WEEK, "12:00", "20:30", "Asia/Kolkata").unwrap();
    let people = [usual("Europe/Berlin"), late, usual("America/New_York")];
    let spans = together(&people, at("2026-11-02T00:00:00Z"), at("2026-11-03T00:00:00Z"));
    let best = fullest(&spans, HOUR_MS / 4).unwrap();
    assert_eq!((best.start, best.end), (at("2026-11-02T14:00:00Z"), at("2026-11-02T15:00:00Z")));
    assert_eq!(best.people, [0, 1, 2]);
    assert_eq!(together(&[], at("2026-11-02T00:00:00Z"), at("2026-11-03T00:00:00Z")), []);
    assert_eq!(
        fullest(&together(&people[..1], at("2026-11-02T00:00:00Z"), at("2026-11-03T00:00:00Z")), 1),
        None
    );
}

#[test]
fn away_is_by_ones_own_calendar() {
    let tia = usual("Pacific/Auckland").without([(date(2026, 11, 3), date(2026, 11, 3))]);
    let away = |text: &str| tia.is_away(text.parse().unwrap());
    assert_eq!((away("2026-11-02T10:59:00Z"), away("2026-11-02T11:00:00Z")), (false, true));
    assert_eq!((away("2026-11-03T10:59:00Z"), away("2026-11-03T11:00:00Z")), (true, false));
}

proptest! {
    /// Every quarter of an hour of two days, by the count that knows none of the code.
    #[test]
    fn together_is_who_works_in_each_quarter(
        people in proptest::collection::vec(someone(), 0..5),
        start in 0_i64..9_000,
    ) {
        let hours: Vec<WorkingHours> = people.iter().map(Someone::hours).collect();
        let spans = together(&hours, quarter(start), quarter(start + 192));
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
        prop_assert!(spans.iter().all(|span| span.start < span.end && !span.people.is_empty()));
        for number in start..start + 192 {
            let at = quarter(number);
            let found = spans.iter().find(|span| span.start <= at && at < span.end);
            let found = found.map(|span| span.people.clone()).unwrap_or_default();
            let counted: Vec<usize> = (0..people.len()).filter(|index| people[*index].works(at)).collect();
            prop_assert_eq!(found, counted, "{}", at);
        }
    }
}
