//! Connections: many readers, one writer, transactions that end with their events.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use meridian_domain::clock::Clock;
use meridian_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::Connection as _;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use crate::repo::events::{self, NewEvent};
use crate::{StoreError, repo};

/// Something that a repository can send statements through. Sealed by its associated type: only this crate
/// makes implementors.
pub trait Conn: Sync {
    /// The connection of sea-orm.
    type Raw: ConnectionTrait;

    /// The connection of sea-orm.
    fn raw(&self) -> &Self::Raw;
}

/// Reads, outside any transaction.
#[derive(Clone, Debug)]
pub struct Reader(DatabaseConnection);

impl Conn for Reader {
    type Raw = DatabaseConnection;

    fn raw(&self) -> &Self::Raw {
        &self.0
    }
}

/// How to open the database.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite://path` or `sqlite::memory:`-like addresses are refused: a file is needed, since the worker shares it.
    pub url: String,
    /// How many connections read at the same time.
    pub max_readers: u32,
}

/// The database of one process.
#[derive(Clone, Debug)]
pub struct Store {
    url: String,
    reader: Reader,
    writer: DatabaseConnection,
    clock: Clock,
}

impl Store {
    /// Opens the database and checks that commits are durable.
    ///
    /// # Errors
    /// No database there, or one that would lose acknowledged commits.
    pub async fn open(options: &StoreOptions, clock: Clock) -> Result<Self, StoreError> {
        let path = options.url.strip_prefix("sqlite://").ok_or_else(|| {
            StoreError::Setup("the database's address has to begin with sqlite://".to_owned())
        })?;
        if let Some(parent) = Path::new(path.split('?').next().unwrap_or(path)).parent() {
            std::fs::create_dir_all(parent).map_err(|e| {
                StoreError::Setup(format!("the database's folder cannot be made: {}", e.kind()))
            })?;
        }
        let writer = connect(&options.url, 1).await?;
        check_durable(&writer).await?;
        let reader = Reader(connect(&options.url, options.max_readers).await?);
        Ok(Self { url: options.url.clone(), reader, writer, clock })
    }

    /// Runs the migrations that the database does not have yet.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        Migrator::up(&self.writer, None).await?;
        Ok(())
    }

    /// Takes all migrations back (tests of `down`).
    pub async fn migrate_down(&self) -> Result<(), StoreError> {
        Migrator::down(&self.writer, None).await?;
        Ok(())
    }

    /// Names of migrations that are missing in the database.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let pending = Migrator::get_pending_migrations(&self.writer).await?;
        Ok(pending.iter().map(|m| m.name().to_owned()).collect())
    }

    /// The connection for reads.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The domain clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Begins a transaction that holds the write lock from its start.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.writer.begin_with_options(options).await?;
        Ok(Tx { inner, events: Mutex::new(Vec::new()), clock: self.clock.clone() })
    }

    /// A connection of its own that tells when anything was committed, by any process. Every connection has its own
    /// count of that, so a pool's cannot be compared.
    pub async fn watcher(&self) -> Result<Watcher, StoreError> {
        let mut options = options(&self.url, 1);
        options.max_lifetime(None).idle_timeout(None).test_before_acquire(false);
        let reader = Reader(Database::connect(options).await?);
        Ok(Watcher { reader, seen: 0 })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        repo::scalar_i64(&self.reader, "SELECT 1").await.map(|_| ())
    }
}

async fn connect(url: &str, max: u32) -> Result<DatabaseConnection, StoreError> {
    Ok(Database::connect(options(url, max)).await?)
}

fn options(url: &str, max: u32) -> ConnectOptions {
    let address = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
    let mut options = ConnectOptions::new(address);
    options
        .max_connections(max)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|o| {
            o.pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("temp_store", "MEMORY")
                .busy_timeout(Duration::from_secs(5))
        })
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            // A COMMIT that fails (no room, a broken disk) ends the transaction in SQLite but not in sqlx, which would
            // make a savepoint of the next one: it could be acknowledged and never be committed.
            let ended = !connection.is_in_transaction();
            if !ended {
                tracing::warn!("a connection is closed: its last transaction did not end as it should");
            }
            Box::pin(async move { Ok(ended) })
        });
    options
}

async fn check_durable(writer: &DatabaseConnection) -> Result<(), StoreError> {
    let row = |sql: &'static str| async move {
        writer.query_one_raw(Statement::from_string(writer.get_database_backend(), sql)).await
    };
    let synchronous: i64 = match row("PRAGMA synchronous").await? {
        Some(found) => found.try_get_by_index(0)?,
        None => -1,
    };
    let journal: String = match row("PRAGMA journal_mode").await? {
        Some(found) => found.try_get_by_index(0)?,
        None => String::new(),
    };
    if synchronous == 2 && journal.eq_ignore_ascii_case("wal") {
        return Ok(());
    }
    Err(StoreError::Setup(format!(
        "synchronous is {synchronous} (needed: 2, FULL), journal_mode is {journal} (needed: wal)"
    )))
}

/// See [`Store::watcher`].
#[derive(Debug)]
pub struct Watcher {
    reader: Reader,
    seen: i64,
}

impl Watcher {
    /// Whether anything was committed since the last call; the first call says yes.
    pub async fn changed(&mut self) -> Result<bool, StoreError> {
        let version = repo::scalar_i64(&self.reader, "PRAGMA data_version").await?;
        let changed = version != self.seen;
        self.seen = version;
        Ok(changed)
    }
}

/// A transaction. Dropped without [`Tx::commit`] it rolls back.
pub struct Tx {
    inner: DatabaseTransaction,
    events: Mutex<Vec<NewEvent>>,
    clock: Clock,
}

impl Conn for Tx {
    type Raw = DatabaseTransaction;

    fn raw(&self) -> &Self::Raw {
        &self.inner
    }
}

impl Tx {
    /// The domain clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Notes an event; it is appended as the last thing of the transaction.
    pub fn event(&self, event: NewEvent) {
        self.events.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(event);
    }

    /// Appends the events and commits.
    pub async fn commit(self) -> Result<(), StoreError> {
        let events =
            std::mem::take(&mut *self.events.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        events::append(&self, &events).await?;
        self.inner.commit().await?;
        Ok(())
    }

    /// Takes everything back.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.inner.rollback().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
