//! Feeds for other programs: a podcast as RSS 2.0, due times as iCalendar (RFC 5545). What people wrote is escaped.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::markup::escape;

/// One sound of a podcast.
#[derive(Clone, Debug)]
pub struct Episode {
    /// Never changes.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Who speaks.
    pub author: String,
    /// What else there is to say, as plain text.
    pub text: String,
    /// Where its page is.
    pub page_url: String,
    /// Where its sound is.
    pub sound_url: String,
    /// The sound's size.
    pub bytes: u64,
    /// Its length.
    pub duration_ms: i64,
    /// Since when.
    pub published_at: Timestamp,
}

fn rfc2822(at: Timestamp) -> String {
    jiff::fmt::rfc2822::to_string(&at.to_zoned(TimeZone::UTC)).unwrap_or_default()
}

/// A podcast: for one person's player, so search engines and shops are asked to leave it alone.
pub fn podcast(title: &str, link: &str, self_url: &str, episodes: &[Episode]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n",
    );
    let title = escape(title);
    let mut add = |line: String| {
        out.push_str(&line);
        out.push('\n');
    };
    add(format!("<title>{title}</title>\n<link>{}</link>", escape(link)));
    add(format!("<atom:link href=\"{}\" rel=\"self\" type=\"application/rss+xml\"/>", escape(self_url)));
    add(format!("<description>What {title} has recorded.</description>"));
    add("<itunes:block>Yes</itunes:block>\n<itunes:explicit>false</itunes:explicit>\n<ttl>15</ttl>"
        .to_owned());
    for episode in episodes {
        let seconds = episode.duration_ms.max(0).div_euclid(1000);
        add(format!("<item>\n<title>{}</title>", escape(&episode.title)));
        add(format!("<guid isPermaLink=\"false\">{}</guid>", escape(&episode.id)));
        add(format!(
            "<link>{}</link>\n<pubDate>{}</pubDate>",
            escape(&episode.page_url),
            rfc2822(episode.published_at)
        ));
        add(format!("<itunes:author>{}</itunes:author>", escape(&episode.author)));
        add(format!("<description>{}</description>", escape(&episode.text)));
        add(format!("<itunes:duration>{seconds}</itunes:duration>"));
        add(format!(
            "<enclosure url=\"{}\" length=\"{}\" type=\"audio/mp4\"/>\n</item>",
            escape(&episode.sound_url),
            episode.bytes
        ));
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// On a day, wherever one is.
    Day(Date),
    /// At an instant.
    At(Timestamp),
}

/// An entry of a calendar.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Never changes; unique in the world.
    pub uid: String,
    /// One line.
    pub summary: String,
    /// What else there is to say.
    pub text: String,
    /// Where its page is.
    pub url: String,
    /// When.
    pub due: Due,
}

/// Text for iCalendar.
fn ics(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line, folded so that no line has more than 75 octets.
fn fold(line: &str) -> String {
    let (mut out, mut octets) = (String::new(), 0);
    for c in line.chars() {
        if octets + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

fn basic(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A calendar with an event for each due time; a quarter of an hour long where it is at an instant.
pub fn calendar(name: &str, now: Timestamp, entries: &[Entry]) -> String {
    let mut out = String::new();
    let mut add = |line: &str| out.push_str(&fold(line));
    add("BEGIN:VCALENDAR");
    add("VERSION:2.0");
    add("PRODID:-//Meridian//Due times//EN");
    add("CALSCALE:GREGORIAN");
    add(&format!("X-WR-CALNAME:{}", ics(name)));
    add("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    for entry in entries {
        add("BEGIN:VEVENT");
        add(&format!("UID:{}", ics(&entry.uid)));
        add(&format!("DTSTAMP:{}", basic(now)));
        match entry.due {
            Due::Day(date) => add(&format!("DTSTART;VALUE=DATE:{}", date.strftime("%Y%m%d"))),
            Due::At(at) => {
                add(&format!("DTSTART:{}", basic(at)));
                add("DURATION:PT15M");
            }
        }
        let mut text = entry.text.clone();
        if write!(text, "\n{}", entry.url).is_ok() {
            add(&format!("DESCRIPTION:{}", ics(text.trim())));
        }
        add(&format!("SUMMARY:{}", ics(&entry.summary)));
        add(&format!("URL:{}", entry.url));
        add("TRANSP:TRANSPARENT");
        add("END:VEVENT");
    }
    add("END:VCALENDAR");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</title><script>x</script>\u{0}&\"'\r\nEND:VEVENT\nATTENDEE:x;,\\";

    #[test]
    fn what_people_write_stays_text() {
        let at: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let episode = Episode {
            id: "1".to_owned(),
            title: HOSTILE.to_owned(),
            author: HOSTILE.to_owned(),
            text: HOSTILE.to_owned(),
            page_url: "https://m.example/u/1".to_owned(),
            sound_url: "https://m.example/feeds/x/1.m4a?a=1&b=2".to_owned(),
            bytes: 5,
            duration_ms: 61_500,
            published_at: at,
        };
        let rss = podcast(HOSTILE, "https://m.example", "https://m.example/feeds/x/podcast.xml", &[episode]);
        assert!(!rss.contains("<script") && !rss.contains('\u{0}') && rss.contains("a=1&amp;b=2"), "{rss}");
        assert!(rss.contains("<pubDate>Mon, 2 Nov 2026 09:00:00 +0000</pubDate>"), "{rss}");
        assert!(rss.contains("<itunes:duration>61</itunes:duration>"));
        let entry = Entry {
            uid: "ask-1@m.example".to_owned(),
            summary: HOSTILE.to_owned(),
            text: HOSTILE.to_owned(),
            url: "https://m.example/u/1".to_owned(),
            due: Due::At(at),
        };
        let day = Entry { due: Due::Day("2026-11-05".parse().unwrap()), ..entry.clone() };
        let made = calendar("Ünïcödé ".repeat(20).as_str(), at, &[entry, day]);
        assert_eq!(made.matches("\r\nEND:VEVENT\r\n").count(), 2, "{made}");
        assert!(!made.contains("\nATTENDEE") && made.contains("DTSTART;VALUE=DATE:20261105"), "{made}");
        assert!(made.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
    }
}
