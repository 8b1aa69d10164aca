//! Reading `WebVTT` and `SubRip` from other programs (Zoom, Teams, subtitle editors).

use super::Span;
use super::words::spread;

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// The most cues.
const MAX_CUES: usize = 20_000;
/// The longest text of a cue in code points.
const MAX_CUE_CHARS: usize = 4_000;
/// The latest instant: two days.
const MAX_MS: i64 = 48 * 3_600_000;

/// Why a file is no transcript.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Too large.
    #[error("the file is larger than {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// Not text.
    #[error("the file is not UTF-8 or UTF-16 text")]
    NotText,
    /// Nothing in it.
    #[error("the file has no cue: neither WebVTT nor SubRip")]
    Empty,
    /// Too many cues.
    #[error("the file has more than {MAX_CUES} cues")]
    TooManyCues,
    /// A time line that cannot be read.
    #[error("line {line}: the times of a cue cannot be read")]
    Times {
        /// The line's number, from 1.
        line: usize,
    },
    /// Too much text in one cue.
    #[error("line {line}: a cue has more than {MAX_CUE_CHARS} characters")]
    CueTooLong {
        /// The line's number, from 1.
        line: usize,
    },
}

/// Reads a file; whether it is `WebVTT` or `SubRip` shows by itself. Cues come in the order of their time, each with
/// its speaker before the text where the file names one and it is another than before.
///
/// # Errors
/// No text, too large, no cue, times that are none.
pub fn read(bytes: &[u8]) -> Result<Vec<Span>, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    let text = decode(bytes)?;
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let mut cues: Vec<Cue> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if is_block(line) && cues_may_follow(&lines, at) {
            at +=
                lines.get(at..).unwrap_or_default().iter().take_while(|line| !line.trim().is_empty()).count();
            continue;
        }
        if !line.contains("-->") {
            continue;
        }
        let (start_ms, end_ms) = times(line).ok_or(ReadError::Times { line: at })?;
        let rest = lines.get(at..).unwrap_or_default();
        let count = rest.iter().take_while(|line| !line.trim().is_empty() && !line.contains("-->")).count();
        let mut text_lines = rest.get(..count).unwrap_or_default();
        // Without an empty line between cues, the next one's number stands last.
        if rest.get(count).is_some_and(|line| line.contains("-->"))
            && text_lines.last().is_some_and(|l| is_number(l))
        {
            text_lines = text_lines.get(..count - 1).unwrap_or_default();
        }
        let raw = text_lines.join(" ");
        if raw.chars().count() > MAX_CUE_CHARS {
            return Err(ReadError::CueTooLong { line: at });
        }
        at += count;
        if cues.len() >= MAX_CUES {
            return Err(ReadError::TooManyCues);
        }
        cues.push(Cue::new(start_ms, end_ms, &raw));
    }
    cues.retain(|cue| !cue.text.is_empty());
    if cues.is_empty() {
        return Err(ReadError::Empty);
    }
    cues.sort_by_key(|cue| (cue.start_ms, cue.end_ms));
    name_speakers(&mut cues);
    Ok(named(cues))
}

struct Cue {
    start_ms: i64,
    end_ms: i64,
    speaker: Option<String>,
    text: String,
}

impl Cue {
    fn new(start_ms: i64, end_ms: i64, raw: &str) -> Self {
        let (speaker, text) = without_tags(raw);
        Self { start_ms, end_ms: end_ms.max(start_ms), speaker, text }
    }
}

fn named(cues: Vec<Cue>) -> Vec<Span> {
    let mut last = None;
    let mut spans = Vec::with_capacity(cues.len());
    for cue in cues {
        let text = match &cue.speaker {
            Some(name) if cue.speaker != last => format!("{name}: {}", cue.text),
            _ => cue.text,
        };
        last = cue.speaker;
        let words = spread(&text, cue.start_ms, cue.end_ms);
        spans.push(Span { start_ms: cue.start_ms, end_ms: cue.end_ms, text, words });
    }
    spans
}

fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> =
            bytes.chunks_exact(2).filter_map(|two| Some(unit([*two.first()?, *two.get(1)?]))).collect();
        String::from_utf16(&units).or(Err(ReadError::NotText))
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).or(Err(ReadError::NotText))?.to_owned(),
        _ => std::str::from_utf8(bytes).or(Err(ReadError::NotText))?.to_owned(),
    };
    // Old editors end lines with a lone carriage return.
    Ok(if text.contains('\n') { text } else { text.replace('\r', "\n") })
}

/// `NOTE`, `STYLE` and `REGION` of `WebVTT`, which run to the next empty line.
fn is_block(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    matches!(word, "NOTE" | "STYLE" | "REGION")
}

/// A block holds no times.
fn cues_may_follow(lines: &[&str], at: usize) -> bool {
    let rest = lines.get(at..).unwrap_or_default();
    !rest.iter().take_while(|line| !line.trim().is_empty()).any(|line| line.contains("-->"))
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.len() <= 9 && line.bytes().all(|b| b.is_ascii_digit())
}

fn times(line: &str) -> Option<(i64, i64)> {
    let (from, to) = line.split_once("-->")?;
    Some((instant(from.trim())?, instant(to.split_whitespace().next()?)?))
}

/// `hh:mm:ss.ttt`, `mm:ss.ttt`, the point also a comma, the fraction of any length or missing.
fn instant(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut seconds: i64 = 0;
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for part in parts {
        let fits = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        seconds = seconds.checked_mul(60)?.checked_add(part.parse::<i64>().ok().filter(|_| fits)?)?;
    }
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let ms = seconds.checked_mul(1_000)?.checked_add(thousandths.parse().ok()?)?;
    (0..=MAX_MS).contains(&ms).then_some(ms)
}

/// A cue's text without tags and with its entities read; the voice tag's or Zoom's name apart.
fn without_tags(raw: &str) -> (Option<String>, String) {
    let mut speaker = None;
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, tail)) = rest.split_once('<') {
        text.push_str(before);
        match tail.split_once('>') {
            Some((tag, after)) if is_tag(tag) => {
                if let Some(name) = tag.strip_prefix('v').filter(|name| name.starts_with([' ', '.'])) {
                    let name = name.split_once(' ').map_or("", |(_, name)| name);
                    speaker = speaker.or_else(|| name_of(&entities(name)));
                }
                rest = after;
            }
            _ => {
                text.push('<');
                rest = tail;
            }
        }
    }
    text.push_str(rest);
    (speaker, entities(&text).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Where most cues begin with a name and a colon, that is who speaks; elsewhere a colon is text.
fn name_speakers(cues: &mut [Cue]) {
    let split = |cue: &Cue| {
        let (name, said) = cue.text.split_once(": ")?;
        Some((spoken_by(name)?, said.trim().to_owned()))
    };
    let found: Vec<_> = cues.iter().map(split).collect();
    if found.iter().flatten().count() * 10 < cues.len() * 6 {
        return;
    }
    for (cue, (name, said)) in cues.iter_mut().zip(found).filter_map(|(cue, found)| Some((cue, found?))) {
        if cue.speaker.is_none() && !said.is_empty() {
            cue.speaker = Some(name);
            cue.text = said;
        }
    }
}

fn is_tag(tag: &str) -> bool {
    let name = tag.strip_prefix('/').unwrap_or(tag);
    let time = name.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    time || name.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn name_of(text: &str) -> Option<String> {
    let name: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    (!name.is_empty()).then_some(name)
}

/// A name before a colon, as Zoom writes it: a few capitalised words.
fn spoken_by(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let capital = |word: &&str| {
        word.chars().next().is_some_and(|c| c.is_uppercase() || matches!(c, '(' | '[') || !c.is_ascii())
    };
    let plain = text.chars().all(|c| {
        c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | '\'' | '\u{2019}' | '(' | ')' | '[' | ']' | '_')
    });
    (words.len() <= 5 && plain && words.iter().all(capital)).then(|| name_of(text)).flatten()
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&lrm;", "")
        .replace("&rlm;", "")
        .replace("&amp;", "&")
        .chars()
        .filter(|c| !c.is_control())
        .collect()
}
