//! A database as of one instant.

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, Statement};

use super::catalogue::{self, Table};
use super::rows::{self, Row};
use crate::conn::Wire;
use crate::{Conn, Dialect, Store, StoreError};

/// Everything that was committed at one instant. Others go on writing meanwhile; on SQLite their log grows until this
/// ends, so objects are copied without one.
pub struct Snapshot {
    conn: Wire<DatabaseTransaction>,
    tables: Vec<Table>,
    migrations: Vec<String>,
}

impl Conn for Snapshot {
    type Raw = Wire<DatabaseTransaction>;

    fn raw(&self) -> &Self::Raw {
        &self.conn
    }

    fn dialect(&self) -> Dialect {
        self.conn.dialect
    }
}

/// What a table's counter has given last; 0: nothing yet.
async fn counted(conn: &impl Conn, table: &Table, column: &str) -> Result<i64, StoreError> {
    let raw = conn.raw();
    let values = [table.name.as_str().into(), column.into()];
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT CAST(seq AS bigint) FROM sqlite_sequence WHERE name = ? AND ? IS NOT NULL".to_owned()
        }
        Dialect::Postgres => {
            let name = "SELECT pg_get_serial_sequence(CAST(? AS text), CAST(? AS text))";
            let asked = Statement::from_sql_and_values(raw.get_database_backend(), name, values.clone());
            let found = raw.query_one_raw(asked).await?;
            let name: Option<String> = found.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
            let Some(name) = name else { return Ok(0) };
            format!("SELECT CAST(CASE WHEN is_called THEN last_value ELSE 0 END AS bigint) FROM {name}")
        }
    };
    let statement = match conn.dialect() {
        Dialect::Sqlite => Statement::from_sql_and_values(raw.get_database_backend(), sql, values),
        Dialect::Postgres => Statement::from_string(raw.get_database_backend(), sql),
    };
    let found = raw.query_one_raw(statement).await?;
    Ok(found.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0))
}

impl Store {
    /// Begins to read as of now.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let conn = self.begin_snapshot().await?;
        let mut snapshot = Snapshot { conn, tables: Vec::new(), migrations: Vec::new() };
        snapshot.tables = catalogue::tables(&snapshot).await?;
        let raw = snapshot.raw();
        let sql = "SELECT version FROM seaql_migrations ORDER BY version";
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await?;
        let mut migrations: Vec<String> =
            rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<_, StoreError>>()?;
        let known = super::known_migrations();
        migrations.sort_by_key(|name| known.iter().position(|step| step == name).unwrap_or(usize::MAX));
        snapshot.migrations = migrations;
        Ok(snapshot)
    }
}

impl Snapshot {
    /// All tables; one that others refer to stands before them.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The migrations that made them, in their order.
    pub fn migrations(&self) -> &[String] {
        &self.migrations
    }

    /// The rows behind one (or from the first on), sorted by their key, at most [`super::PAGE_ROWS`].
    pub async fn page(&self, table: &Table, after: Option<&Row>) -> Result<Vec<Row>, StoreError> {
        rows::page(self, table, after, super::PAGE_ROWS).await
    }

    /// The last number that the database gave in a table; `None`: it gives none there.
    pub async fn counted(&self, table: &Table) -> Result<Option<i64>, StoreError> {
        match &table.counter {
            Some(column) => Ok(Some(counted(self, table, column).await?)),
            None => Ok(None),
        }
    }

    /// Ends it.
    pub async fn end(self) -> Result<(), StoreError> {
        self.conn.inner.rollback().await?;
        Ok(())
    }
}
