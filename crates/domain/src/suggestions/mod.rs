//! Suggestions: sentences of a transcript that sound like a plan, a blocker, a decision or a request, found by spoken
//! rules that are data (`rules_en.txt`). They are offered, never taken: a person accepts each.

mod pattern;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use crate::enums::SuggestionKind;
use crate::transcript::Span;
use pattern::{Rules, words};

/// Most suggestions of one transcript; somebody who talks for an hour is not asked a hundred times.
const MAX_FOUND: usize = 60;
/// Shortest sentence, in words.
const MIN_WORDS: usize = 3;

static ENGLISH: LazyLock<Rules> = LazyLock::new(|| Rules::read(include_str!("rules_en.txt")));

/// A sentence that sounds like something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it sounds like.
    pub kind: SuggestionKind,
    /// Which of the spans it stands in.
    pub span: usize,
    /// Where it begins, in milliseconds on the source's time line.
    pub start_ms: i64,
    /// Where it ends.
    pub end_ms: i64,
    /// What was said.
    pub text: String,
}

/// What a sentence sounds like; of several kinds the first of decision, blocker, request, plan.
pub fn classify(language: &str, sentence: &str) -> Option<SuggestionKind> {
    let words = words(sentence);
    if words.len() < MIN_WORDS {
        return None;
    }
    let kinds =
        [SuggestionKind::Decision, SuggestionKind::Blocker, SuggestionKind::Request, SuggestionKind::Plan];
    let rules = rules(language)?;
    kinds.into_iter().find(|kind| rules.says(*kind, &words))
}

fn rules(language: &str) -> Option<&'static Rules> {
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    primary.eq_ignore_ascii_case("en").then(|| &*ENGLISH)
}

/// What the spans of a transcript hold, in their order; nothing for a language without rules.
pub fn find(language: &str, spans: &[Span]) -> Vec<Found> {
    if rules(language).is_none() {
        return Vec::new();
    }
    let sentences = spans.iter().enumerate().flat_map(|(at, span)| sentences(span).map(move |one| (at, one)));
    sentences
        .filter_map(|(span, (start_ms, end_ms, text))| {
            let kind = classify(language, &text)?;
            Some(Found { kind, span, start_ms, end_ms, text })
        })
        .take(MAX_FOUND)
        .collect()
}

/// The sentences of a span with their times; by its words where it has some.
fn sentences(span: &Span) -> impl Iterator<Item = (i64, i64, String)> {
    let mut found: Vec<(i64, i64, String)> = Vec::new();
    let mut open = false;
    for word in &span.words {
        match found.last_mut() {
            Some((_, end, text)) if open => {
                *end = word.end_ms;
                text.push(' ');
                text.push_str(word.text.trim());
            }
            _ => found.push((word.start_ms, word.end_ms, word.text.trim().to_owned())),
        }
        open = !word.text.trim_end().ends_with(['.', '!', '?', '…']);
    }
    if found.is_empty() {
        found.extend(
            span.text
                .split_inclusive(['.', '!', '?', '…'])
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(|text| (span.start_ms, span.end_ms, text.to_owned())),
        );
    }
    found.into_iter()
}
