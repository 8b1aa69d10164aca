//! Search against a brute-force reading of the same texts, on generated talks and queries.

use std::collections::BTreeSet;

use meridian_domain::ids::UpdateId;

use super::World;
use crate::search::language::Language;
use crate::search::tokens::tokenize;

/// Numbers that repeat (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

const WORDS: [&str; 14] = [
    "run", "running", "runs", "release", "releases", "e-mail", "email", "team's", "team", "café", "cafe",
    "plan", "planned", "the",
];

/// Stems of a text with the words they are of, in order.
pub(super) fn stems(text: &str, language: &Language) -> Vec<(String, String)> {
    let tokens = tokenize(text, language).into_iter().filter(super::super::tokens::Token::in_order);
    tokens.map(|token| (token.stem, token.surface)).collect()
}

/// Whether a segment with its neighbours has all words, at least one of them in itself.
pub(super) fn fits(
    segments: &[String],
    at: usize,
    words: &[&str],
    phrase: bool,
    language: &Language,
) -> bool {
    let part = |i: Option<usize>| {
        i.and_then(|i| segments.get(i)).map(|text| stems(text, language)).unwrap_or_default()
    };
    let own = part(Some(at));
    let before = part(at.checked_sub(1));
    let window: Vec<_> = [before.clone(), own.clone(), part(Some(at + 1))].concat();
    let own_range = before.len()..before.len() + own.len();
    if phrase {
        let wanted: Vec<String> =
            words.iter().flat_map(|word| stems(word, language)).map(|term| term.0).collect();
        return (0..window.len()).any(|start| {
            let end = start + wanted.len();
            end <= window.len()
                && window[start..end].iter().zip(&wanted).all(|(term, stem)| term.0 == *stem)
                && (start..end).any(|i| own_range.contains(&i))
        });
    }
    let has = |terms: &[(String, String)], word: &str| {
        let wanted = &stems(word, language)[0];
        terms
            .iter()
            .any(|term| term.0 == wanted.0 || term.0 == wanted.1 || term.1 == wanted.0 || term.1 == wanted.1)
    };
    words.iter().all(|word| has(&window, word)) && words.iter().any(|word| has(&own, word))
}

#[tokio::test]
async fn the_same_updates_as_a_brute_force_reading() {
    let world = World::new().await;
    let english = Language::of_tag("en").unwrap();
    let mut dice = Dice(20_261_122);
    let mut talks: Vec<(UpdateId, Vec<String>)> = Vec::new();
    for _ in 0..40 {
        let segments: Vec<String> = (0..=dice.below(6))
            .map(|_| {
                (0..=dice.below(5)).map(|_| WORDS[dice.below(WORDS.len())]).collect::<Vec<_>>().join(" ")
            })
            .collect();
        let texts: Vec<&str> = segments.iter().map(String::as_str).collect();
        talks.push((world.spoken("en", &texts).await, segments));
    }
    // Compounds are asked for elsewhere: the brute force knows no joined forms.
    let plain: Vec<&str> = WORDS.into_iter().filter(|word| !word.contains("mail")).collect();
    let (mut some, mut none) = (0, 0);
    for round in 0..120 {
        let words: Vec<&str> = (0..=dice.below(6)).map(|_| plain[dice.below(plain.len())]).collect();
        let phrase = round % 2 == 0;
        let q = if phrase { format!("\"{}\"", words.join(" ")) } else { words.join(" ") };
        let mut request = world.request(world.owner, &q);
        request.limit = 100;
        let found = super::search(world.store.reader(), &request).await.unwrap();
        let found: BTreeSet<UpdateId> = found.items.into_iter().map(|item| item.update_id).collect();
        let single = words.len() == 1;
        let expected: BTreeSet<UpdateId> = talks
            .iter()
            .filter(|(_, segments)| {
                (0..segments.len()).any(|at| fits(segments, at, &words, phrase && !single, &english))
            })
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(found, expected, "{q}");
        if expected.is_empty() { none += 1 } else { some += 1 }
    }
    assert!(some > 20 && none > 20, "both kinds of answers are tried: {some} with hits, {none} without");
}
