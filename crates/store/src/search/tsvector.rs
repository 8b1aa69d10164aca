//! Conditions and rows in the language of PostgreSQL's `tsvector`.
//!
//! The terms come from our own tokenizer, written as a vector's text; PostgreSQL's parsers are not asked. A term's
//! weight tells the column: A body, B surface, C near; facets have none. Each column counts its places on its own
//! stretch, so that no phrase goes from one into another.

use std::collections::BTreeMap;

use super::condition::{Condition, Place};
use super::near::Columns;

/// The beginning of the statement that takes rows in.
pub(super) const INSERT: &str = "INSERT INTO search_terms (row_id, terms) VALUES ";
/// One row of it.
pub(super) const MARKS: &str = "(?,?::tsvector)";

/// Places that a vector keeps of one term; of a row with more terms than that a phrase could be missed.
const MOST_PLACES: usize = 255;
/// The facet of rows that have more.
const LONG: &str = "l_long";
/// Places are counted up to here.
const LAST_PLACE: usize = 16_000;
/// The longest term, in bytes; a vector takes somewhat more.
const MOST_BYTES: usize = 2_000;

/// The text of a row's vector.
pub(super) fn terms(facets: &str, columns: &Columns) -> String {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut at = 0;
    for (text, weight) in [(&columns.body, 'A'), (&columns.near, 'C'), (&columns.surface, 'B')] {
        for term in text.split(' ').filter(|term| !term.is_empty()) {
            at += 1;
            // The mark of a gap takes a place and is no term.
            if term != "_" {
                let known = places.entry(cut(term)).or_default();
                if known.len() < MOST_PLACES {
                    known.push(format!("{}{weight}", at.min(LAST_PLACE)));
                }
            }
        }
        at += 1;
    }
    let mut out: Vec<String> = facets.split(' ').map(quoted).collect();
    if at > MOST_PLACES {
        out.push(quoted(LONG));
    }
    out.extend(places.iter().map(|(term, places)| format!("{}:{}", quoted(term), places.join(","))));
    out.join(" ")
}

/// A query's text.
pub(super) fn expression(condition: &Condition) -> String {
    match condition {
        Condition::All(parts) => listed(parts, " & "),
        Condition::Any(parts) => listed(parts, " | "),
        Condition::Without(this, other) => format!("({}) & !({})", expression(this), expression(other)),
        Condition::Facets(any) => any.iter().map(|facet| quoted(facet)).collect::<Vec<_>>().join(" | "),
        Condition::Term { term, prefix, place } => {
            let columns = if *place == Place::Own { "AB" } else { "ABC" };
            let star = if *prefix { "*" } else { "" };
            format!("{}:{star}{columns}", quoted(cut(term)))
        }
        Condition::Phrase(terms) => {
            let with = |weight: &str, between: &str| {
                let terms: Vec<String> =
                    terms.iter().map(|term| format!("{}:{weight}", quoted(cut(term)))).collect();
                terms.join(between)
            };
            let (body, near, all) = (with("A", " <-> "), with("C", " <-> "), with("ABC", " & "));
            format!("({body}) | ({near}) | ({} & {all})", quoted(LONG))
        }
    }
}

fn listed(parts: &[Condition], between: &str) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("({})", expression(part))).collect();
    parts.join(between)
}

/// A term as far as a vector takes it; in queries and rows alike.
fn cut(term: &str) -> &str {
    let end = (0..=term.len().min(MOST_BYTES)).rev().find(|end| term.is_char_boundary(*end));
    term.get(..end.unwrap_or(0)).unwrap_or(term)
}

fn quoted(term: &str) -> String {
    format!("'{}'", term.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_weights_and_stretches_of_their_own() {
        let columns = Columns {
            body: "see the see".to_owned(),
            surface: "seeing".to_owned(),
            near: "be _ see".to_owned(),
        };
        let text = terms("a_1 t_2", &columns);
        assert_eq!(text, "'a_1' 't_2' 'be':5C 'see':1A,3A,7C 'seeing':9B 'the':2A");
    }

    #[test]
    fn quotes_and_backslashes_stay_within_a_term() {
        let odd = Condition::Term { term: "a'b\\".to_owned(), prefix: true, place: Place::Own };
        assert_eq!(expression(&odd), "'a''b\\\\':*AB");
        assert_eq!(cut(&"é".repeat(2_000)).len(), MOST_BYTES);
    }
}
