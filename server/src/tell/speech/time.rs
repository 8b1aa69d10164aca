//! Dates, instants and lengths, as a language says them.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::Language;

const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Montag",
        Weekday::Tuesday => "Dienstag",
        Weekday::Wednesday => "Mittwoch",
        Weekday::Thursday => "Donnerstag",
        Weekday::Friday => "Freitag",
        Weekday::Saturday => "Samstag",
        Weekday::Sunday => "Sonntag",
    }
}

impl Language {
    /// A date without its year: `Monday, 2 November`, `Montag, 2. November`.
    pub(crate) fn date(self, date: Date) -> String {
        match self {
            Self::English => date.strftime("%A, %-d %B").to_string(),
            Self::German => {
                let month = usize::try_from(date.month()).ok().and_then(|month| month.checked_sub(1));
                let month = month.and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
                format!("{}, {}. {month}", weekday(date.weekday()), date.day())
            }
        }
    }

    /// When something ends, on a person's clock: `12:00` today, `Tuesday 12:00` on another day.
    ///
    /// # Errors
    /// An instant that no calendar has.
    pub(crate) fn until(self, now: Timestamp, at_ms: i64, zone: &TimeZone) -> Result<String, jiff::Error> {
        let at = Timestamp::from_millisecond(at_ms)?.to_zoned(zone.clone());
        let clock = at.strftime("%H:%M").to_string();
        if now.to_zoned(zone.clone()).date() == at.date() {
            return Ok(clock);
        }
        Ok(match self {
            Self::English => at.strftime("%A %H:%M").to_string(),
            Self::German => format!("{} {clock}", weekday(at.date().weekday())),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_and_ends_are_said_in_each_language() {
        for (day, english, german) in [
            (date(2026, 11, 2), "Monday, 2 November", "Montag, 2. November"),
            (date(2026, 3, 1), "Sunday, 1 March", "Sonntag, 1. März"),
            (date(2026, 12, 31), "Thursday, 31 December", "Donnerstag, 31. Dezember"),
        ] {
            assert_eq!(
                (Language::English.date(day), Language::German.date(day)),
                (english.into(), german.into())
            );
        }
        let now: Timestamp = "2026-11-02T10:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let until = |language: Language, hours: i64| {
            language.until(now, now.as_millisecond() + hours * 3_600_000, &zone).unwrap()
        };
        assert_eq!(
            (until(Language::English, 1), until(Language::German, 1)),
            ("12:00".into(), "12:00".into())
        );
        assert_eq!(until(Language::English, 25), "Tuesday 12:00");
        assert_eq!(until(Language::German, 25), "Dienstag 12:00");
    }
}
