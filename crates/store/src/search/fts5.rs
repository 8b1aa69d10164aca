//! FTS5: facets, MATCH expressions, and the statements that name its table.

use serde_json::json;
use uuid::Uuid;

use super::near::OVERLAP;
use super::pattern::Pattern;
use super::sql;
use crate::{Conn, StoreError};

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

    fn expression(&self) -> String {
        let groups =
            self.0.iter().map(|any| format!("{{audience}} : ({})", any_of(any.iter().map(String::as_str))));
        groups.collect::<Vec<_>>().join(" AND ")
    }
}

/// A whole MATCH expression: it finds every row that the patterns fit, and may find more.
pub(super) fn expression(facets: &Facets, positives: &[Pattern], negatives: &[Pattern]) -> String {
    let mut parts = vec![facets.expression()];
    let own: Vec<String> = positives.iter().map(own_terms).collect();
    if !matches!(positives, [single] if single.len() == 1) {
        parts.extend(positives.iter().map(|pattern| format!("({})", anywhere(pattern))));
    }
    if !own.is_empty() {
        parts.push(format!("{{body surface}} : ({})", own.join(" OR ")));
    }
    let mut out = parts.join(" AND ");
    for pattern in negatives.iter().filter(|pattern| pattern.len() == 1) {
        out = format!("({out}) NOT ({})", own_terms(pattern));
    }
    out
}

/// Rows that have the pattern itself (not their neighbours).
pub(super) fn own_expression(facets: &Facets, pattern: &Pattern) -> String {
    expression(facets, std::slice::from_ref(pattern), &[])
}

/// Rows that have one term as their own.
pub(super) fn term_expression(facets: &Facets, term: &str) -> String {
    format!("{} AND {{body surface}} : {}", facets.expression(), quoted(term))
}

/// A pattern in a row or its neighbours.
fn anywhere(pattern: &Pattern) -> String {
    if pattern.len() == 1 {
        return own_terms(pattern);
    }
    let any: Vec<String> = if pattern.prefix || pattern.len() > OVERLAP {
        pattern.sequences.iter().map(|sequence| all_of(sequence, pattern.prefix)).collect()
    } else {
        let phrases: Vec<String> =
            pattern.sequences.iter().map(|sequence| quoted(&sequence.join(" "))).collect();
        vec![format!("{{body near}} : ({})", phrases.join(" OR "))]
    };
    let joined = pattern.joined.iter().map(|term| quoted(term));
    any.into_iter().chain(joined).collect::<Vec<_>>().join(" OR ")
}

fn all_of(sequence: &[String], prefix: bool) -> String {
    let terms = sequence.iter().enumerate().map(|(i, term)| {
        let star = if prefix && i + 1 == sequence.len() { "*" } else { "" };
        format!("{}{star}", quoted(term))
    });
    format!("({})", terms.collect::<Vec<_>>().join(" AND "))
}

/// Any of a pattern's terms.
fn own_terms(pattern: &Pattern) -> String {
    let mut terms: Vec<String> = Vec::new();
    for sequence in &pattern.sequences {
        for (i, term) in sequence.iter().enumerate() {
            let star = if pattern.prefix && i + 1 == sequence.len() { "*" } else { "" };
            terms.push(format!("{}{star}", quoted(term)));
        }
    }
    terms.extend(pattern.joined.iter().map(|term| quoted(term)));
    terms.sort_unstable();
    terms.dedup();
    terms.join(" OR ")
}

fn any_of<'a>(terms: impl Iterator<Item = &'a str>) -> String {
    terms.map(quoted).collect::<Vec<_>>().join(" OR ")
}

/// An FTS5 string. Terms hold letters, digits and marks only; the quotes are doubled all the same.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}

/// Instants between which rows have to be, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Between {
    /// From this one on.
    pub(super) after_ms: Option<i64>,
    /// Up to this one, without it.
    pub(super) before_ms: Option<i64>,
}

/// Numbers of matching rows below `below`, newest first.
pub(super) async fn matching(
    conn: &impl Conn,
    expression: &str,
    between: Between,
    below: i64,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = if between.after_ms.is_none() && between.before_ms.is_none() {
        let sql =
            "SELECT rowid FROM search_fts WHERE search_fts MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?";
        sql::all(conn, sql, [expression.into(), below.into(), limit.into()]).await?
    } else {
        let sql = "SELECT f.rowid FROM search_fts f CROSS JOIN search_rows r ON r.row_id = f.rowid \
            WHERE f.search_fts MATCH ? AND f.rowid < ? AND r.at >= ? AND r.at < ? ORDER BY f.rowid DESC LIMIT ?";
        let after = between.after_ms.unwrap_or(i64::MIN);
        let before = between.before_ms.unwrap_or(i64::MAX);
        sql::all(conn, sql, [expression.into(), below.into(), after.into(), before.into(), limit.into()])
            .await?
    };
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Those of some rows that match.
pub(super) async fn matching_of(
    conn: &impl Conn,
    expression: &str,
    rows: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let sql =
        "SELECT rowid FROM search_fts WHERE search_fts MATCH ? AND rowid IN (SELECT value FROM json_each(?))";
    let found = sql::all(conn, sql, [expression.into(), json!(rows).to_string().into()]).await?;
    found.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Takes rows out.
pub(super) async fn delete(conn: &impl Conn, rows: &[i64]) -> Result<(), StoreError> {
    let sql = "DELETE FROM search_fts WHERE rowid IN (SELECT value FROM json_each(?))";
    sql::execute(conn, sql, [json!(rows).to_string().into()]).await
}
