//! What of a row goes into the index's columns.

use super::tokens::Token;

/// How many terms of a segment stand with each neighbour, so that a phrase may cross the border.
pub(super) const OVERLAP: usize = 8;

/// A term that no text has: nothing matches across it.
const GAP: &str = "_";

/// The texts of a row's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) body: String,
    pub(super) surface: String,
    pub(super) near: String,
}

/// The columns of a row between its neighbours (empty where it has none).
pub(super) fn columns(before: &[Token], own: &[Token], after: &[Token]) -> Columns {
    Columns {
        body: joined(stems(own)),
        surface: joined(beside(own)),
        near: if before.is_empty() && after.is_empty() { String::new() } else { near(before, own, after) },
    }
}

fn near(before: &[Token], own: &[Token], after: &[Token]) -> String {
    let count = stems(own).count();
    let mut terms: Vec<&str> = stems(before).collect();
    if count <= OVERLAP {
        terms.extend(stems(own));
    } else {
        terms.extend(stems(own).take(OVERLAP));
        terms.push(GAP);
        terms.extend(stems(own).skip(count - OVERLAP));
    }
    terms.extend(stems(after));
    for extra in beside(before).chain(beside(after)) {
        terms.push(GAP);
        terms.push(extra);
    }
    terms.join(" ")
}

fn stems(tokens: &[Token]) -> impl Iterator<Item = &str> {
    tokens.iter().filter(|token| token.in_order()).map(|token| token.stem.as_str())
}

/// Terms that stand beside the order: words that differ from their stem, compounds, the ends of runs.
fn beside(tokens: &[Token]) -> impl Iterator<Item = &str> {
    tokens.iter().flat_map(|token| {
        let differs = token.surface != token.stem;
        let surface = (differs || !token.in_order()).then_some(token.surface.as_str());
        let stem = (differs && !token.in_order()).then_some(token.stem.as_str());
        surface.into_iter().chain(stem)
    })
}

fn joined<'a>(terms: impl Iterator<Item = &'a str>) -> String {
    terms.collect::<Vec<_>>().join(" ")
}
