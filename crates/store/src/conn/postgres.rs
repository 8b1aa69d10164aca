//! PostgreSQL: a server that many processes share.
//!
//! What a transaction may rely on is the same as on SQLite: whoever writes is alone. [`Lock::Alone`] is taken first
//! by a transaction that reads and then writes; [`Lock::Beside`] by one whose every statement holds beside others of
//! its kind. [`EVENTS`] is taken last, so that events are numbered in the order in which they become visible.

use std::time::Duration;

use meridian_migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement, TransactionTrait,
};

use crate::StoreError;

/// The channel on which every commit is told.
pub(super) const CHANNEL: &str = "meridian";
/// Advisory locks, one number each; they are per database.
const WRITE: i64 = 0x6d65_7269_0001;
const EVENTS: i64 = 0x6d65_7269_0002;
const MIGRATE: i64 = 0x6d65_7269_0003;
/// How many statements a connection for pages keeps with their plans.
const STATEMENTS: usize = 500;
/// A connection that was used this short ago is used again without asking first whether it still stands: the question
/// is a trip to the database for each statement of a page. A database that went away meanwhile takes longer to be back.
const SURELY_OPEN: Duration = Duration::from_secs(1);

/// How a transaction stands to others that write.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lock {
    /// None other writes meanwhile.
    Alone,
    /// Others that are [`Lock::Beside`] may write meanwhile.
    Beside,
}

pub(super) fn options(url: &str, max: u32) -> ConnectOptions {
    let mut options = super::pool_options(url, max);
    options.min_connections(1).test_before_acquire_if_idle_for(SURELY_OPEN).map_sqlx_postgres_opts(|o| {
        // A process that stopped in a transaction lets go of its locks before those who wait for them give up.
        o.application_name("meridian")
            .options([("idle_in_transaction_session_timeout", "5s"), ("lock_timeout", "10s")])
    });
    options
}

/// For the statements of pages, which are many and small: each is planned once for a connection, whatever its values.
/// Planning who sees what takes longer than looking it up. Not for search, whose plans hang on the words.
pub(super) fn page_options(url: &str, max: u32) -> ConnectOptions {
    let mut options = super::pool_options(url, max);
    options.connect_lazy(true).test_before_acquire_if_idle_for(SURELY_OPEN).map_sqlx_postgres_opts(|o| {
        o.application_name("meridian")
            .statement_cache_capacity(STATEMENTS)
            .options([("plan_cache_mode", "force_generic_plan")])
    });
    options
}

/// One connection of whoever fills a whole database, which looks for others that use it.
pub(super) fn lone_options(url: &str) -> ConnectOptions {
    let mut options = super::pool_options(url, 1);
    options.map_sqlx_postgres_opts(|o| o.application_name("meridian-operator"));
    options
}

/// Refuses a server that would lose acknowledged commits.
pub(super) async fn check_durable(db: &DatabaseConnection) -> Result<(), StoreError> {
    for (name, lost_by) in [("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")] {
        let sql = format!("SELECT current_setting('{name}')");
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        let value: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        if value == lost_by {
            return Err(StoreError::Setup(format!(
                "{name} is {value} on the database server: acknowledged data could be lost"
            )));
        }
    }
    Ok(())
}

async fn take(tx: &DatabaseTransaction, function: &str, lock: i64) -> Result<(), StoreError> {
    tx.execute_unprepared(&format!("SELECT {function}({lock})")).await?;
    Ok(())
}

/// Begins a transaction. Each of its statements sees what was committed before it.
pub(super) async fn begin(db: &DatabaseConnection, lock: Lock) -> Result<DatabaseTransaction, StoreError> {
    let tx = db.begin().await?;
    let function = match lock {
        Lock::Alone => "pg_advisory_xact_lock",
        Lock::Beside => "pg_advisory_xact_lock_shared",
    };
    take(&tx, function, WRITE).await?;
    Ok(tx)
}

/// From here to the commit nobody else numbers events.
pub(super) async fn lock_events(tx: &DatabaseTransaction) -> Result<(), StoreError> {
    take(tx, "pg_advisory_xact_lock", EVENTS).await
}

/// Tells every process of the commit that follows.
pub(super) async fn notify(tx: &DatabaseTransaction) -> Result<(), StoreError> {
    tx.execute_unprepared(&format!("NOTIFY {CHANNEL}")).await?;
    Ok(())
}

/// A transaction in which nobody else migrates.
pub(super) async fn alone(db: &DatabaseConnection) -> Result<DatabaseTransaction, StoreError> {
    let tx = db.begin().await?;
    tx.execute_unprepared("SET LOCAL lock_timeout = '2min'").await?;
    take(&tx, "pg_advisory_xact_lock", MIGRATE).await?;
    Ok(tx)
}

/// All steps in one transaction, by one process at a time.
pub(super) async fn migrate(db: &DatabaseConnection, up: bool) -> Result<(), StoreError> {
    let tx = alone(db).await?;
    if up {
        Migrator::up(&tx, None).await?;
    } else {
        Migrator::down(&tx, None).await?;
    }
    tx.commit().await?;
    Ok(())
}

pub(super) async fn pending(db: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
    let tx = alone(db).await?;
    let pending = Migrator::get_pending_migrations(&tx).await?;
    tx.commit().await?;
    Ok(pending.iter().map(|step| step.name().to_owned()).collect())
}
