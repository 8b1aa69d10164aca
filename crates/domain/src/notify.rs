//! What somebody is told how, and when mail may come: quiet hours, days off, the digest's time. Pure functions of the
//! person's wishes, zone and working days.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::enums::NotificationKind;

/// How late a digest is still sent after its time, in hours: what was missed is made up, but not at night.
const DIGEST_LATE_HOURS: i64 = 6;
/// How many days ahead a time for mail is looked for.
const HORIZON_STEPS: u32 = 40;

/// How one kind of notification reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// It stands in the inbox.
    pub inbox: bool,
    /// It comes by mail.
    pub email: bool,
}

/// From when to when no mail comes, on the person's wall clock; it may reach over midnight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// Such as `19:00`.
    pub start: String,
    /// Such as `08:00`.
    pub end: String,
}

/// What somebody wants to be told, and how. Kinds that are missing have their default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotifySettings {
    /// By kind.
    pub kinds: BTreeMap<NotificationKind, Ways>,
    /// Whether the digest comes.
    pub digest: bool,
    /// When no mail comes; `None`: at any hour.
    pub quiet_hours: Option<QuietHours>,
    /// Whether no mail comes on days off.
    pub quiet_days_off: bool,
    /// Whether what is urgent comes all the same.
    pub urgent_in_quiet_hours: bool,
}

impl Default for NotifySettings {
    fn default() -> Self {
        Self {
            kinds: BTreeMap::new(),
            digest: true,
            quiet_hours: Some(QuietHours { start: "19:00".to_owned(), end: "08:00".to_owned() }),
            quiet_days_off: true,
            urgent_in_quiet_hours: false,
        }
    }
}

impl NotifySettings {
    /// How a kind reaches the person. By default everything stands in the inbox, and comments on one's updates wait
    /// for the digest.
    pub fn ways(&self, kind: NotificationKind) -> Ways {
        let default = Ways { inbox: true, email: kind != NotificationKind::Comment };
        self.kinds.get(&kind).copied().unwrap_or(default)
    }

    /// The same settings with every kind named.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.kinds = NotificationKind::ALL.iter().map(|&kind| (kind, self.ways(kind))).collect();
        self
    }
}

/// The person as far as times need it.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The zone.
    pub zone: TimeZone,
    /// `mo` to `su`.
    pub working_days: Vec<String>,
}

impl Calendar {
    /// Reads an IANA name; an unknown one counts as UTC.
    pub fn new(zone: &str, working_days: Vec<String>) -> Self {
        Self { zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC), working_days }
    }

    /// Whether the person works on a date.
    pub fn works_on(&self, date: Date) -> bool {
        const DAYS: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];
        let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        DAYS.get(index).is_some_and(|day| self.working_days.iter().any(|known| known == day))
    }

    /// The instant of a wall-clock time: behind a gap, the first of two in an overlap.
    pub fn instant(&self, date: Date, at: Time) -> Option<Timestamp> {
        date.to_datetime(at).to_zoned(self.zone.clone()).map(|zoned| zoned.timestamp()).ok()
    }

    fn local(&self, at: Timestamp) -> (Date, Time) {
        let zoned = at.to_zoned(self.zone.clone());
        (zoned.date(), zoned.time())
    }
}

/// A time of day such as `08:30`; `None` for anything else.
pub fn time_of_day(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text).ok()
}

/// The first instant from `now` on at which mail may come: neither in the quiet hours nor, where wished, on a day off.
/// Urgent mail comes at once where the person allows it. Who never works has no days off.
pub fn mail_at(now: Timestamp, calendar: &Calendar, settings: &NotifySettings, urgent: bool) -> Timestamp {
    if urgent && settings.urgent_in_quiet_hours {
        return now;
    }
    let mut at = now;
    for _ in 0..HORIZON_STEPS {
        match blocked_until(at, calendar, settings) {
            Some(later) if later > at => at = later,
            _ => break,
        }
    }
    at
}

fn blocked_until(at: Timestamp, calendar: &Calendar, settings: &NotifySettings) -> Option<Timestamp> {
    let (date, time) = calendar.local(at);
    if settings.quiet_days_off && !calendar.working_days.is_empty() && !calendar.works_on(date) {
        return calendar.instant(date.tomorrow().ok()?, Time::midnight());
    }
    let quiet = settings.quiet_hours.as_ref()?;
    let (start, end) = (time_of_day(&quiet.start)?, time_of_day(&quiet.end)?);
    let inside = if start <= end { start <= time && time < end } else { time >= start || time < end };
    if !inside {
        return None;
    }
    let last = if time < end { date } else { date.tomorrow().ok()? };
    calendar.instant(last, end)
}

