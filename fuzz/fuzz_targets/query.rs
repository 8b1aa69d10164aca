//! What is typed into search: understood or refused, and every text has terms that lie inside it.
#![no_main]
#![expect(dead_code, reason = "of modules of the store only their parsers are tried")]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/store/src/search/fold.rs"]
mod fold;
#[path = "../../crates/store/src/search/language.rs"]
mod language;
#[path = "../../crates/store/src/search/query.rs"]
mod query;
#[path = "../../crates/store/src/search/tokens.rs"]
mod tokens;

fuzz_target!(|text: &str| {
    if let Ok(parsed) = query::Query::parse(text) {
        parsed.is_empty();
    }
    query::start_ms(text, &jiff::tz::TimeZone::UTC);
    let length = text.chars().count();
    for tag in ["en", "de", "fr", "ja", "ar", "tr"] {
        let Some(language) = language::Language::of_tag(tag) else { continue };
        for token in tokens::tokenize(text, &language) {
            assert!(token.from < token.to && token.to <= length, "{token:?}");
        }
    }
});
