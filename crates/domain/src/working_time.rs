//! Working hours in a person's own time zone: when a span of them has gone by, and when several people work at once.

#[cfg(test)]
mod tests;
mod together;

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::ranges::{self, Range};

pub use together::{Together, fullest, together};

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
    /// Dates off, first and last; both count.
    off: Vec<(Date, Date)>,
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
        let (start, end, zone) = (time(start)?, time(end)?, TimeZone::get(zone)?);
        Ok(Self { days, start, end, zone, off: Vec::new() })
    }

    /// The same hours without some ranges of dates (days away, holidays); the first and the last day count. A shift
    /// belongs to the date on which it begins.
    #[must_use]
    pub fn without(mut self, off: impl IntoIterator<Item = (Date, Date)>) -> Self {
        self.off.extend(off);
        self
    }

    /// The zone in which they are meant.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether somebody is away on the date that it is for them at an instant.
    pub fn is_away(&self, at: Timestamp) -> bool {
        self.is_off(at.to_zoned(self.zone.clone()).date())
    }

    fn is_off(&self, date: Date) -> bool {
        self.off.iter().any(|(first, last)| *first <= date && date <= *last)
    }

    /// The shift that begins on a date, if there is one. A time that a change of clocks skips moves behind the gap;
    /// of one that comes twice the first counts.
    fn shift(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        if self.is_off(date) || !self.days.contains(&date.weekday().to_monday_zero_offset()) {
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

/// Somebody's shifts that touch the span between two instants, in milliseconds since 1970, cut to it; what touches
/// is one.
fn shifts(hours: &WorkingHours, from: Timestamp, to: Timestamp) -> Vec<Range> {
    let last = to.to_zoned(hours.zone.clone()).date();
    let mut found = Vec::new();
    // Yesterday's shift may reach into today.
    let mut date = from.to_zoned(hours.zone.clone()).date().yesterday().ok();
    while let Some(day) = date.filter(|day| *day <= last) {
        found.extend(hours.shift(day).map(|(start, end)| (start.as_millisecond(), end.as_millisecond())));
        date = day.tomorrow().ok();
    }
    ranges::clip(&ranges::unite(found), (from.as_millisecond(), to.as_millisecond()))
}

/// The first span of at least `least_ms` from `from` on in which everybody works, looked for within `days` times 24
/// hours; `None` where there is none, or nobody is asked about. It ends where the first of them stops working.
pub fn next_common(
    people: &[WorkingHours],
    from: Timestamp,
    least_ms: i64,
    days: i64,
) -> Option<(Timestamp, Timestamp)> {
    let to = from.checked_add(days.saturating_mul(24).hours()).ok()?;
    let whole = (from.as_millisecond(), to.as_millisecond());
    let (first, others) = people.split_first()?;
    let mut common = shifts(first, from, to);
    for person in others {
        let works = shifts(person, from, to);
        common = ranges::subtract(&common, &ranges::subtract(&[whole], &works));
    }
    let (start, end) =
        common.into_iter().find(|(start, end)| end.saturating_sub(*start) >= least_ms.max(1))?;
    Some((Timestamp::from_millisecond(start).ok()?, Timestamp::from_millisecond(end).ok()?))
}
