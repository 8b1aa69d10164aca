//! Languages and their stemmers.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

use super::fold::fold;

/// The language of a text, as far as the index cares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Language(Cow<'static, str>);

impl Language {
    /// From a tag such as `en` or `pt-BR`; `None` where it is no tag.
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
        let fits = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
        let named = fits && !matches!(primary.as_str(), "und" | "mul" | "zxx");
        named.then_some(Self(Cow::Owned(primary)))
    }

    /// What the letters of a text say when nobody told its language; texts in Latin letters count as English.
    pub(super) fn guess(text: &str) -> Self {
        let tag = text.chars().find_map(|c| match u32::from(c) {
            0x370..=0x3FF | 0x1F00..=0x1FFF => Some("el"),
            0x400..=0x52F => Some("ru"),
            0x600..=0x6FF => Some("ar"),
            0xB80..=0xBFF => Some("ta"),
            0x3040..=0x30FF => Some("ja"),
            0xE00..=0xE7F => Some("th"),
            0xAC00..=0xD7AF => Some("ko"),
            _ => None,
        });
        Self(Cow::Borrowed(tag.unwrap_or("en")))
    }

    /// No language: words stay as they are.
    pub(super) fn none() -> Self {
        Self(Cow::Borrowed(""))
    }

    /// The tag.
    pub(super) fn tag(&self) -> &str {
        &self.0
    }

    /// The language's stemmer, for words in its own letters.
    pub(super) fn stemming(&self) -> Option<Stemming> {
        let (algorithm, script) = match self.tag() {
            "ar" => (Algorithm::Arabic, Script::Arabic),
            "da" => (Algorithm::Danish, Script::Latin),
            "nl" => (Algorithm::Dutch, Script::Latin),
            "en" => (Algorithm::English, Script::Latin),
            "fi" => (Algorithm::Finnish, Script::Latin),
            "fr" => (Algorithm::French, Script::Latin),
            "de" => (Algorithm::German, Script::Latin),
            "el" => (Algorithm::Greek, Script::Greek),
            "hu" => (Algorithm::Hungarian, Script::Latin),
            "it" => (Algorithm::Italian, Script::Latin),
            "no" | "nb" | "nn" => (Algorithm::Norwegian, Script::Latin),
            "pt" => (Algorithm::Portuguese, Script::Latin),
            "ro" => (Algorithm::Romanian, Script::Latin),
            "ru" => (Algorithm::Russian, Script::Cyrillic),
            "es" => (Algorithm::Spanish, Script::Latin),
            "sv" => (Algorithm::Swedish, Script::Latin),
            "ta" => (Algorithm::Tamil, Script::Tamil),
            "tr" => (Algorithm::Turkish, Script::Latin),
            _ => return None,
        };
        Some(Stemming { stemmer: Stemmer::create(algorithm), script })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Arabic,
    Tamil,
}

impl Script {
    fn has(self, c: char) -> bool {
        let at = u32::from(c);
        match self {
            Self::Latin => matches!(at, 0x27 | 0x61..=0x7A | 0xDF..=0x24F | 0x1E00..=0x1EFF),
            Self::Greek => matches!(at, 0x370..=0x3FF | 0x1F00..=0x1FFF),
            Self::Cyrillic => matches!(at, 0x400..=0x4FF),
            Self::Arabic => matches!(at, 0x600..=0x6FF),
            Self::Tamil => matches!(at, 0xB80..=0xBFF),
        }
    }
}

/// A stemmer with the letters that it knows.
pub(super) struct Stemming {
    stemmer: Stemmer,
    script: Script,
}

impl Stemming {
    /// The folded stem of a word in lower case; the folded word where the stemmer does not know its letters.
    pub(super) fn stem(&self, lower: &str) -> String {
        if !lower.chars().all(|c| self.script.has(c)) {
            return fold(lower);
        }
        let stem = fold(&self.stemmer.stem(lower));
        if stem.is_empty() { fold(lower) } else { stem }
    }
}
