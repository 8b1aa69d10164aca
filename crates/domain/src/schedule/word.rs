//! Reading the words of a schedule.

use jiff::civil::Time;

use super::Schedule;

/// The days of the week as the API has them, Monday first.
pub const DAYS: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];

/// The zone "wherever each member is".
pub const MEMBER: &str = "member";

/// A field of a [`Schedule`] that is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct ScheduleError {
    /// Which.
    pub field: &'static str,
    /// A sentence for people.
    pub detail: &'static str,
}

impl ScheduleError {
    pub(super) fn new(field: &'static str, detail: &'static str) -> Self {
        Self { field, detail }
    }
}

/// Days as offsets from Monday, sorted.
pub(super) fn days(words: &[String]) -> Result<Vec<i8>, ScheduleError> {
    let bad = || ScheduleError::new("days", "Days are mo, tu, we, th, fr, sa, su, each at most once.");
    let mut days = Vec::new();
    for word in words {
        let found = (0_i8..).zip(DAYS).find(|(_, name)| name == word);
        let (day, _) = found.ok_or_else(bad)?;
        if days.contains(&day) {
            return Err(bad());
        }
        days.push(day);
    }
    if days.is_empty() {
        return Err(ScheduleError::new("days", "At least one day is needed."));
    }
    days.sort_unstable();
    Ok(days)
}

/// A time of day with two digits each: `09:00`.
pub(super) fn time(text: &str) -> Result<Time, ScheduleError> {
    let bad = || ScheduleError::new("at", "It is no time of day such as 09:00.");
    let two = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
    match (two(hour), two(minute)) {
        (Some(hour), Some(minute)) => Time::new(hour, minute, 0, 0).ok().ok_or_else(bad),
        _ => Err(bad()),
    }
}

impl Schedule {
    /// Whether members see it open at different instants.
    pub fn follows_members(&self) -> bool {
        self.zone == MEMBER
    }
}
