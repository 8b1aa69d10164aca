//! Text to terms with their places.

use std::cell::RefCell;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

use super::fold::{MAX_TERM, continues_word, fold, is_apostrophe, is_gram, is_hyphen, is_word, lower};
use super::language::Language;

/// A term of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// In lower case, composed, accents kept.
    pub(super) lower: String,
    /// Folded.
    pub(super) surface: String,
    /// The folded stem.
    pub(super) stem: String,
    /// Where it begins, in code points.
    pub(super) from: usize,
    /// Where it ends.
    pub(super) to: usize,
    /// What kind.
    pub(super) kind: Kind,
}

/// What a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word or a number.
    Word,
    /// Two characters of a script without spaces; one where they stand alone.
    Gram,
    /// A compound written together ("e-mail" as "email"); beside its parts, outside their order.
    Joined,
    /// The last character of a run of grams; outside their order.
    Tail,
}

impl Token {
    /// Whether it has a place in the order of terms (others stand beside it).
    pub(super) fn in_order(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Gram)
    }
}

/// The terms of a text, stemmed as in `language`.
pub(super) fn tokenize(text: &str, language: &Language) -> Vec<Token> {
    let stemming = language.stemming();
    terms(text, &|lower| match &stemming {
        Some(stemming) => stemming.stem(lower),
        None => fold(lower),
    })
}

/// Tokenizes many texts: what is spoken repeats its words, so each one's stem is found once.
#[derive(Default)]
pub(super) struct Tokenizer {
    stems: RefCell<HashMap<Language, HashMap<String, String>>>,
}

impl Tokenizer {
    /// As [`tokenize`].
    pub(super) fn tokenize(&self, text: &str, language: &Language) -> Vec<Token> {
        let mut stems = self.stems.borrow_mut();
        let known = RefCell::new(stems.entry(language.clone()).or_default());
        let stemming = language.stemming();
        terms(text, &|lower| {
            let mut known = known.borrow_mut();
            if let Some(stem) = known.get(lower) {
                return stem.clone();
            }
            let stem = stemming.as_ref().map_or_else(|| fold(lower), |stemming| stemming.stem(lower));
            known.insert(lower.to_owned(), stem.clone());
            stem
        })
    }
}

fn terms(text: &str, stem: &impl Fn(&str) -> String) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if is_gram(c) {
            at = grams(&chars, at, &mut tokens);
        } else if is_word(c) {
            at = compound(&chars, at, stem, &mut tokens);
        } else {
            at += 1;
        }
    }
    tokens
}

/// A run of characters without spaces, as overlapping pairs.
fn grams(chars: &[char], start: usize, tokens: &mut Vec<Token>) -> usize {
    let mut run: Vec<(char, usize, usize)> = Vec::new();
    let mut at = start;
    while let Some(&c) = chars.get(at).filter(|c| is_gram(**c)) {
        for part in std::iter::once(c).nfkc().flat_map(char::to_lowercase) {
            match run.last_mut().and_then(|last| compose(last.0, part).map(|whole| (last, whole))) {
                Some((last, whole)) => *last = (whole, last.1, at + 1),
                None => run.push((part, at, at + 1)),
            }
        }
        at += 1;
    }
    let gram = |text: String, from, to, kind| Token {
        lower: text.clone(),
        surface: text.clone(),
        stem: text,
        from,
        to,
        kind,
    };
    if let [(c, from, to)] = run.as_slice() {
        tokens.push(gram(c.to_string(), *from, *to, Kind::Gram));
        return at;
    }
    for pair in run.windows(2) {
        if let [(a, from, _), (b, _, to)] = pair {
            tokens.push(gram(format!("{a}{b}"), *from, *to, Kind::Gram));
        }
    }
    if let Some((c, from, to)) = run.last() {
        tokens.push(gram(c.to_string(), *from, *to, Kind::Tail));
    }
    at
}

/// A word with what hangs on it by hyphens.
fn compound(chars: &[char], start: usize, stem: &impl Fn(&str) -> String, tokens: &mut Vec<Token>) -> usize {
    let first = tokens.len();
    let mut at = word(chars, start, stem, tokens);
    let mut hyphens = 0;
    while chars.get(at).is_some_and(|c| is_hyphen(*c)) && chars.get(at + 1).is_some_and(|c| is_word(*c)) {
        at = word(chars, at + 1, stem, tokens);
        hyphens += 1;
    }
    let parts = tokens.get(first..).unwrap_or_default();
    let joined: String = parts.iter().map(|token| token.lower.as_str()).collect();
    let lettered = parts.iter().all(|token| token.lower.chars().any(char::is_alphabetic));
    if let (Some(head), Some(tail)) = (parts.first(), parts.last())
        && (1..=3).contains(&hyphens)
        && lettered
        && joined.chars().count() <= MAX_TERM
    {
        let (from, to) = (head.from, tail.to);
        let token = Token {
            surface: fold(&joined),
            stem: stem(&joined),
            lower: joined,
            from,
            to,
            kind: Kind::Joined,
        };
        tokens.push(token);
    }
    at
}

/// What may follow an apostrophe and still be the same word.
const ENDINGS: [&str; 8] = ["s", "t", "d", "m", "re", "ll", "ve", "n"];

/// A word; at an apostrophe it goes on ("team's", "don't") or ends ("l'équipe" is two).
fn word(chars: &[char], start: usize, stem: &impl Fn(&str) -> String, tokens: &mut Vec<Token>) -> usize {
    let mut to = run_end(chars, start);
    if chars.get(to).is_some_and(|c| is_apostrophe(*c)) && chars.get(to + 1).is_some_and(|c| is_word(*c)) {
        let end = run_end(chars, to + 1);
        let ending = lower(&chars.get(to + 1..end).unwrap_or_default().iter().collect::<String>());
        if ENDINGS.contains(&ending.as_str()) && end - to <= 3 {
            to = end;
        }
    }
    let written = chars.get(start..to).unwrap_or_default().iter();
    let lower = lower(&written.map(|c| if is_apostrophe(*c) { '\'' } else { *c }).collect::<String>());
    let surface = fold(&lower);
    if !surface.is_empty() {
        let stem = stem(&lower);
        tokens.push(Token { lower, surface, stem, from: start, to, kind: Kind::Word });
    }
    // An apostrophe that ended the word stands before the next one, which the caller begins.
    to
}

fn run_end(chars: &[char], start: usize) -> usize {
    let rest = chars.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|c| is_word(**c) || (continues_word(**c) && !is_gram(**c))).count()
}
