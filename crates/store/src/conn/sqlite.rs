//! SQLite: a file beside the server, one writer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::Connection as _;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, Statement};

use crate::StoreError;

/// The file in `sqlite://path`.
pub(super) fn file(url: &str) -> PathBuf {
    let path = url.strip_prefix("sqlite://").unwrap_or(url);
    Path::new(path.split('?').next().unwrap_or(path)).to_owned()
}

/// Makes the folder of the file in `sqlite://path`.
pub(super) fn make_folder(url: &str) -> Result<(), StoreError> {
    if let Some(parent) = file(url).parent() {
        std::fs::create_dir_all(parent)
            .map_err(|e| StoreError::Setup(format!("the database's folder cannot be made: {}", e.kind())))?;
    }
    Ok(())
}

/// How many rows a connection's thread hands over before it waits for whoever reads them.
const ROWS_AT_ONCE: usize = 512;

pub(super) fn options(url: &str, max: u32) -> ConnectOptions {
    let address = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
    let mut options = super::pool_options(address, max);
    options
        .min_connections(1)
        // A file does not hang up, and each question would cost two trips to the connection's thread.
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|o| {
            o.pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("temp_store", "MEMORY")
                .busy_timeout(Duration::from_secs(5))
                .row_buffer_size(ROWS_AT_ONCE)
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

pub(super) async fn check_durable(writer: &DatabaseConnection) -> Result<(), StoreError> {
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
