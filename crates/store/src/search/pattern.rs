//! What a part of a query means on a text, and where it stands there.

use std::collections::BTreeSet;

use super::language::Language;
use super::query::Atom;
use super::tokens::{Kind, Token, tokenize};

/// One word, phrase or prefix, ready to be looked for.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// As it was typed.
    pub(super) typed: String,
    /// The same terms stemmed as in each language of the index, and as written; all of one length, none empty.
    pub(super) sequences: Vec<Vec<String>>,
    /// For each pair of neighbours: whether they are grams of one run and so have to overlap.
    overlaps: Vec<bool>,
    /// The last term is the beginning of one.
    pub(super) prefix: bool,
    /// The terms written together ("e-mail": "email").
    pub(super) joined: BTreeSet<String>,
    /// Whether it is one plain word, which may be misspelt.
    pub(super) correctable: bool,
}

impl Pattern {
    /// `None` where the text has no term.
    pub(super) fn new(atom: &Atom, languages: &[Language]) -> Option<Self> {
        let plain = tokenize(&atom.text, &Language::none());
        let ordered: Vec<&Token> = plain.iter().filter(|token| token.in_order()).collect();
        let last = ordered.last()?;
        let overlaps = ordered
            .iter()
            .zip(ordered.iter().skip(1))
            .map(|(a, b)| a.kind == Kind::Gram && b.kind == Kind::Gram && b.from < a.to)
            .collect();
        let lone_gram = last.kind == Kind::Gram && last.surface.chars().count() == 1;
        let wordlike = last.kind == Kind::Word && last.surface.chars().count() < 2;
        let prefix = (atom.prefix && !wordlike) || (lone_gram && ordered.len() == 1);
        let mut sequences = vec![ordered.iter().map(|token| token.surface.clone()).collect::<Vec<_>>()];
        let joined_token = plain.iter().find(|token| {
            token.kind == Kind::Joined
                && ordered.first().is_some_and(|first| first.from == token.from)
                && token.to == last.to
        });
        let mut joined: BTreeSet<String> = joined_token.iter().map(|token| token.surface.clone()).collect();
        for language in languages {
            let Some(stemming) = language.stemming() else { continue };
            let mut sequence: Vec<String> =
                ordered
                    .iter()
                    .map(|token| {
                        if token.kind == Kind::Word {
                            stemming.stem(&token.lower)
                        } else {
                            token.stem.clone()
                        }
                    })
                    .collect();
            if prefix && let Some(end) = sequence.last_mut() {
                end.clone_from(&last.surface);
            }
            if !sequences.contains(&sequence) {
                sequences.push(sequence);
            }
            joined.extend(joined_token.map(|token| stemming.stem(&token.lower)));
        }
        if prefix || atom.quoted {
            joined.clear();
        }
        let correctable = !atom.quoted && !prefix && ordered.len() == 1 && last.kind == Kind::Word;
        Some(Self { typed: atom.text.clone(), sequences, overlaps, prefix, joined, correctable })
    }

    /// The same for any of several words (what a misspelt one is taken for).
    pub(super) fn any_of(typed: &str, words: &[String], languages: &[Language]) -> Option<Self> {
        let mut patterns = words.iter().filter_map(|word| {
            Self::new(&Atom { text: word.clone(), quoted: false, prefix: false }, languages)
        });
        let mut first = patterns.next()?;
        first.sequences.retain(|sequence| sequence.len() == 1);
        for other in patterns {
            for sequence in other.sequences {
                if sequence.len() == 1 && !first.sequences.contains(&sequence) {
                    first.sequences.push(sequence);
                }
            }
        }
        typed.clone_into(&mut first.typed);
        (!first.sequences.is_empty()).then_some(first)
    }

    /// How many terms it has.
    pub(super) fn len(&self) -> usize {
        self.sequences.first().map_or(0, Vec::len)
    }

