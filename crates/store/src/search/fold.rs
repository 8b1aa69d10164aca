//! Which characters make words, and their folded form: compatibility forms, case and accents do not matter.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest term in characters; what goes on is cut, in the index as in queries.
pub(super) const MAX_TERM: usize = 64;

/// Characters of scripts that write no spaces (and Hangul, whose particles stick to words): indexed as bigrams.
pub(super) fn is_gram(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0E3A | 0x0E40..=0x0E4E | 0x0E81..=0x0ECE | 0x1000..=0x103F | 0x1050..=0x109F | 0x1100..=0x11FF
        | 0x1780..=0x17D3 | 0x3005..=0x3007 | 0x3041..=0x3096 | 0x3099 | 0x309A | 0x309D..=0x309F
        | 0x30A1..=0x30FA | 0x30FC..=0x30FF | 0x3105..=0x312F | 0x3131..=0x318E | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xA960..=0xA97F | 0xAC00..=0xD7FB | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9F | 0xFFA0..=0xFFDC | 0x20000..=0x3FFFF)
}

/// Characters that begin or continue a word.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !is_gram(c)
}

/// Characters that continue a word, but begin none: marks, joiners, the soft hyphen.
pub(super) fn continues_word(c: char) -> bool {
    is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}' | '\u{AD}' | '\u{640}')
}

/// The apostrophes.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2BC}' | '\u{FF07}')
}

/// The hyphens inside words.
pub(super) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

/// A word in lower case and composed, accents kept: what a stemmer takes.
pub(super) fn lower(word: &str) -> String {
    if word.is_ascii() {
        // Most words are; nothing has to be composed there.
        let kept = word.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '\'');
        return kept.map(|c| c.to_ascii_lowercase()).take(MAX_TERM).collect();
    }
    let lowered: String = word.nfkc().flat_map(char::to_lowercase).collect();
    lowered
        .nfkc()
        .filter(|c| c.is_alphanumeric() || is_combining_mark(*c) || *c == '\'')
        .take(MAX_TERM)
        .collect()
}

/// A word without accents (of Latin and Greek; й stays й), points (Arabic, Hebrew) and apostrophes.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().filter(char::is_ascii_alphanumeric).take(MAX_TERM).collect();
    }
    let mut out = String::with_capacity(word.len());
    let mut base = ' ';
    for c in word.nfd() {
        match c {
            '\u{306}' if ('\u{400}'..='\u{52F}').contains(&base) => out.push(c),
            '\u{300}'..='\u{36F}'
            | '\u{591}'..='\u{5C7}'
            | '\u{64B}'..='\u{65F}'
            | '\u{670}'
            | '\u{640}'
            | '\'' => {}
            _ => {
                base = c;
                match c {
                    'ß' => out.push_str("ss"),
                    'æ' => out.push_str("ae"),
                    'œ' => out.push_str("oe"),
                    'þ' => out.push_str("th"),
                    'ø' => out.push('o'),
                    'đ' | 'ð' => out.push('d'),
                    'ł' => out.push('l'),
                    'ı' => out.push('i'),
                    'ς' => out.push('σ'),
                    _ => out.push(c),
                }
            }
        }
    }
    out.nfc().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).take(MAX_TERM).collect()
}
