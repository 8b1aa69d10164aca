//! Which of some short texts a question is like: by the stems that they share, rare ones weighing more.

use std::collections::{HashMap, HashSet};

use super::language::Language;
use super::tokens::tokenize;

/// Words that say nothing about what a question is about.
const EMPTY: &str = "a about am an and any are as at be been but by can could did do does for from had has have he how i \
    if in is it its me my no not of on or our she should so than that the their them then there they this to us was we were \
    what when where which who why will with would you your please anybody anyone somebody someone";
/// The word that is being typed counts from so many characters on.
const LEAST_PREFIX: usize = 3;

fn stems(text: &str) -> Vec<(String, String)> {
    let empty: HashSet<&str> = EMPTY.split_whitespace().collect();
    let tokens = tokenize(text, &Language::guess(text));
    let kept = tokens.into_iter().filter(|token| !empty.contains(token.surface.as_str()));
    kept.map(|token| (token.stem, token.surface)).collect()
}

/// The indices of the texts that a question is like, the likest first; at least a third of its words, but for those
/// that say nothing, have to stand there. Its last word may be the beginning of one.
pub(crate) fn like(question: &str, texts: &[String]) -> Vec<usize> {
    let asked = stems(question);
    let last = asked.last().map(|(_, surface)| surface.clone()).unwrap_or_default();
    let typing = !question.ends_with(|c: char| !c.is_alphanumeric()) && last.chars().count() >= LEAST_PREFIX;
    let mut wanted: Vec<&str> = asked.iter().map(|(stem, _)| stem.as_str()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let known: Vec<HashSet<String>> = texts
        .iter()
        .map(|text| stems(text).into_iter().flat_map(|(stem, surface)| [stem, surface]).collect())
        .collect();
    let last_stem = asked.last().map(|(stem, _)| stem.as_str());
    let has = |words: &HashSet<String>, stem: &str| {
        let begins = typing && last_stem == Some(stem) && words.iter().any(|word| word.starts_with(&last));
        words.contains(stem) || begins
    };
    let count = |stem: &str| known.iter().filter(|words| has(words, stem)).count();
    let weights: HashMap<&str, f64> =
        wanted.iter().map(|stem| (*stem, weight(known.len(), count(stem)))).collect();
    let mut found: Vec<(usize, f64)> = Vec::new();
    for (index, words) in known.iter().enumerate() {
        let shared: Vec<&&str> = wanted.iter().filter(|stem| has(words, stem)).collect();
        if !shared.is_empty() && shared.len() * 3 >= wanted.len() {
            found.push((index, shared.iter().filter_map(|stem| weights.get(**stem)).sum()));
        }
    }
    found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    found.into_iter().map(|(index, _)| index).collect()
}

/// Inverse document frequency, smoothed so that it stays above nothing.
fn weight(texts: usize, with: usize) -> f64 {
    let count = |n: usize| u32::try_from(n).map_or(f64::from(u32::MAX), f64::from);
    (1.0 + (count(texts) + 1.0) / (count(with) + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<String> {
        [
            "How do we deploy the billing service?\nBy the release workflow; ask Ben for the key.",
            "Where are the design tokens kept?\nIn web/styles, one file.",
            "Who deploys on Fridays?\nNobody.",
            "Wann ist die Übergabe?\nAm Montag um neun.",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    #[test]
    fn what_shares_the_rare_words_comes_first() {
        assert_eq!(like("how to deploy billing", &texts()), [0, 2]);
        assert_eq!(like("What about deploying on Friday?", &texts()), [2, 0]);
        assert_eq!(like("Übergabe", &texts()), [3]);
    }

    #[test]
    fn the_last_word_may_be_unfinished() {
        assert_eq!(like("where are the design tok", &texts()), [1]);
        assert_eq!(like("workf", &texts()), [0]);
        assert_eq!(like("workf ", &texts()), [0_usize; 0]);
        assert_eq!(like("wo", &texts()), [0_usize; 0]);
    }

    #[test]
    fn what_says_nothing_is_like_nothing() {
        for text in ["", "  ", "how do we", "?", "quantum entanglement of turtles and design"] {
            assert_eq!(like(text, &texts()), [0_usize; 0], "{text}");
        }
        assert_eq!(like("anything", &[]), [0_usize; 0]);
    }
}
