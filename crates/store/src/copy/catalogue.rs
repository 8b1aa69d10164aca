//! Which tables there are, asked of the database itself: a table of a later migration is copied like any other.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, QueryResult, Statement, Value};
use serde::{Deserialize, Serialize};

use crate::{Conn, Dialect, StoreError};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An id: 16 bytes on SQLite, written with hyphens.
    Uuid,
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// True or false.
    Boolean,
    /// A number with a fraction.
    Fraction,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of a row's values.
    pub columns: Vec<Column>,
    /// The columns of its primary key, by which rows are sorted.
    pub key: Vec<String>,
    /// The column whose numbers the database gives.
    pub counter: Option<String>,
}

/// All tables whose rows are copied; one that others refer to stands before them.
pub(super) async fn tables(conn: &impl Conn) -> Result<Vec<Table>, StoreError> {
    let mut waiting = Vec::new();
    for name in names(conn).await? {
        let refers: BTreeSet<String> = referred(conn, &name).await?.into_iter().collect();
        waiting.push((table(conn, name).await?, refers));
    }
    let mut sorted: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let there: BTreeSet<String> = sorted.iter().map(|table| table.name.clone()).collect();
        let (ready, later): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(table, refers)| refers.iter().all(|to| *to == table.name || there.contains(to)));
        if ready.is_empty() {
            return Err(StoreError::Setup("tables refer to each other in a circle".to_owned()));
        }
        sorted.extend(ready.into_iter().map(|(table, _)| table));
        waiting = later;
    }
    Ok(sorted)
}

async fn ask(conn: &impl Conn, sql: &str, table: Option<&str>) -> Result<Vec<QueryResult>, StoreError> {
    let values = table.map(Value::from);
    let raw = conn.raw();
    Ok(raw.query_all_raw(Statement::from_sql_and_values(raw.get_database_backend(), sql, values)).await?)
}

fn first(rows: &[QueryResult]) -> Result<Vec<String>, StoreError> {
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Without the lists of the database and the migrations, and without what search makes of its rows.
async fn names(conn: &impl Conn) -> Result<Vec<String>, StoreError> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' \
                AND substr(name, 1, 10) <> 'search_fts' AND name <> 'seaql_migrations' ORDER BY name"
        }
        Dialect::Postgres => {
            "SELECT CAST(table_name AS text) AS name FROM information_schema.tables \
                WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' \
                AND table_name NOT IN ('seaql_migrations', 'search_terms') ORDER BY CAST(table_name AS text) COLLATE \"C\""
        }
    };
    first(&ask(conn, sql, None).await?)
}

async fn referred(conn: &impl Conn, table: &str) -> Result<Vec<String>, StoreError> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?)",
        Dialect::Postgres => {
            "SELECT DISTINCT CAST(other.relname AS text) FROM pg_constraint c \
                JOIN pg_class own ON own.oid = c.conrelid JOIN pg_class other ON other.oid = c.confrelid \
                JOIN pg_namespace n ON n.oid = own.relnamespace \
                WHERE c.contype = 'f' AND n.nspname = current_schema() AND CAST(own.relname AS text) = ?"
        }
    };
    first(&ask(conn, sql, Some(table)).await?)
}

async fn table(conn: &impl Conn, name: String) -> Result<Table, StoreError> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT name, lower(type), CASE WHEN lower(type) = 'integer' AND pk > 0 THEN 1 ELSE 0 END \
                FROM pragma_table_info(?) ORDER BY cid"
        }
        Dialect::Postgres => {
            "SELECT CAST(column_name AS text), CAST(data_type AS text), \
                CAST(CASE WHEN column_default LIKE 'nextval(%' THEN 1 ELSE 0 END AS bigint) \
                FROM information_schema.columns WHERE table_schema = current_schema() \
                AND CAST(table_name AS text) = ? ORDER BY ordinal_position"
        }
    };
    let (mut columns, mut counter) = (Vec::new(), None);
    for row in ask(conn, sql, Some(&name)).await? {
        let column: String = row.try_get_by_index(0)?;
        let kind = match row.try_get_by_index::<String>(1)?.as_str() {
            "uuid" | "blob" => Kind::Uuid,
            "text" => Kind::Text,
            "bigint" | "integer" => Kind::Number,
            "boolean" => Kind::Boolean,
            "double precision" => Kind::Fraction,
            other => {
                return Err(StoreError::Setup(format!("{name}.{column}: no copy knows the type {other}")));
            }
        };
        if row.try_get_by_index::<i64>(2)? == 1 {
            counter = Some(column.clone());
        }
        columns.push(Column { name: column, kind });
    }
    let key = key(conn, &name).await?;
    if key.is_empty() {
        return Err(StoreError::Setup(format!("the table {name} has no primary key")));
    }
    Ok(Table { name, columns, key, counter })
}

async fn key(conn: &impl Conn, table: &str) -> Result<Vec<String>, StoreError> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
        Dialect::Postgres => {
            "SELECT CAST(k.column_name AS text) FROM information_schema.table_constraints c \
                JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name \
                AND k.constraint_schema = c.constraint_schema AND k.table_name = c.table_name \
                WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_schema = current_schema() \
                AND CAST(c.table_name AS text) = ? ORDER BY k.ordinal_position"
        }
    };
    first(&ask(conn, sql, Some(table)).await?)
}
