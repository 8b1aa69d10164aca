//! Where all rows of a database go at once. Until the end the old ones stand as they were; then the new ones take their
//! place, and the old ones are kept aside.

use std::path::{Path, PathBuf};

use meridian_domain::clock::Clock;
use sea_orm::{
    AccessMode, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, IsolationLevel,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::wire::Wire;
use super::{Dialect, Store, Tx, dialect_of, postgres, sqlite};
use crate::StoreError;

/// What stands at a database's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing, or nobody has an account yet.
    Empty,
    /// An instance.
    Used {
        /// How many accounts it has.
        accounts: i64,
    },
}

/// What stands at an address; makes nothing there.
pub async fn standing(url: &str) -> Result<Standing, StoreError> {
    let dialect = dialect_of(url)?;
    if dialect == Dialect::Sqlite && !sqlite::file(url).exists() {
        return Ok(Standing::Empty);
    }
    let connection = connect(url, dialect).await?;
    let accounts = accounts(&connection, dialect).await;
    connection.close().await?;
    Ok(match accounts? {
        0 => Standing::Empty,
        accounts => Standing::Used { accounts },
    })
}

/// Whether another process has the database open.
pub async fn is_in_use(url: &str) -> Result<bool, StoreError> {
    let dialect = dialect_of(url)?;
    match dialect {
        Dialect::Sqlite if !sqlite::file(url).exists() => Ok(false),
        Dialect::Sqlite => Ok(!settle(url).await?),
        Dialect::Postgres => {
            let connection = connect(url, dialect).await?;
            let sql = "SELECT CAST(COUNT(*) AS bigint) FROM pg_stat_activity \
                WHERE datname = current_database() AND application_name = 'meridian' AND pid <> pg_backend_pid()";
            let others = number(&connection, sql).await;
            connection.close().await?;
            Ok(others? > 0)
        }
    }
}

impl Store {
    /// Begins to read as of one instant, whatever is committed meanwhile.
    pub(crate) async fn begin_snapshot(&self) -> Result<Wire<DatabaseTransaction>, StoreError> {
        let options = match self.dialect {
            Dialect::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..TransactionOptions::default()
            },
            Dialect::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        let inner = self.reader.0.inner.begin_with_options(options).await?;
        if self.dialect == Dialect::Postgres {
            // Objects may be copied between two of its statements.
            inner.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        }
        Ok(Wire { inner, dialect: self.dialect })
    }
}

/// A place that is being filled.
pub(crate) struct Place {
    connection: DatabaseConnection,
    /// On SQLite: the database's file, and the one that is filled.
    files: Option<(PathBuf, PathBuf)>,
    stamp: String,
    aside: Option<String>,
}

impl Place {
    /// Begins at an address that nobody uses. The transaction sees no table yet.
    ///
    /// # Errors
    /// [`StoreError::Refused`]: there is an instance and it is not to be replaced, or somebody uses it.
    pub(crate) async fn begin(url: &str, clock: &Clock, replace: bool) -> Result<(Self, Tx), StoreError> {
        let standing = standing(url).await?;
        if let (Standing::Used { accounts }, false) = (standing, replace) {
            let why = format!("the database is not empty: it has {accounts} accounts");
            return Err(StoreError::Refused(why));
        }
        if is_in_use(url).await? {
            let why = "another process uses the database: stop servers and workers first";
            return Err(StoreError::Refused(why.to_owned()));
        }
        let dialect = dialect_of(url)?;
        let stamp = jiff::Timestamp::from_millisecond(clock.now_ms())?.strftime("%Y%m%dt%H%M%S").to_string();
        let (place, inner) = match dialect {
            Dialect::Sqlite => Self::begin_file(url, stamp).await?,
            Dialect::Postgres => Self::begin_schema(url, stamp, standing).await?,
        };
        Ok((place, Tx::of(Wire { inner, dialect }, clock.clone())))
    }

    async fn begin_file(url: &str, stamp: String) -> Result<(Self, DatabaseTransaction), StoreError> {
        sqlite::make_folder(url)?;
        let file = sqlite::file(url);
        let filled = with_end(&file, ".restoring");
        for old in ["", "-wal", "-shm"].map(|end| with_end(&filled, end)) {
            remove(&old)?;
        }
        let connection = connect(&format!("sqlite://{}", filled.display()), Dialect::Sqlite).await?;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = connection.begin_with_options(options).await?;
        Ok((Self { connection, files: Some((file, filled)), stamp, aside: None }, tx))
    }

