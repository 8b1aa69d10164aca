//! Which rows may match, before a database's own language: facets, terms, phrases.

use uuid::Uuid;

use super::near::OVERLAP;
use super::pattern::Pattern;

/// A facet with an id: whose, of which team. No text makes such a term, since words end at an underscore.
pub(super) fn id_facet(kind: char, id: Uuid) -> String {
    format!("{kind}_{}", id.simple())
}

/// A facet with one of our own words.
pub(super) fn word_facet(kind: char, word: &str) -> String {
    format!("{kind}_{word}")
}

/// Which rows may match: each group is a set of facets of which one has to be there.
#[derive(Clone, Debug, Default)]
pub(super) struct Facets(Vec<Vec<String>>);

impl Facets {
    /// Asks for one of these too.
    pub(super) fn and(&mut self, any: Vec<String>) {
        self.0.push(any);
    }

    /// Whether a group is empty, so that nothing can match.
    pub(super) fn nothing(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }

    fn condition(&self) -> Condition {
        Condition::All(self.0.iter().map(|any| Condition::Facets(any.clone())).collect())
    }
}

/// Where a term may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the row's own text.
    Own,
    /// There or in its neighbours'.
    Anywhere,
}

/// What a row has to have.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// Each of these.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
    /// The first but not the second.
    Without(Box<Condition>, Box<Condition>),
    /// One of these facets.
    Facets(Vec<String>),
    /// A term, or (`prefix`) one that begins so.
    Term { term: String, prefix: bool, place: Place },
    /// Terms one behind the other, in the row's own text or across a border with a neighbour.
    Phrase(Vec<String>),
}

/// Finds every row that the patterns fit, and may find more.
pub(super) fn condition(facets: &Facets, positives: &[Pattern], negatives: &[Pattern]) -> Condition {
    let mut parts = vec![facets.condition()];
    if !matches!(positives, [single] if single.len() == 1) {
        parts.extend(positives.iter().map(anywhere));
    }
    if !positives.is_empty() {
        let own = positives.iter().flat_map(|pattern| terms(pattern, Place::Own));
        parts.push(Condition::Any(own.collect()));
    }
    let mut out = Condition::All(parts);
    for pattern in negatives.iter().filter(|pattern| pattern.len() == 1) {
        let without = Condition::Any(terms(pattern, Place::Anywhere));
        out = Condition::Without(Box::new(out), Box::new(without));
    }
    out
}

/// Rows that have the pattern itself (not their neighbours).
pub(super) fn own_condition(facets: &Facets, pattern: &Pattern) -> Condition {
    condition(facets, std::slice::from_ref(pattern), &[])
}

/// Rows that have one term as their own.
pub(super) fn term_condition(facets: &Facets, term: &str) -> Condition {
    Condition::All(vec![facets.condition(), single(term, false, Place::Own)])
}

fn single(term: &str, prefix: bool, place: Place) -> Condition {
    Condition::Term { term: term.to_owned(), prefix, place }
}

/// A pattern in a row or its neighbours.
fn anywhere(pattern: &Pattern) -> Condition {
    if pattern.len() == 1 {
        return Condition::Any(terms(pattern, Place::Anywhere));
    }
    let sequence = |sequence: &Vec<String>| {
        if pattern.prefix || pattern.len() > OVERLAP {
            let last = sequence.len().saturating_sub(1);
            let all = sequence.iter().enumerate();
            let all = all.map(|(i, term)| single(term, pattern.prefix && i == last, Place::Anywhere));
            Condition::All(all.collect())
        } else {
            Condition::Phrase(sequence.clone())
        }
    };
    let joined = pattern.joined.iter().map(|term| single(term, false, Place::Anywhere));
    Condition::Any(pattern.sequences.iter().map(sequence).chain(joined).collect())
}

/// Each of a pattern's terms once.
fn terms(pattern: &Pattern, place: Place) -> Vec<Condition> {
    let mut terms: Vec<(&str, bool)> = Vec::new();
    for sequence in &pattern.sequences {
        let last = sequence.len().saturating_sub(1);
        let each = sequence.iter().enumerate();
        terms.extend(each.map(|(i, term)| (term.as_str(), pattern.prefix && i == last)));
    }
    terms.extend(pattern.joined.iter().map(|term| (term.as_str(), false)));
    terms.sort_unstable();
    terms.dedup();
    terms.into_iter().map(|(term, prefix)| single(term, prefix, place)).collect()
}
