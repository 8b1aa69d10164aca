//! The languages that a multilingual model knows.

/// A language that may be chosen for a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// Whisper's code: ISO 639-1 where there is one ("en", "zh", "haw").
    pub code: &'static str,
    /// Its English name, in lower case ("english").
    pub name: &'static str,
}

/// All languages, in Whisper's own order (by hours of training).
pub fn languages() -> Vec<Language> {
    (0..=whisper_rs::get_lang_max_id())
        .filter_map(|id| {
            Some(Language { code: whisper_rs::get_lang_str(id)?, name: whisper_rs::get_lang_str_full(id)? })
        })
        .collect()
}

/// Whisper's code for what a person or a page calls a language: "en", "en-GB",
/// "EN_us" and "english" all give "en".
pub(super) fn code_of(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_ascii_lowercase();
    let primary = lower.split(['-', '_']).next().unwrap_or_default();
    languages().into_iter().find(|l| l.code == primary || l.name == lower).map(|l| l.code)
}