    /// The old tables move to a schema of their own, in the transaction that makes the new ones.
    async fn begin_schema(
        url: &str,
        stamp: String,
        standing: Standing,
    ) -> Result<(Self, DatabaseTransaction), StoreError> {
        let connection = connect(url, Dialect::Postgres).await?;
        let tx = postgres::alone(&connection).await?;
        let sql = "SELECT CAST(table_name AS text) FROM information_schema.tables \
            WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";
        let tables = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await?;
        let mut aside = None;
        if !tables.is_empty() {
            let schema = format!("before_{stamp}");
            tx.execute_unprepared(&format!("CREATE SCHEMA \"{schema}\"")).await?;
            for table in &tables {
                let table: String = table.try_get_by_index(0)?;
                let sql = format!("ALTER TABLE \"{table}\" SET SCHEMA \"{schema}\"");
                tx.execute_unprepared(&sql).await?;
            }
            if standing == Standing::Empty {
                tx.execute_unprepared(&format!("DROP SCHEMA \"{schema}\" CASCADE")).await?;
            } else {
                aside = Some(format!("the schema {schema}"));
            }
        }
        Ok((Self { connection, files: None, stamp, aside }, tx))
    }

    /// What was filled takes the place of what was there. Tells where the old one is kept.
    pub(crate) async fn finish(self, tx: Tx) -> Result<Option<String>, StoreError> {
        tx.commit().await?;
        self.connection.close().await?;
        let Some((file, filled)) = self.files else { return Ok(self.aside) };
        if !settle(&format!("sqlite://{}", filled.display())).await? {
            return Err(StoreError::Refused("the new database is in use already".to_owned()));
        }
        let failed = |e: std::io::Error| StoreError::Setup(format!("the file cannot be put in place: {e}"));
        std::fs::File::open(&filled).and_then(|file| file.sync_all()).map_err(failed)?;
        let mut aside = None;
        if file.exists() {
            let kept = with_end(&file, &format!(".before-{}", self.stamp));
            // A second name, so that there is a whole database under the first one at every instant.
            std::fs::hard_link(&file, &kept).map_err(failed)?;
            aside = Some(kept.display().to_string());
        }
        std::fs::rename(&filled, &file).map_err(failed)?;
        if let Some(folder) = file.parent() {
            std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(aside)
    }
}

/// One connection that tells the others' apart from its own.
async fn connect(url: &str, dialect: Dialect) -> Result<DatabaseConnection, StoreError> {
    let options = match dialect {
        Dialect::Sqlite => sqlite::options(url, 1),
        Dialect::Postgres => postgres::lone_options(url),
    };
    Ok(Database::connect(options).await?)
}

async fn accounts(connection: &DatabaseConnection, dialect: Dialect) -> Result<i64, StoreError> {
    let there = match dialect {
        Dialect::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = 'users'",
        Dialect::Postgres => {
            "SELECT CAST(COUNT(*) AS bigint) FROM information_schema.tables \
                WHERE table_schema = current_schema() AND table_name = 'users'"
        }
    };
    if number(connection, there).await? == 0 {
        return Ok(0);
    }
    number(connection, "SELECT CAST(COUNT(*) AS bigint) FROM users").await
}

async fn number(connection: &DatabaseConnection, sql: &str) -> Result<i64, StoreError> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let found = connection.query_one_raw(statement).await?;
    Ok(found.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0))
}

/// Brings a file and its log together in the file alone; false: another process has it open.
async fn settle(url: &str) -> Result<bool, StoreError> {
    let connection = connect(url, Dialect::Sqlite).await?;
    let statement = Statement::from_string(connection.get_database_backend(), "PRAGMA journal_mode = DELETE");
    let mode = connection.query_one_raw(statement).await;
    connection.close().await?;
    match mode {
        Ok(Some(row)) => Ok(row.try_get_by_index::<String>(0)?.eq_ignore_ascii_case("delete")),
        Ok(None) => Ok(false),
        Err(error) if error.to_string().contains("locked") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::Setup(format!("what an earlier try left cannot be removed: {e}")))
        }
        _ => Ok(()),
    }
}
