//! Connections: many readers, few writers, transactions that end with their events.

pub(crate) mod place;
mod postgres;
#[cfg(test)]
mod postgres_tests;
mod sqlite;
#[cfg(test)]
mod tests;
mod watcher;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use meridian_domain::clock::Clock;
use meridian_migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use self::postgres::Lock;
use crate::repo::events::{self, NewEvent};
use crate::{StoreError, repo};

pub use watcher::Watcher;
pub use wire::Dialect;
pub(crate) use wire::Wire;

/// Something that a repository can send statements through. Sealed by its associated type: only this crate
/// makes implementors.
pub trait Conn: Sync {
    /// The connection of sea-orm.
    type Raw: ConnectionTrait;

    /// The connection of sea-orm.
    fn raw(&self) -> &Self::Raw;

    /// Which database it is, for the few statements that cannot be the same for both.
    fn dialect(&self) -> Dialect;
}

/// Reads, outside any transaction.
#[derive(Clone, Debug)]
pub struct Reader(Wire<DatabaseConnection>);

impl Conn for Reader {
    type Raw = Wire<DatabaseConnection>;

    fn raw(&self) -> &Self::Raw {
        &self.0
    }

    fn dialect(&self) -> Dialect {
        self.0.dialect
    }
}

/// How to open the database.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite://path` (a file: the worker shares it) or `postgres://user:password@host/database`.
    pub url: String,
    /// How many connections read at the same time; on PostgreSQL so many for pages, and so many for everything else.
    pub max_readers: u32,
}

/// The database of one process.
#[derive(Clone)]
pub struct Store {
    url: Arc<str>,
    dialect: Dialect,
    reader: Reader,
    pages: Reader,
    writer: DatabaseConnection,
    clock: Clock,
}

impl fmt::Debug for Store {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("dialect", &self.dialect).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database and checks that commits are durable.
    ///
    /// # Errors
    /// No database there, or one that would lose acknowledged commits.
    pub async fn open(options: &StoreOptions, clock: Clock) -> Result<Self, StoreError> {
        let url: Arc<str> = options.url.as_str().into();
        let dialect = dialect_of(&url)?;
        let writers = match dialect {
            Dialect::Sqlite => 1,
            Dialect::Postgres => options.max_readers,
        };
        if dialect == Dialect::Sqlite {
            sqlite::make_folder(&url)?;
        }
        let writer = Database::connect(connect_options(dialect, &url, writers)).await?;
        match dialect {
            Dialect::Sqlite => sqlite::check_durable(&writer).await?,
            Dialect::Postgres => postgres::check_durable(&writer).await?,
        }
        let readers = |options| async move {
            Ok::<_, StoreError>(Reader(Wire { inner: Database::connect(options).await?, dialect }))
        };
        let max = options.max_readers;
        let (reader, pages) = match dialect {
            Dialect::Sqlite => {
                let reader = readers(sqlite::options(&url, max)).await?;
                (reader.clone(), reader)
            }
            Dialect::Postgres => (
                readers(postgres::options(&url, max)).await?,
                readers(postgres::page_options(&url, max)).await?,
            ),
        };
        Ok(Self { url, dialect, reader, pages, writer, clock })
    }

