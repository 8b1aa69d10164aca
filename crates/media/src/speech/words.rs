//! Words with times from Whisper's tokens.
//!
//! A token is a run of bytes: it may be a piece of a word, a word with its
//! space, or half a character. Dynamic time warping gives the moment at which
//! a token *ends*; a word starts where the one before ended, or where speech
//! begins again after a pause.
use super::SpeechSpan;

/// A text token as whisper.cpp gives it, on the recording's time line.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// Its bytes, seldom a whole character in scripts that the vocabulary knows little.
    pub(super) bytes: Vec<u8>,
    /// When it ends, in milliseconds.
    pub(super) end_ms: i64,
    /// Its probability.
    pub(super) probability: f32,
}

/// A word before its times are settled.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    /// As in the text, with the space before it if there is one.
    pub(super) raw: String,
    /// Start in milliseconds.
    pub(super) start_ms: i64,
    /// End in milliseconds.
    pub(super) end_ms: i64,
    /// Mean probability of its tokens.
    pub(super) confidence: f32,
}

/// Groups tokens into words and gives them their times.
pub(super) fn words(tokens: &[Token], speech: &[SpeechSpan]) -> Vec<Draft> {
    let mut words: Vec<(Draft, f32)> = Vec::new();
    for unit in characters(tokens) {
        match words.last_mut() {
            Some((word, tokens)) if !begins_word(&word.raw, &unit.raw) => {
                word.raw.push_str(&unit.raw);
                word.end_ms = word.end_ms.max(unit.end_ms);
                word.confidence += unit.confidence;
                *tokens += 1.0;
            }
            _ => words.push((unit, 1.0)),
        }
    }
    let mut words: Vec<Draft> = words
        .into_iter()
        .map(|(word, tokens)| Draft { confidence: (word.confidence / tokens).clamp(0.0, 1.0), ..word })
        .collect();
    // What has neither letter nor digit before the first word is noise.
    words.retain(|w| !w.raw.trim().is_empty());
    settle_times(&mut words, speech);
    words
}

/// Joins tokens until they are whole characters. `start_ms` is not set yet.
fn characters(tokens: &[Token]) -> Vec<Draft> {
    let mut units = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    let (mut sum, mut count) = (0.0, 0.0);
    for (index, token) in tokens.iter().enumerate() {
        bytes.extend_from_slice(&token.bytes);
        sum += token.probability;
        count += 1.0;
        let incomplete = match std::str::from_utf8(&bytes) {
            Ok(_) => false,
            // `error_len` is None when the bytes only stop too early.
            Err(e) => e.error_len().is_none() && index + 1 < tokens.len(),
        };
        if incomplete {
            continue;
        }
        let raw = String::from_utf8_lossy(&bytes).replace(char::REPLACEMENT_CHARACTER, "");
        if !raw.is_empty() {
            let end_ms = token.end_ms;
            units.push(Draft { raw, start_ms: end_ms, end_ms, confidence: sum / count });
        }
        bytes.clear();
        (sum, count) = (0.0, 0.0);
    }
    units
}

fn begins_word(before: &str, unit: &str) -> bool {
    let Some(first) = unit.trim_start().chars().next() else { return false };
    let Some(last) = before.chars().next_back() else { return true };
    if !unit.chars().any(char::is_alphanumeric) {
        // Punctuation stays with the word before it, unless it opens something.
        return unit.starts_with(' ') && matches!(first, '(' | '[' | '"' | '“' | '‘' | '«' | '¿' | '¡' | '„');
    }
    if !before.chars().any(char::is_alphanumeric) {
        return false;
    }
    if unit.starts_with(char::is_whitespace) {
        return true;
    }
    let joins = is_mark(first) || is_prolonged(first);
    !joins && (is_unspaced(first) || is_unspaced(last) || matches!(last, '。' | '、' | '，' | '！' | '？'))
}

/// Scripts written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Vowel signs and tones of Thai and Lao, which never begin a word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0e30}'..='\u{0e3a}' | '\u{0e45}'..='\u{0e4e}' | '\u{0eb0}'..='\u{0ebc}' | '\u{0ec8}'..='\u{0ecd}')
}

/// Small kana and the long-vowel sign lean on what is before them.
fn is_prolonged(c: char) -> bool {
    matches!(c, 'ー' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | '々')
}

