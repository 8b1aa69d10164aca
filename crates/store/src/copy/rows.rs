//! Rows as JSON values: what a line of a backup holds, and what either database takes.

use sea_orm::{ConnectionTrait as _, QueryResult, Statement, Value};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::catalogue::{Kind, Table};
use crate::{Conn, StoreError};

/// One row: a value a column, in the table's order.
pub type Row = Vec<Json>;

/// How many rows a table has, and the sum of their lines in the order of the key.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sum {
    /// How many.
    pub rows: u64,
    /// SHA-256 of the lines, each with its end, in hexadecimal.
    pub sha256: String,
}

/// Sums rows up as they pass.
#[derive(Clone, Debug, Default)]
pub struct Digest {
    rows: u64,
    hash: Sha256,
}

impl Digest {
    /// Takes a row in and gives its line, with its end.
    pub fn add(&mut self, row: &Row) -> Result<String, StoreError> {
        let line = serde_json::to_string(row).map_err(|source| StoreError::Json { column: "row", source })?;
        let line = format!("{line}\n");
        self.rows += 1;
        self.hash.update(line.as_bytes());
        Ok(line)
    }

    /// The sum.
    pub fn finish(self) -> Sum {
        Sum { rows: self.rows, sha256: hex::encode(self.hash.finalize()) }
    }
}

pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn position(table: &Table, column: &str) -> Result<usize, StoreError> {
    let found = table.columns.iter().position(|known| known.name == column);
    found.ok_or_else(|| StoreError::Setup(format!("{} has no column {column}", table.name)))
}

/// The rows behind one (or from the first on), sorted by their key.
pub(super) async fn page(
    conn: &impl Conn,
    table: &Table,
    after: Option<&Row>,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let columns = quoted(table.columns.iter().map(|column| column.name.as_str()));
    let key = quoted(table.key.iter().map(String::as_str));
    let mut values = Vec::new();
    let mut behind = String::new();
    if let Some(row) = after {
        for column in &table.key {
            let at = position(table, column)?;
            let kind = table.columns.get(at).map_or(Kind::Text, |column| column.kind);
            values.push(value(table, kind, row.get(at).unwrap_or(&Json::Null))?);
        }
        behind = format!(" WHERE ({key}) > ({})", vec!["?"; values.len()].join(", "));
    }
    let sql = format!("SELECT {columns} FROM \"{}\"{behind} ORDER BY {key} LIMIT {limit}", table.name);
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(raw.get_database_backend(), sql, values);
    let found = raw.query_all_raw(statement).await?;
    found.iter().map(|row| read(table, row)).collect()
}

/// All rows of a table, summed up.
pub(super) async fn sum(conn: &impl Conn, table: &Table) -> Result<Sum, StoreError> {
    let mut digest = Digest::default();
    let mut last: Option<Row> = None;
    loop {
        let rows = page(conn, table, last.as_ref(), super::PAGE_ROWS).await?;
        for row in &rows {
            digest.add(row)?;
        }
        last = rows.into_iter().next_back();
        if last.is_none() {
            return Ok(digest.finish());
        }
    }
}

fn read(table: &Table, row: &QueryResult) -> Result<Row, StoreError> {
    let mut values = Vec::with_capacity(table.columns.len());
    for (i, column) in table.columns.iter().enumerate() {
        values.push(match column.kind {
            Kind::Uuid => row.try_get_by_index::<Option<Uuid>>(i)?.map(|id| id.to_string()).into(),
            // PostgreSQL's texts cannot hold NUL.
            Kind::Text => {
                row.try_get_by_index::<Option<String>>(i)?.map(|text| text.replace('\0', "\u{fffd}")).into()
            }
            Kind::Number => row.try_get_by_index::<Option<i64>>(i)?.into(),
            Kind::Boolean => row.try_get_by_index::<Option<bool>>(i)?.into(),
            Kind::Fraction => row.try_get_by_index::<Option<f64>>(i)?.into(),
        });
    }
    Ok(values)
}

/// A value for a statement.
pub(super) fn value(table: &Table, kind: Kind, json: &Json) -> Result<Value, StoreError> {
    let wrong =
        || StoreError::Refused(format!("a row of {} holds {json} in a column of {kind:?}", table.name));
    Ok(match (kind, json) {
        (Kind::Uuid, Json::Null) => Value::Uuid(None),
        (Kind::Text, Json::Null) => Value::String(None),
        (Kind::Number, Json::Null) => Value::BigInt(None),
        (Kind::Boolean, Json::Null) => Value::Bool(None),
        (Kind::Fraction, Json::Null) => Value::Double(None),
        (Kind::Uuid, Json::String(text)) => Uuid::parse_str(text).map_err(|_not_one| wrong())?.into(),
        (Kind::Text, Json::String(text)) => text.clone().into(),
        (Kind::Number, Json::Number(number)) => number.as_i64().ok_or_else(wrong)?.into(),
        (Kind::Boolean, Json::Bool(yes)) => (*yes).into(),
        (Kind::Fraction, Json::Number(number)) => number.as_f64().ok_or_else(wrong)?.into(),
        _ => return Err(wrong()),
    })
}