    /// The terms that stand for it in the vocabulary's counts.
    pub(super) fn terms(&self) -> impl Iterator<Item = &str> {
        self.sequences.iter().flatten().map(String::as_str)
    }

    fn fits(&self, term: &str, token: &Token, is_last: bool, alone: bool) -> bool {
        if self.prefix && is_last {
            return token.stem.starts_with(term) || token.surface.starts_with(term);
        }
        token.stem == term || (alone && token.surface == term)
    }

    fn fits_at(&self, sequence: &[String], window: &[&Placed<'_>]) -> bool {
        let alone = sequence.len() == 1;
        let mut terms = sequence.iter().enumerate().zip(window);
        let mut pairs = self.overlaps.iter().zip(window.iter().zip(window.iter().skip(1)));
        window.len() == sequence.len()
            && terms.all(|((i, term), placed)| self.fits(term, placed.token, i + 1 == sequence.len(), alone))
            && pairs.all(|(overlap, (a, b))| !overlap || (a.part == b.part && b.token.from < a.token.to))
    }

    /// Where it stands in a row and its neighbours.
    pub(super) fn occurrences(&self, row: &Window<'_>) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let ordered: Vec<&Placed<'_>> = row.tokens.iter().filter(|placed| placed.token.in_order()).collect();
        for window in ordered.windows(self.len().max(1)) {
            if self.sequences.iter().any(|sequence| self.fits_at(sequence, window)) {
                found.push(Occurrence::of(window));
            }
        }
        for placed in row.tokens.iter().filter(|placed| !placed.token.in_order()) {
            let token = placed.token;
            let joined = self.joined.contains(&token.surface) || self.joined.contains(&token.stem);
            let single = self.sequences.iter().any(|s| s.len() == 1 && self.fits_at(s, &[placed]));
            let grams = found.iter().any(|other: &Occurrence| other.covers(placed));
            if (joined || single) && !grams {
                found.push(Occurrence::of(&[placed]));
            }
        }
        // "e-mail" asked for, "email" written: one plain term.
        for placed in ordered {
            let token = placed.token;
            if self.joined.contains(&token.surface) || self.joined.contains(&token.stem) {
                found.push(Occurrence::of(&[placed]));
            }
        }
        found
    }
}

/// Which of the texts a term is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Before,
    Own,
    After,
}

/// A term with the text that it is in.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub(super) token: &'a Token,
    pub(super) part: Part,
}

/// A row's terms between those of its neighbours.
#[derive(Clone, Debug)]
pub(super) struct Window<'a> {
    tokens: Vec<Placed<'a>>,
    /// How many terms the row itself has.
    pub(super) own_len: usize,
}

impl<'a> Window<'a> {
    pub(super) fn new(before: &'a [Token], own: &'a [Token], after: &'a [Token]) -> Self {
        let place = |tokens: &'a [Token], part| tokens.iter().map(move |token| Placed { token, part });
        let tokens =
            place(before, Part::Before).chain(place(own, Part::Own)).chain(place(after, Part::After));
        let own_len = own.iter().filter(|token| token.in_order()).count();
        Self { tokens: tokens.collect(), own_len }
    }
}

/// One place where a pattern was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// The code points of the row's own text, where any of it is there.
    pub(super) own: Option<(usize, usize)>,
    /// Whether all of it is in the row's own text.
    pub(super) whole: bool,
}

impl Occurrence {
    fn of(window: &[&Placed<'_>]) -> Self {
        let own = || window.iter().filter(|placed| placed.part == Part::Own).map(|placed| placed.token);
        let from = own().map(|token| token.from).min();
        let to = own().map(|token| token.to).max();
        Self { own: from.zip(to), whole: own().count() == window.len() }
    }

    fn covers(&self, placed: &Placed<'_>) -> bool {
        placed.part == Part::Own
            && self.own.is_some_and(|(from, to)| from <= placed.token.from && placed.token.to <= to)
    }
}

/// Ranges in order, those that touch or overlap made one.
pub(super) fn united(mut ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    ranges.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}
