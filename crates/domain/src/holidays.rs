//! Whole days out of a calendar (iCalendar, RFC 5545), such as a country's holidays. What is not understood is left out.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

/// Most days that are taken of one calendar.
pub const MOST_DAYS: usize = 1000;
/// An event of more days than this is no holiday.
const LONGEST_DAYS: i32 = 60;

#[derive(Default)]
struct Event {
    start: Option<Date>,
    end: Option<Date>,
    yearly: bool,
    repeats: bool,
    cancelled: bool,
    skipped: Vec<Date>,
}

/// The whole-day events of a calendar that fall between two dates (both count), each day once, in order. Events that
/// recur every year on the same date are repeated; of other recurrences only the first counts.
pub fn days(calendar: &str, from: Date, until: Date) -> Vec<Date> {
    let mut found = BTreeSet::new();
    let mut event: Option<Event> = None;
    for line in unfold(calendar) {
        let Some((head, value)) = line.split_once(':') else { continue };
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match (name.as_str(), value.trim(), &mut event) {
            ("BEGIN", value, _) if value.eq_ignore_ascii_case("VEVENT") => event = Some(Event::default()),
            ("END", value, _) if value.eq_ignore_ascii_case("VEVENT") => {
                if let Some(event) = event.take() {
                    add(&event, from, until, &mut found);
                }
            }
            ("DTSTART", value, Some(event)) => event.start = date(value),
            ("DTEND", value, Some(event)) => event.end = date(value),
            ("STATUS", value, Some(event)) => event.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            ("RRULE", value, Some(event)) => {
                event.repeats = true;
                event.yearly = is_yearly(value);
            }
            ("EXDATE", value, Some(event)) => event.skipped.extend(value.split(',').filter_map(date)),
            _ => {}
        }
    }
    found.into_iter().take(MOST_DAYS).collect()
}

/// Lines that begin with a blank go on the line before.
fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// `20261225`; anything with a time of day is no whole day.
fn date(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| Date::strptime("%Y%m%d", text).ok()).flatten()
}

/// Every year on the same date, without an end; what says more is a rule of another kind.
fn is_yearly(rule: &str) -> bool {
    rule.split(';').all(|part| {
        let part = part.to_ascii_uppercase();
        matches!(part.as_str(), "FREQ=YEARLY" | "INTERVAL=1")
            || part.starts_with("BYMONTH=")
            || part.starts_with("BYMONTHDAY=")
            || part.starts_with("WKST=")
    }) && rule.to_ascii_uppercase().contains("FREQ=YEARLY")
}

fn add(event: &Event, from: Date, until: Date, found: &mut BTreeSet<Date>) {
    let Some(start) = event.start.filter(|_| !event.cancelled) else { return };
    let length = event.end.and_then(|end| start.until(end).ok()).map_or(1, |span| span.get_days().max(1));
    if length > LONGEST_DAYS {
        return;
    }
    let mut put = |first: Date| {
        for day in 0..length {
            let date = first.checked_add(day.days()).ok();
            if let Some(date) =
                date.filter(|date| from <= *date && *date <= until && !event.skipped.contains(date))
            {
                found.insert(date);
            }
        }
    };
    put(start);
    if event.repeats && event.yearly {
        for year in start.year().saturating_add(1)..=until.year() {
            // 29 February is there in leap years only.
            if let Ok(date) = Date::new(year, start.month(), start.day()) {
                put(date);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(events: &str) -> Vec<String> {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}\r\nEND:VCALENDAR\r\n",
            events.replace('\n', "\r\n")
        );
        let (from, until) = ("2026-11-01".parse().unwrap(), "2028-12-31".parse().unwrap());
        days(&text, from, until).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn whole_days_are_taken() {
        let one = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christ\n mas\nEND:VEVENT";
        assert_eq!(read(one), ["2026-12-25", "2026-12-26"]);
        assert_eq!(read("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270101\nEND:VEVENT"), ["2027-01-01"]);
        // Before the span; with a time of day; cancelled; too long.
        for none in [
            "DTSTART;VALUE=DATE:20251225",
            "DTSTART:20261225T100000Z\nDTEND:20261225T110000Z",
            "DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED",
            "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20270601",
            "SUMMARY:DTSTART",
        ] {
            assert!(read(&format!("BEGIN:VEVENT\n{none}\nEND:VEVENT")).is_empty(), "{none}");
        }
    }

    #[test]
    fn a_yearly_day_comes_every_year() {
        let yearly = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20101003\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20281003\nEND:VEVENT";
        assert_eq!(read(yearly), ["2027-10-03"]);
        let leap = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;INTERVAL=1\nEND:VEVENT";
        assert_eq!(read(leap), ["2028-02-29"]);
        // The fourth Thursday is a rule that is not read; its first day counts.
        let fourth =
            "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nEND:VEVENT";
        assert_eq!(read(fourth), ["2026-11-26"]);
    }

    proptest! {
        #[test]
        fn anything_is_read_without_harm(text in "(BEGIN:VEVENT|END:VEVENT|DTSTART|DTEND|;VALUE=DATE:|:|[0-9]{1,9}|RRULE|FREQ=YEARLY|\r?\n ?|.){0,60}") {
            let (from, until) = ("2026-01-01".parse().unwrap(), "2028-12-31".parse().unwrap());
            let found = days(&text, from, until);
            prop_assert!(found.is_sorted() && found.iter().all(|date| from <= *date && *date <= until));
        }
    }
}
