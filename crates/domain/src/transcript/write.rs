//! Transcripts as text: `WebVTT`, `SubRip`, plain and Markdown. Whatever a text holds, it stays text.

use std::fmt::Write as _;

use super::Span;

/// `WebVTT`. `<`, `>` and `&` are escaped, so that no text becomes a tag, and lines are joined, so that none ends a
/// cue.
pub fn vtt(spans: &[Span]) -> String {
    let mut out = String::from("WEBVTT\n");
    for span in spoken(spans) {
        let text = one_line(&span.text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (from, to) = times(span, '.');
        // Writing to a String cannot fail.
        write!(out, "\n{from} --> {to}\n{text}\n").unwrap_or_default();
    }
    out
}

/// `SubRip`. Players read tags there, and the format knows no escape: the brackets become look-alikes.
pub fn srt(spans: &[Span]) -> String {
    let mut out = String::new();
    for (i, span) in spoken(spans).enumerate() {
        let text = one_line(&span.text)
            .replace('<', "\u{2039}")
            .replace('>', "\u{203A}")
            .replace('{', "(")
            .replace('}', ")");
        let (from, to) = times(span, ',');
        write!(out, "{}\n{from} --> {to}\n{text}\n\n", i + 1).unwrap_or_default();
    }
    out
}

/// Plain text: a line a segment, an empty line at each longer pause.
pub fn txt(spans: &[Span]) -> String {
    let mut out = String::new();
    for paragraph in paragraphs(spans) {
        if !out.is_empty() {
            out.push('\n');
        }
        for span in paragraph {
            out.push_str(&one_line(&span.text));
            out.push('\n');
        }
    }
    out
}

/// Markdown: the title, then a paragraph for what is said without a longer pause, with its time.
pub fn md(title: &str, spans: &[Span]) -> String {
    let mut out = String::new();
    if !title.trim().is_empty() {
        write!(out, "# {}\n\n", escaped(&one_line(title))).unwrap_or_default();
    }
    for paragraph in paragraphs(spans) {
        let start = paragraph.first().map_or(0, |span| span.start_ms);
        let text: Vec<String> = paragraph.iter().map(|span| escaped(&one_line(&span.text))).collect();
        write!(out, "**{}** {}\n\n", clock(start), text.join(" ")).unwrap_or_default();
    }
    out
}

/// Segments that were not emptied by an edit.
fn spoken(spans: &[Span]) -> impl Iterator<Item = &Span> {
    spans.iter().filter(|span| !span.text.trim().is_empty())
}

/// Segments without a pause of two seconds between them.
fn paragraphs(spans: &[Span]) -> impl Iterator<Item = &[Span]> {
    spans.chunk_by(|a, b| b.start_ms - a.end_ms < 2_000)
}

/// No line breaks and no control characters.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Markdown's and HTML's signs escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    // A list or a rule begins a line; the time stands before it, in a heading nothing does.
    if out.starts_with(['-', '+', '=']) { format!("\\{out}") } else { out }
}

/// A cue's times; an end after its start, as both formats need it.
fn times(span: &Span, point: char) -> (String, String) {
    let start = span.start_ms.max(0);
    let end = span.end_ms.max(start + 1);
    (stamp(start, point), stamp(end, point))
}

fn stamp(ms: i64, point: char) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}{point}{:03}", ms % 1_000)
}

/// `m:ss`, or `h:mm:ss`.
fn clock(ms: i64) -> String {
    let ms = ms.max(0);
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
