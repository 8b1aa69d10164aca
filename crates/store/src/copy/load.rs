//! Rows go in.

use meridian_domain::clock::Clock;
use meridian_migrations::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, Statement, Value};

use super::catalogue::{self, Table};
use super::rows::{self, Row, Sum, quoted};
use crate::conn::place::Place;
use crate::{Conn as _, Dialect, StoreError, Tx, search};

/// A database that is being filled, in one transaction. What was there stands as it was until [`Load::finish`]; dropped
/// before, nothing has changed.
pub struct Load {
    place: Place,
    tx: Tx,
    tables: Vec<Table>,
}

impl Load {
    /// Begins at an address, with the tables that these migrations make: a backup of an earlier version goes into its
    /// own tables, which then are brought up to date.
    ///
    /// # Errors
    /// [`StoreError::Refused`]: migrations that this version does not know, an instance that is not to be replaced, a
    /// database that is in use.
    pub async fn begin(
        url: &str,
        clock: &Clock,
        migrations: &[String],
        replace: bool,
    ) -> Result<Self, StoreError> {
        let known = super::known_migrations();
        if migrations.is_empty() || !known.starts_with(migrations) {
            let why =
                "the rows come from a version that this one does not know; use that version or a later one";
            return Err(StoreError::Refused(why.to_owned()));
        }
        let steps =
            u32::try_from(migrations.len()).map_err(|_many| StoreError::Refused("too many".to_owned()))?;
        let (place, tx) = Place::begin(url, clock, replace).await?;
        Migrator::up(&tx.raw().inner, Some(steps)).await?;
        let tables = catalogue::tables(&tx).await?;
        // What migrations put in: the rows that come hold it too.
        for table in tables.iter().rev() {
            tx.raw().execute_unprepared(&format!("DELETE FROM \"{}\"", table.name)).await?;
        }
        Ok(Self { place, tx, tables })
    }

    /// The tables, in the order in which they are to be filled.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// Puts rows into a table of [`Load::tables`].
    ///
    /// # Errors
    /// [`StoreError::Refused`]: a value that its column cannot hold.
    pub async fn insert(&self, table: &Table, rows: &[Row]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut values: Vec<Value> = Vec::with_capacity(rows.len().saturating_mul(table.columns.len()));
        for row in rows {
            if row.len() != table.columns.len() {
                return Err(StoreError::Refused(format!("a row of {} is not whole", table.name)));
            }
            for (column, json) in table.columns.iter().zip(row) {
                values.push(rows::value(table, column.kind, json)?);
            }
        }
        let columns = quoted(table.columns.iter().map(|column| column.name.as_str()));
        let marks = format!("({})", vec!["?"; table.columns.len()].join(","));
        let marks = vec![marks.as_str(); rows.len()].join(",");
        let sql = format!("INSERT INTO \"{}\" ({columns}) VALUES {marks}", table.name);
        self.run(&sql, values).await
    }

    async fn run(&self, sql: &str, values: Vec<Value>) -> Result<(), StoreError> {
        let raw = self.tx.raw();
        raw.execute_raw(Statement::from_sql_and_values(raw.get_database_backend(), sql, values)).await?;
        Ok(())
    }

    /// What a table holds now, read back.
    pub async fn sum(&self, table: &Table) -> Result<Sum, StoreError> {
        rows::sum(&self.tx, table).await
    }

    /// Lets a table's counter go on behind a number.
    pub async fn go_on_after(&self, table: &Table, last: i64) -> Result<(), StoreError> {
        let Some(column) = &table.counter else { return Ok(()) };
        match self.tx.dialect() {
            Dialect::Sqlite => {
                let name = Value::from(table.name.as_str());
                self.run("DELETE FROM sqlite_sequence WHERE name = ?", vec![name.clone()]).await?;
                self.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", vec![name, last.into()])
                    .await
            }
            Dialect::Postgres if last > 0 => {
                let sql = "SELECT setval(CAST(pg_get_serial_sequence(CAST(? AS text), CAST(? AS text)) AS regclass), ?)";
                self.run(sql, vec![table.name.as_str().into(), column.as_str().into(), last.into()]).await
            }
            Dialect::Postgres => Ok(()),
        }
    }

    /// Makes the index of search, runs the later migrations, and lets all of it take the place of what was there. Tells
    /// where that is kept, if there was an instance.
    pub async fn finish(self) -> Result<Option<String>, StoreError> {
        Migrator::up(&self.tx.raw().inner, None).await?;
        search::refill(&self.tx).await?;
        self.place.finish(self.tx).await
    }
}