    /// Runs the migrations that the database does not have yet.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self.dialect {
            Dialect::Sqlite => Ok(Migrator::up(&self.writer, None).await?),
            Dialect::Postgres => postgres::migrate(&self.writer, true).await,
        }
    }

    /// Takes all migrations back (tests of `down`).
    pub async fn migrate_down(&self) -> Result<(), StoreError> {
        match self.dialect {
            Dialect::Sqlite => Ok(Migrator::down(&self.writer, None).await?),
            Dialect::Postgres => postgres::migrate(&self.writer, false).await,
        }
    }

    /// Names of migrations that are missing in the database.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        if self.dialect == Dialect::Postgres {
            return postgres::pending(&self.writer).await;
        }
        let pending = Migrator::get_pending_migrations(&self.writer).await?;
        Ok(pending.iter().map(|m| m.name().to_owned()).collect())
    }

    /// The connection for reads.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The connection for the pages that people open most, whose statements are many, small and the same each time. On
    /// PostgreSQL their plans do not know their values: a statement whose speed hangs on them (a span that may be all of a
    /// table, a common word) belongs to [`Store::reader`], or says in itself how little it will find.
    pub fn pages(&self) -> &Reader {
        &self.pages
    }

    /// The domain clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Begins a transaction beside which nobody else writes, from its start.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        self.begin(Lock::Alone).await
    }

    /// Begins a transaction beside which others of this kind may write (on PostgreSQL): for the few whose every
    /// statement names what it expects to find (compare-and-set, a lease, a row that it locked first). None of
    /// [`Store::write`] runs meanwhile.
    pub async fn write_beside(&self) -> Result<Tx, StoreError> {
        self.begin(Lock::Beside).await
    }

    async fn begin(&self, lock: Lock) -> Result<Tx, StoreError> {
        let inner = match self.dialect {
            Dialect::Sqlite => {
                let options = TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                };
                self.writer.begin_with_options(options).await?
            }
            Dialect::Postgres => postgres::begin(&self.writer, lock).await?,
        };
        Ok(Tx::of(Wire { inner, dialect: self.dialect }, self.clock.clone()))
    }

    /// Tells when anything was committed, by any process. On SQLite that is a connection of its own: every one has its
    /// own count, so a pool's cannot be compared. On PostgreSQL it listens, and asks once a second all the same.
    pub async fn watcher(&self) -> Result<Watcher, StoreError> {
        if self.dialect == Dialect::Postgres {
            return Ok(Watcher::postgres(Arc::clone(&self.url)));
        }
        let inner = Database::connect(sqlite::options(&self.url, 1)).await?;
        Ok(Watcher::sqlite(Reader(Wire { inner, dialect: self.dialect })))
    }

    /// Closes all connections, and waits until they are.
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.0.inner.close().await?;
        self.pages.0.inner.close().await?;
        Ok(self.writer.close().await?)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        repo::scalar_i64(&self.reader, "SELECT CAST(1 AS bigint)").await.map(|_| ())
    }
}

/// What all pools have in common. Connections live as long as the process: what sqlx does to end old ones reads a count of
/// idle connections that is below zero for a moment whenever another task takes one just then (sqlx-core 0.9, `num_idle`);
/// it then goes round 2^64 times, on a thread of the runtime, and nothing else on that thread ever goes on.
fn pool_options(address: impl Into<String>, max: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(address);
    options
        .max_connections(max)
        .acquire_timeout(Duration::from_secs(10))
        .max_lifetime(None)
        .idle_timeout(None)
        .sqlx_logging(false);
    options
}

fn dialect_of(url: &str) -> Result<Dialect, StoreError> {
    if url.starts_with("sqlite://") {
        Ok(Dialect::Sqlite)
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(Dialect::Postgres)
    } else {
        let known = "the database's address has to begin with sqlite:// or postgres://";
        Err(StoreError::Setup(known.to_owned()))
    }
}

fn connect_options(dialect: Dialect, url: &str, max: u32) -> ConnectOptions {
    match dialect {
        Dialect::Sqlite => sqlite::options(url, max),
        Dialect::Postgres => postgres::options(url, max),
    }
}

/// A transaction. Dropped without [`Tx::commit`] it rolls back.
pub struct Tx {
    inner: Wire<DatabaseTransaction>,
    events: Mutex<Vec<NewEvent>>,
    clock: Clock,
}

impl Conn for Tx {
    type Raw = Wire<DatabaseTransaction>;

    fn raw(&self) -> &Self::Raw {
        &self.inner
    }

    fn dialect(&self) -> Dialect {
        self.inner.dialect
    }
}

impl Tx {
    fn of(inner: Wire<DatabaseTransaction>, clock: Clock) -> Self {
        Self { inner, events: Mutex::new(Vec::new()), clock }
    }

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
        if self.inner.dialect == Dialect::Postgres {
            if !events.is_empty() {
                postgres::lock_events(&self.inner.inner).await?;
            }
            events::append(&self, &events).await?;
            postgres::notify(&self.inner.inner).await?;
        } else {
            events::append(&self, &events).await?;
        }
        self.inner.inner.commit().await?;
        Ok(())
    }

    /// Takes everything back.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.inner.inner.rollback().await?;
        Ok(())
    }
}
