//! When a check-in's windows open: a pure function of the rule, a time zone and the tz database.
//!
//! A time that a change of clocks skips moves forward by the gap; of one that comes twice the first counts. Weeks are
//! ISO weeks, counted from `starts_on`, else from the date on which the check-in was made where its author was.

mod word;

#[cfg(test)]
mod tests;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

pub use word::{DAYS, MEMBER, ScheduleError};

/// How far ahead openings are looked for, in weeks (a hundred years and more).
const HORIZON_WEEKS: i64 = 5_500;

/// When a check-in happens, as the API and the database have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// `mo` to `su`.
    pub days: Vec<String>,
    /// On the wall clock, such as `09:00`.
    pub at: String,
    /// `member`: wherever each member is; else an IANA name.
    pub zone: String,
    /// Every so many ISO weeks.
    #[serde(default = "one", skip_serializing_if = "Option::is_none")]
    pub every_weeks: Option<i64>,
    /// The first date; it counts, and the weeks are counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<Date>,
    /// The last date; it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Date>,
}

#[expect(clippy::unnecessary_wraps, reason = "serde wants the field's type")]
fn one() -> Option<i64> {
    Some(1)
}

impl Schedule {
    /// Checks it; `made_on` is the date on which the check-in was made, where its author was.
    ///
    /// # Errors
    /// The first field that is not valid.
    pub fn rule(&self, made_on: Date) -> Result<Rule, ScheduleError> {
        let zone = match self.zone.as_str() {
            MEMBER => None,
            name => Some(zone(name)?),
        };
        if let (Some(first), Some(last)) = (self.starts_on, self.ends_on)
            && last < first
        {
            return Err(ScheduleError::new("ends_on", "It comes before starts_on."));
        }
        let every_weeks = self.every_weeks.unwrap_or(1);
        if !(1..=52).contains(&every_weeks) {
            return Err(ScheduleError::new("every_weeks", "It has to be between 1 and 52."));
        }
        Ok(Rule {
            days: word::days(&self.days)?,
            at: word::time(&self.at)?,
            zone,
            every_weeks,
            anchor: monday(self.starts_on.unwrap_or(made_on)),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        })
    }
}

/// A zone of the tz database.
///
/// # Errors
/// There is none with this name.
pub fn zone(name: &str) -> Result<TimeZone, ScheduleError> {
    TimeZone::get(name).ok().ok_or_else(|| {
        ScheduleError::new("zone", "It is neither \"member\" nor a time zone such as Europe/Berlin.")
    })
}

/// A checked [`Schedule`].
#[derive(Clone, Debug)]
pub struct Rule {
    /// Monday is 0; sorted.
    days: Vec<i8>,
    at: Time,
    zone: Option<TimeZone>,
    every_weeks: i64,
    /// The Monday from which weeks are counted.
    anchor: Date,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
}

/// One opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The date of the rule, on the wall clock of its zone.
    pub date: Date,
    /// When the window opens.
    pub opens_at: Timestamp,
}

impl Rule {
    /// Whether everybody's window opens at the same instant.
    pub fn has_own_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// The zone that counts for a member of this zone.
    pub fn zone_for<'a>(&'a self, member: &'a TimeZone) -> &'a TimeZone {
        self.zone.as_ref().unwrap_or(member)
    }

    /// Whether there is a round on a date.
    pub fn runs_on(&self, date: Date) -> bool {
        self.days.contains(&date.weekday().to_monday_zero_offset())
            && self.starts_on.is_none_or(|first| first <= date)
            && self.ends_on.is_none_or(|last| date <= last)
            && weeks_between(self.anchor, monday(date)).rem_euclid(self.every_weeks) == 0
    }

    /// When the window of a date opens for a member of this zone; `None` at the ends of the calendar.
    pub fn opens_at(&self, date: Date, member: &TimeZone) -> Option<Timestamp> {
        let zone = self.zone_for(member).clone();
        date.to_datetime(self.at).to_zoned(zone).ok().map(|opening| opening.timestamp())
    }

    /// The openings behind an instant, in order.
    pub fn after<'a>(
        &'a self,
        member: &'a TimeZone,
        after: Timestamp,
    ) -> impl Iterator<Item = Occurrence> + 'a {
        // A gap moves an opening by a day at most (Apia had no 30 December 2011).
        let from = after.to_zoned(self.zone_for(member).clone()).date().checked_sub(2.days()).ok();
        self.dates(from.unwrap_or(Date::MIN))
            .filter_map(|date| Some(Occurrence { date, opens_at: self.opens_at(date, member)? }))
            .filter(move |found| found.opens_at > after)
    }

    /// The dates of the rule from a date on.
    pub fn dates(&self, from: Date) -> impl Iterator<Item = Date> + '_ {
        let from = self.starts_on.map_or(from, |first| first.max(from));
        let begin = monday(from);
        let past = weeks_between(self.anchor, begin).rem_euclid(self.every_weeks);
        let skip = if past == 0 { 0 } else { self.every_weeks - past };
        (0..HORIZON_WEEKS)
            .map_while(move |step| begin.checked_add((skip + step * self.every_weeks).weeks()).ok())
            .take_while(|monday| self.ends_on.is_none_or(|last| *monday <= last))
            .flat_map(move |monday| {
                self.days.iter().filter_map(move |day| monday.checked_add(i64::from(*day).days()).ok())
            })
            .filter(move |date| *date >= from && self.ends_on.is_none_or(|last| *date <= last))
    }
}

fn monday(date: Date) -> Date {
    let back = i64::from(date.weekday().since(Weekday::Monday));
    date.checked_sub(back.days()).unwrap_or(Date::MIN)
}

fn weeks_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days())).div_euclid(7)
}