/// The local date whose digest is due now: a working day whose digest time has come, at most six hours ago.
pub fn digest_due(now: Timestamp, calendar: &Calendar, digest_at: &str) -> Option<(Date, Timestamp)> {
    let (date, _) = calendar.local(now);
    if !calendar.works_on(date) {
        return None;
    }
    let at = calendar.instant(date, time_of_day(digest_at)?)?;
    let late = at.checked_add(DIGEST_LATE_HOURS.hours()).ok()?;
    (at <= now && now < late).then_some((date, at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn week(zone: &str) -> Calendar {
        Calendar::new(zone, ["mo", "tu", "we", "th", "fr"].map(str::to_owned).to_vec())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn mail_waits_for_the_morning_and_for_monday() {
        let (ada, usual) = (week("Europe/Berlin"), NotifySettings::default());
        let when = |now: &str| mail_at(at(now), &ada, &usual, false).to_string();
        // Monday 10:00 in Berlin: at once.
        assert_eq!(when("2026-11-02T09:00:00Z"), "2026-11-02T09:00:00Z");
        // Monday 19:00 and 23:30: Tuesday 08:00. Tuesday 07:59: a minute later.
        assert_eq!(when("2026-11-02T18:00:00Z"), "2026-11-03T07:00:00Z");
        assert_eq!(when("2026-11-02T22:30:00Z"), "2026-11-03T07:00:00Z");
        assert_eq!(when("2026-11-03T06:59:00Z"), "2026-11-03T07:00:00Z");
        // Friday night and Saturday noon: Monday 08:00.
        assert_eq!(when("2026-11-06T21:00:00Z"), "2026-11-09T07:00:00Z");
        assert_eq!(when("2026-11-07T11:00:00Z"), "2026-11-09T07:00:00Z");
        // The clocks change in between: 08:00 is 06:00Z then.
        assert_eq!(when("2026-03-28T11:00:00Z"), "2026-03-30T06:00:00Z");
    }

    #[test]
    fn urgent_comes_at_once_only_where_it_may() {
        let (ada, mut wishes) = (week("Europe/Berlin"), NotifySettings::default());
        let night = at("2026-11-02T22:30:00Z");
        assert_eq!(mail_at(night, &ada, &wishes, true), at("2026-11-03T07:00:00Z"));
        wishes.urgent_in_quiet_hours = true;
        assert_eq!(mail_at(night, &ada, &wishes, true), night);
        assert_eq!(mail_at(night, &ada, &wishes, false), at("2026-11-03T07:00:00Z"));
    }

    #[test]
    fn who_never_works_or_is_never_quiet_gets_mail() {
        let never = Calendar::new("UTC", Vec::new());
        let mut wishes = NotifySettings::default();
        let noon = at("2026-11-07T12:00:00Z");
        assert_eq!(mail_at(noon, &never, &wishes, false), noon);
        wishes.quiet_hours = None;
        let night = at("2026-11-02T23:00:00Z");
        assert_eq!(mail_at(night, &week("UTC"), &wishes, false), night);
        wishes.quiet_hours = Some(QuietHours { start: "12:00".to_owned(), end: "12:00".to_owned() });
        assert_eq!(mail_at(night, &week("UTC"), &wishes, false), night);
    }

    #[test]
    fn the_digest_is_due_from_its_time_on_for_six_hours_of_a_working_day() {
        let due =
            |now: &str, zone: &str| digest_due(at(now), &week(zone), "08:30").map(|(d, _)| d.to_string());
        assert_eq!(due("2026-11-02T07:29:59Z", "Europe/Berlin"), None);
        assert_eq!(due("2026-11-02T07:30:00Z", "Europe/Berlin").as_deref(), Some("2026-11-02"));
        assert_eq!(due("2026-11-02T13:29:59Z", "Europe/Berlin").as_deref(), Some("2026-11-02"));
        assert_eq!(due("2026-11-02T13:30:00Z", "Europe/Berlin"), None);
        // Saturday there, though Friday in London.
        assert_eq!(due("2026-11-06T19:30:00Z", "Pacific/Auckland"), None);
        assert_eq!(due("2026-11-05T19:30:00Z", "Pacific/Auckland").as_deref(), Some("2026-11-06"));
        // 02:30 does not exist on this day: it is due at 03:30.
        let night = |now: &str| {
            let sunday = Calendar::new("Europe/Berlin", vec!["su".to_owned()]);
            digest_due(at(now), &sunday, "02:30").is_some()
        };
        assert!(!night("2026-03-29T01:29:00Z"));
        assert!(night("2026-03-29T01:30:00Z"));
    }

    #[test]
    fn missing_kinds_have_their_default() {
        let read: NotifySettings = serde_json::from_str(
            r#"{"kinds": {"mention": {"inbox": true, "email": false}}, "quiet_hours": null}"#,
        )
        .unwrap();
        assert!(!read.ways(NotificationKind::Mention).email);
        assert!(read.ways(NotificationKind::Reply).email);
        assert!(!read.ways(NotificationKind::Comment).email);
        assert!(read.digest && read.quiet_days_off && read.quiet_hours.is_none());
        assert_eq!(read.complete().kinds.len(), NotificationKind::ALL.len());
    }

    proptest! {
        #[test]
        fn mail_never_comes_in_quiet_hours_or_on_days_off(
            second in 1_700_000_000_i64..1_900_000_000,
            start in 0_u32..24, end in 0_u32..24,
            zone in proptest::sample::select(vec!["UTC", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
        ) {
            let calendar = week(zone);
            let hour = |h: u32| format!("{h:02}:00");
            let settings = NotifySettings {
                quiet_hours: Some(QuietHours { start: hour(start), end: hour(end) }),
                ..NotifySettings::default()
            };
            let now = Timestamp::from_second(second).unwrap();
            let then = mail_at(now, &calendar, &settings, false);
            prop_assert!(then >= now);
            let local = then.to_zoned(calendar.zone.clone());
            let h = u32::try_from(local.hour()).unwrap();
            prop_assert!(calendar.works_on(local.date()));
            let quiet = if start <= end { (start..end).contains(&h) } else { h >= start || h < end };
            prop_assert!(!quiet, "{}", local);
            // No more than a weekend and a night later.
            prop_assert!(then.as_second() - now.as_second() <= 4 * 86_400);
        }
    }
}
