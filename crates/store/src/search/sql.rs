//! Raw statements.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::{Conn, StoreError};

/// Runs a statement that gives nothing back.
pub(super) async fn execute(
    conn: &impl Conn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), StoreError> {
    let raw = conn.raw();
    raw.execute_raw(Statement::from_sql_and_values(raw.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The rows of a statement.
pub(super) async fn all(
    conn: &impl Conn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<QueryResult>, StoreError> {
    let raw = conn.raw();
    Ok(raw.query_all_raw(Statement::from_sql_and_values(raw.get_database_backend(), sql, values)).await?)
}
