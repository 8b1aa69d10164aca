//! Raw statements. Lists are one value, a JSON array; how it is read differs from database to database, so a statement
//! names it: `{numbers}` (rows of a column `value`, whole numbers), `{texts}` (the same, texts), `{pairs}` (rows of two
//! texts, `term` the first) and `{counts}` (rows of `term` and `count`).

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::{Conn, Dialect, StoreError};

/// What stands in a statement, and what it is on SQLite and on PostgreSQL.
const DIFFERENT: [(&str, &str, &str); 5] = [
    (
        "{numbers}",
        "SELECT value FROM json_each(?)",
        "SELECT CAST(value AS bigint) AS value FROM jsonb_array_elements_text(CAST(? AS jsonb))",
    ),
    (
        "{texts}",
        "SELECT value FROM json_each(?)",
        "SELECT value FROM jsonb_array_elements_text(CAST(? AS jsonb))",
    ),
    (
        "{pairs}",
        "SELECT value ->> 0 AS term, value ->> 1 AS other FROM json_each(?)",
        "SELECT value ->> 0 AS term, value ->> 1 AS other FROM jsonb_array_elements(CAST(? AS jsonb))",
    ),
    (
        "{counts}",
        "SELECT value ->> 0 AS term, value ->> 1 AS count FROM json_each(?)",
        "SELECT value ->> 0 AS term, CAST(value ->> 1 AS bigint) AS count \
            FROM jsonb_array_elements(CAST(? AS jsonb))",
    ),
    // SQLite keeps the order of such a join; PostgreSQL finds its own.
    ("{cross_join}", "CROSS JOIN", "JOIN"),
];

fn statement(conn: &impl Conn, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    let mut filled = sql.to_owned();
    for (name, sqlite, postgres) in DIFFERENT {
        if filled.contains(name) {
            filled = filled.replace(name, if conn.dialect() == Dialect::Sqlite { sqlite } else { postgres });
        }
    }
    Statement::from_sql_and_values(conn.raw().get_database_backend(), filled, values)
}

/// Runs a statement that gives nothing back.
pub(super) async fn execute(
    conn: &impl Conn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), StoreError> {
    conn.raw().execute_raw(statement(conn, sql, values)).await?;
    Ok(())
}

/// The rows of a statement.
pub(super) async fn all(
    conn: &impl Conn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    Ok(conn.raw().query_all_raw(statement(conn, sql, values)).await?)
}
