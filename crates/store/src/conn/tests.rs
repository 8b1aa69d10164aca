//! Connections after faults.

use meridian_domain::clock::Clock;
use sea_orm::ConnectionTrait as _;

use super::{Conn as _, Store, StoreOptions};
use crate::repo::scalar_i64;

async fn store(folder: &tempfile::TempDir) -> Store {
    let url = format!("sqlite://{}", folder.path().join("meridian.db").display());
    let store = Store::open(&StoreOptions { url, max_readers: 1 }, Clock::system()).await.unwrap();
    let tx = store.write().await.unwrap();
    tx.raw().execute_unprepared("CREATE TABLE notes (n integer)").await.unwrap();
    tx.inner.inner.commit().await.unwrap();
    store
}

async fn note(store: &Store) {
    let tx = store.write().await.unwrap();
    tx.raw().execute_unprepared("INSERT INTO notes VALUES (1)").await.unwrap();
    tx.inner.inner.commit().await.unwrap();
}

/// What an fsync that fails in COMMIT leaves: SQLite has taken the transaction back, sqlx does not know.
#[tokio::test]
async fn after_a_commit_that_failed_what_is_committed_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    for _ in 0..3 {
        let tx = store.write().await.unwrap();
        tx.raw().execute_unprepared("ROLLBACK").await.unwrap();
        assert!(tx.inner.inner.commit().await.is_err());
    }
    // One that takes itself back, as a claim that finds no job does.
    store.write().await.unwrap().rollback().await.unwrap();
    for n in 1..=3 {
        note(&store).await;
        assert_eq!(scalar_i64(store.reader(), "SELECT COUNT(*) FROM notes").await.unwrap(), n);
    }
}

#[test]
fn no_pool_has_connections_that_end_by_themselves() {
    let sqlite = "sqlite:///tmp/meridian.db";
    let postgres = "postgres://meridian@127.0.0.1/meridian";
    let all = [
        super::sqlite::options(sqlite, 4),
        super::postgres::options(postgres, 4),
        super::postgres::lone_options(postgres),
    ];
    for options in all {
        assert_eq!((options.get_max_lifetime(), options.get_idle_timeout()), (Some(None), Some(None)));
    }
}
