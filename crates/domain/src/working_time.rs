//! Working hours in a person's own time zone, and when a span of them has gone by.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// How far ahead working time is looked for, in days.
const HORIZON_DAYS: u32 = 3660;

/// When somebody works: on these days, from `start` to `end` on the wall clock of the zone; where `end` is not behind
/// `start`, the shift ends on the next day.
#[derive(Clone, Debug)]
pub struct WorkingHours {
    days: BTreeSet<i8>,
    start: Time,
    end: Time,
    zone: TimeZone,
}

/// Working hours that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WorkingHoursError {
    /// Not one of `mo` to `su`.
    #[error("{0:?} is no day of the week")]
    Day(String),
    /// A time or zone that cannot be read.
    #[error("a time or zone of the working hours cannot be read")]
    Time(#[from] jiff::Error),
}

impl WorkingHours {
    /// Reads days (`mo` to `su`), wall-clock times such as `09:00` and an IANA zone.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn parse<S: AsRef<str>>(
        days: &[S],
        start: &str,
        end: &str,
        zone: &str,
    ) -> Result<Self, WorkingHoursError> {
        let days = days.iter().map(|word| day(word.as_ref())).collect::<Result<_, _>>()?;
        let time = |text: &str| Time::strptime("%H:%M", text);
        Ok(Self { days, start: time(start)?, end: time(end)?, zone: TimeZone::get(zone)? })
    }

    /// The shift that begins on a date, if there is one. A time that a change of clocks skips moves behind the gap;
    /// of one that comes twice the first counts.
    fn shift(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        if !self.days.contains(&date.weekday().to_monday_zero_offset()) {
            return None;
        }
        let last = if self.end > self.start { date } else { date.tomorrow().ok()? };
        let at = |date: Date, time: Time| {
            date.to_datetime(time).to_zoned(self.zone.clone()).map(|zoned| zoned.timestamp()).ok()
        };
        Some((at(date, self.start)?, at(last, self.end)?)).filter(|(start, end)| start < end)
    }
}

fn day(word: &str) -> Result<i8, WorkingHoursError> {
    let found = match word {
        "mo" => Weekday::Monday,
        "tu" => Weekday::Tuesday,
        "we" => Weekday::Wednesday,
        "th" => Weekday::Thursday,
        "fr" => Weekday::Friday,
        "sa" => Weekday::Saturday,
        "su" => Weekday::Sunday,
        other => return Err(WorkingHoursError::Day(other.to_owned())),
    };
    Ok(found.to_monday_zero_offset())
}

/// The instant at which `working_ms` of somebody's working time have gone by since `from`; `None` for who never works
/// (within ten years).
pub fn after_working_time(from: Timestamp, working_ms: i64, hours: &WorkingHours) -> Option<Timestamp> {
    // Yesterday's shift may reach into today.
    let mut date = from.to_zoned(hours.zone.clone()).date().yesterday().ok()?;
    let (mut cursor, mut left_ms) = (from, working_ms.max(0));
    for _ in 0..HORIZON_DAYS {
        if let Some((start, end)) = hours.shift(date)
            && end > cursor
        {
            let begin = start.max(cursor);
            let here_ms = end.as_millisecond().saturating_sub(begin.as_millisecond());
            if left_ms <= here_ms {
                return begin.checked_add(left_ms.milliseconds()).ok();
            }
            left_ms = left_ms.saturating_sub(here_ms);
            cursor = end;
        }
        date = date.tomorrow().ok()?;
    }
    None
}

/// How much of somebody's working time lies between two instants, in milliseconds; 0 where `to` is not behind `from`.
/// Only the last ten years before `to` are looked at.
pub fn working_time_between(from: Timestamp, to: Timestamp, hours: &WorkingHours) -> i64 {
    let last = to.to_zoned(hours.zone.clone()).date();
    let Some(mut date) = from.to_zoned(hours.zone.clone()).date().yesterday().ok() else { return 0 };
    let mut worked_ms: i64 = 0;
    for _ in 0..HORIZON_DAYS {
        if date > last {
            break;
        }
        if let Some((start, end)) = hours.shift(date) {
            let (begin, stop) = (start.max(from), end.min(to));
            worked_ms += stop.as_millisecond().saturating_sub(begin.as_millisecond()).max(0);
        }
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    worked_ms
}

#[cfg(test)]
mod tests {
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

    /// Whether somebody works in the quarter of an hour that begins at an instant; written without the code above.
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
    }
}
