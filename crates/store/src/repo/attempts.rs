//! Failed attempts (sign-ins and the like) by key, so that all servers of an instance count together. Times are
//! machine time: what limits guessing has nothing to do with a test clock.

use sea_orm::{ConnectionTrait, Statement};

use super::jobs::{database_now_ms, execute};
use crate::{Conn, StoreError, Tx};

/// Failures of a key within the last `window_ms`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failed {
    /// How many.
    pub failures: i64,
    /// When they are forgotten, in milliseconds from now.
    pub forgotten_in_ms: i64,
}

/// What is known of a key.
pub async fn failed(conn: &impl Conn, key: &str, window_ms: i64) -> Result<Failed, StoreError> {
    let now_ms = database_now_ms(conn).await?;
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(
        raw.get_database_backend(),
        "SELECT failures, since FROM failed_attempts WHERE attempt_key = ? AND since > ?",
        [key.into(), now_ms.saturating_sub(window_ms).into()],
    );
    let Some(row) = raw.query_one_raw(statement).await? else { return Ok(Failed::default()) };
    let since: i64 = row.try_get_by_index(1)?;
    let forgotten_in_ms = since.saturating_add(window_ms).saturating_sub(now_ms);
    Ok(Failed { failures: row.try_get_by_index(0)?, forgotten_in_ms })
}

/// Counts a failure; those of all keys that are older than `window_ms` go.
pub async fn count(tx: &Tx, key: &str, window_ms: i64) -> Result<(), StoreError> {
    let now_ms = database_now_ms(tx).await?;
    let old = now_ms.saturating_sub(window_ms);
    execute(tx, "DELETE FROM failed_attempts WHERE since <= ?", [old.into()]).await?;
    let sql = "INSERT INTO failed_attempts (attempt_key, since, failures) VALUES (?, ?, 1) \
        ON CONFLICT (attempt_key) DO UPDATE SET failures = failed_attempts.failures + 1";
    execute(tx, sql, [key.into(), now_ms.into()]).await?;
    Ok(())
}

/// Forgets a key.
pub async fn clear(tx: &Tx, key: &str) -> Result<(), StoreError> {
    execute(tx, "DELETE FROM failed_attempts WHERE attempt_key = ?", [key.into()]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreOptions};

    /// Where it cannot be counted there is an error, and the request is refused.
    #[tokio::test]
    async fn without_the_table_nothing_is_let_through() {
        let dir = tempfile::tempdir().unwrap();
        let url = meridian_testbed::database(dir.path());
        let options = StoreOptions { url, max_readers: 1 };
        let store = Store::open(&options, meridian_domain::clock::Clock::system()).await.unwrap();
        assert!(failed(store.reader(), "a", 60_000).await.is_err());
        let tx = store.write().await.unwrap();
        assert!(count(&tx, "a", 60_000).await.is_err());
    }

    #[tokio::test]
    async fn failures_count_by_key_and_are_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let url = meridian_testbed::database(dir.path());
        let options = StoreOptions { url, max_readers: 1 };
        let store = Store::open(&options, meridian_domain::clock::Clock::system()).await.unwrap();
        store.migrate().await.unwrap();
        let tx = store.write().await.unwrap();
        for _ in 0..3 {
            count(&tx, "a", 60_000).await.unwrap();
        }
        let found = failed(&tx, "a", 60_000).await.unwrap();
        assert_eq!(found.failures, 3);
        assert!(found.forgotten_in_ms > 0 && found.forgotten_in_ms <= 60_000);
        assert_eq!(failed(&tx, "b", 60_000).await.unwrap(), Failed::default());
        // With no window at all everything is old.
        assert_eq!(failed(&tx, "a", 0).await.unwrap(), Failed::default());
        count(&tx, "b", 0).await.unwrap();
        assert_eq!(failed(&tx, "a", 60_000).await.unwrap(), Failed::default());
        clear(&tx, "b").await.unwrap();
        assert_eq!(failed(&tx, "b", 60_000).await.unwrap(), Failed::default());
        tx.commit().await.unwrap();
    }
}