/// No part of a word may be squeezed below this.
const SHORTEST_MS: i64 = 20;
/// The longest that a word of so many characters is taken to last.
const LONGEST_BASE_MS: i64 = 600;
const LONGEST_PER_CHARACTER_MS: i64 = 120;

fn settle_times(words: &mut [Draft], speech: &[SpeechSpan]) {
    let mut before = speech.first().map_or(0, |s| s.start_ms).max(0);
    for word in words {
        let mut end = word.end_ms.max(before + SHORTEST_MS);
        let mut start = before;
        if let Some((quiet, loud)) = last_pause(speech, before, end) {
            // The word lies on one side of the pause: there where most of it fits.
            if quiet - before > end - loud {
                end = quiet.max(before + SHORTEST_MS);
            } else {
                start = loud;
            }
        }
        let letters = i64::try_from(word.raw.trim().chars().count()).unwrap_or(i64::MAX / 1000);
        start = start.max(end - LONGEST_BASE_MS - LONGEST_PER_CHARACTER_MS * letters);
        word.start_ms = start;
        word.end_ms = end.max(start + SHORTEST_MS);
        before = word.end_ms;
    }
}

/// The last pause that overlaps a stretch of time: its start and its end.
fn last_pause(speech: &[SpeechSpan], from: i64, to: i64) -> Option<(i64, i64)> {
    let pauses = speech.windows(2).map(|pair| (pair[0].end_ms, pair[1].start_ms));
    pauses.rev().find(|(quiet, loud)| *loud > from && *loud < to - SHORTEST_MS && *quiet < to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &[u8], end_ms: i64) -> Token {
        Token { bytes: text.to_vec(), end_ms, probability: 0.5 }
    }

    fn texts(words: &[Draft]) -> Vec<&str> {
        words.iter().map(|w| w.raw.as_str()).collect()
    }

    #[test]
    fn pieces_and_punctuation_join_their_word() {
        let tokens = [
            token(b" Mer", 300),
            token(b"id", 400),
            token(b"ian", 500),
            token(b",", 520),
            token(b" it's", 900),
        ];
        let words = words(&tokens, &[SpeechSpan { start_ms: 140, end_ms: 1000 }]);
        assert_eq!(texts(&words), [" Meridian,", " it's"]);
        assert_eq!((words[0].start_ms, words[0].end_ms), (140, 520));
        assert_eq!((words[1].start_ms, words[1].end_ms), (520, 900));
    }

    #[test]
    fn characters_split_across_tokens_are_put_together() {
        // 広 is e5 ba 83, 州 e5 b7 9e.
        let tokens = [
            token(b"\xe5\xba", 100),
            token(b"\x83", 200),
            token("州".as_bytes(), 300),
            token("。".as_bytes(), 310),
            token(b"\xff", 320),
            token(b"\xe5\xb7", 330),
        ];
        let words = words(&tokens, &[]);
        assert_eq!(texts(&words), ["広", "州。"]);
        assert_eq!(words[0].end_ms, 200);
    }

    #[test]
    fn languages_may_be_mixed() {
        let tokens = [
            token("今".as_bytes(), 100),
            token(b"Mer", 200),
            token(b"idian", 300),
            token("を".as_bytes(), 400),
        ];
        assert_eq!(texts(&words(&tokens, &[])), ["今", "Meridian", "を"]);
    }

    #[test]
    fn a_word_after_a_pause_starts_when_speech_does() {
        let tokens = [token(b" one", 500), token(b" two", 3400), token(b" three", 3800)];
        let speech = [SpeechSpan { start_ms: 100, end_ms: 600 }, SpeechSpan { start_ms: 3000, end_ms: 4000 }];
        let words = words(&tokens, &speech);
        assert_eq!((words[1].start_ms, words[1].end_ms), (3000, 3400));
        assert_eq!(words[2].start_ms, 3400);
        // Read a little late, a last word still belongs before the pause.
        let tokens = [token(b" the", 200), token(b" end", 3050), token(b" And", 3300)];
        let words = super::words(&tokens, &speech);
        assert_eq!((words[1].start_ms, words[1].end_ms), (200, 600));
        assert_eq!((words[2].start_ms, words[2].end_ms), (3000, 3300));
    }
}
