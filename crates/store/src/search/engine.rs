//! The index itself: FTS5 on SQLite, `tsvector` with GIN on PostgreSQL. Both hold the same terms and find the same
//! rows; what a query means is decided on the rows' text, by the same code.

use serde_json::json;

use super::condition::Condition;
use super::near::Columns;
use super::{fts5, sql, tsvector};
use crate::{Conn, Dialect, StoreError};

/// What the index holds of a row.
pub(super) struct Entry<'a> {
    /// The row's number.
    pub(super) row_id: i64,
    /// Who may see it and what filters ask for, with blanks between.
    pub(super) facets: &'a str,
    /// Its terms.
    pub(super) columns: &'a Columns,
}

/// Instants between which rows have to be, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Between {
    /// From this one on.
    pub(super) after_ms: Option<i64>,
    /// Up to this one, without it.
    pub(super) before_ms: Option<i64>,
}

/// The database's table, what its row's number is called, and a condition with one value.
struct Index {
    table: &'static str,
    row: &'static str,
    matches: &'static str,
}

fn index(conn: &impl Conn) -> Index {
    match conn.dialect() {
        Dialect::Sqlite => Index { table: "search_fts", row: "rowid", matches: "search_fts MATCH ?" },
        Dialect::Postgres => Index { table: "search_terms", row: "row_id", matches: "terms @@ ?::tsquery" },
    }
}

fn expression(conn: &impl Conn, condition: &Condition) -> String {
    match conn.dialect() {
        Dialect::Sqlite => fts5::expression(condition),
        Dialect::Postgres => tsvector::expression(condition),
    }
}

/// Numbers of matching rows below `below`, newest first.
pub(super) async fn matching(
    conn: &impl Conn,
    condition: &Condition,
    between: Between,
    below: i64,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let expression = expression(conn, condition);
    let Index { table, row, matches } = index(conn);
    let rows = if between.after_ms.is_none() && between.before_ms.is_none() {
        let sql =
            format!("SELECT {row} FROM {table} WHERE {matches} AND {row} < ? ORDER BY {row} DESC LIMIT ?");
        sql::all(conn, &sql, [expression.into(), below.into(), limit.into()]).await?
    } else {
        let sql = format!(
            "SELECT f.{row} FROM {table} f {{cross_join}} search_rows r ON r.row_id = f.{row} \
             WHERE f.{matches} AND f.{row} < ? AND r.at >= ? AND r.at < ? ORDER BY f.{row} DESC LIMIT ?"
        );
        let after = between.after_ms.unwrap_or(i64::MIN);
        let before = between.before_ms.unwrap_or(i64::MAX);
        sql::all(conn, &sql, [expression.into(), below.into(), after.into(), before.into(), limit.into()])
            .await?
    };
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Those of some rows that match.
pub(super) async fn matching_of(
    conn: &impl Conn,
    condition: &Condition,
    rows: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let Index { table, row, matches } = index(conn);
    let sql = format!("SELECT {row} FROM {table} WHERE {matches} AND {row} IN ({{numbers}})");
    let values = [expression(conn, condition).into(), json!(rows).to_string().into()];
    let found = sql::all(conn, &sql, values).await?;
    found.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Takes rows out.
pub(super) async fn delete(conn: &impl Conn, rows: &[i64]) -> Result<(), StoreError> {
    let Index { table, row, .. } = index(conn);
    let sql = format!("DELETE FROM {table} WHERE {row} IN ({{numbers}})");
    sql::execute(conn, &sql, [json!(rows).to_string().into()]).await
}

/// Takes rows in.
pub(super) async fn insert(conn: &impl Conn, entries: &[Entry<'_>]) -> Result<(), StoreError> {
    let (mut statement, marks) = match conn.dialect() {
        Dialect::Sqlite => (fts5::INSERT.to_owned(), fts5::MARKS),
        Dialect::Postgres => (tsvector::INSERT.to_owned(), tsvector::MARKS),
    };
    let mut values: Vec<sea_orm::Value> = Vec::with_capacity(entries.len() * 5);
    for (i, entry) in entries.iter().enumerate() {
        statement.push_str(if i == 0 { "" } else { "," });
        statement.push_str(marks);
        values.push(entry.row_id.into());
        match conn.dialect() {
            Dialect::Sqlite => values.extend(fts5::values(entry)),
            Dialect::Postgres => values.push(tsvector::terms(entry.facets, entry.columns).into()),
        }
    }
    sql::execute(conn, &statement, values).await
}
