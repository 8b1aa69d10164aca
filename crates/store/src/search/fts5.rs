//! Conditions and rows in FTS5's language.

use sea_orm::Value;

use super::condition::{Condition, Place};
use super::engine::Entry;

/// The beginning of the statement that takes rows in.
pub(super) const INSERT: &str = "INSERT INTO search_fts (rowid, audience, body, surface, near) VALUES ";
/// One row of it.
pub(super) const MARKS: &str = "(?,?,?,?,?)";

/// A row's columns behind its number.
pub(super) fn values(entry: &Entry<'_>) -> [Value; 4] {
    let columns = entry.columns;
    [entry.facets, &columns.body, &columns.surface, &columns.near].map(Value::from)
}

/// A MATCH expression.
pub(super) fn expression(condition: &Condition) -> String {
    match condition {
        Condition::All(parts) => listed(parts, " AND "),
        Condition::Any(parts) => listed(parts, " OR "),
        Condition::Without(this, other) => format!("({}) NOT ({})", expression(this), expression(other)),
        Condition::Facets(any) => {
            let any: Vec<String> = any.iter().map(|facet| quoted(facet)).collect();
            format!("{{audience}} : ({})", any.join(" OR "))
        }
        Condition::Term { term, prefix, place } => {
            let star = if *prefix { "*" } else { "" };
            let columns = if *place == Place::Own { "{body surface} : " } else { "" };
            format!("{columns}{}{star}", quoted(term))
        }
        Condition::Phrase(terms) => format!("{{body near}} : {}", quoted(&terms.join(" "))),
    }
}

fn listed(parts: &[Condition], between: &str) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("({})", expression(part))).collect();
    parts.join(between)
}

/// An FTS5 string. Terms hold letters, digits and marks only; the quotes are doubled all the same.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}
