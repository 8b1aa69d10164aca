//! What holds on PostgreSQL beside what the other tests ask of both databases.

use std::time::Duration;

use meridian_domain::clock::Clock;
use meridian_domain::enums::EventKind;
use meridian_domain::ids::WorkspaceId;
use sea_orm::sqlx::postgres::PgListener;
use serde_json::json;

use super::{Store, StoreOptions, postgres};
use crate::repo::events::{self, NewEvent};

async fn open(url: &str) -> Store {
    let options = StoreOptions { url: url.to_owned(), max_readers: 4 };
    Store::open(&options, Clock::system()).await.unwrap()
}

fn event(name: &str) -> NewEvent {
    NewEvent {
        kind: EventKind::UpdateChanged,
        workspace_id: WorkspaceId::new(&Clock::system()),
        audience_id: None,
        user_id: None,
        update_id: None,
        data: json!({ "id": name }),
    }
}

/// A reader that has seen number N+1 must never miss N: whoever numbers first commits first.
#[tokio::test]
async fn events_become_visible_in_the_order_of_their_numbers() {
    let Some(server) = meridian_testbed::postgres() else { return };
    let url = server.database();
    let store = open(&url).await;
    store.migrate().await.unwrap();
    let first = store.write_beside().await.unwrap();
    let second = store.write_beside().await.unwrap();
    // The first is held open between its numbers and its commit.
    postgres::lock_events(&first.inner.inner).await.unwrap();
    events::append(&first, &[event("first")]).await.unwrap();
    second.event(event("second"));
    let second = tokio::spawn(second.commit());
    let database = url.rsplit('/').next().unwrap();
    let waiting = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while server.sql(database, waiting) != "1" {
        assert!(!second.is_finished(), "the second went ahead");
        tokio::task::yield_now().await;
    }
    assert!(events::after(store.reader(), 0, 10).await.unwrap().is_empty());
    first.inner.inner.commit().await.unwrap();
    second.await.unwrap().unwrap();
    let told = events::after(store.reader(), 0, 10).await.unwrap();
    let names: Vec<&str> = told.iter().filter_map(|event| event.data["id"].as_str()).collect();
    assert_eq!(names, ["first", "second"]);
}

/// Whoever may read and then write is alone; nobody reads what is about to change.
#[tokio::test]
async fn who_writes_alone_waits_for_all_others_and_they_for_it() {
    let Some(server) = meridian_testbed::postgres() else { return };
    let store = open(&server.database()).await;
    let moment = Duration::from_millis(300);
    let beside = [store.write_beside().await.unwrap(), store.write_beside().await.unwrap()];
    assert!(tokio::time::timeout(moment, store.write()).await.is_err());
    for tx in beside {
        tx.rollback().await.unwrap();
    }
    let alone = store.write().await.unwrap();
    assert!(tokio::time::timeout(moment, store.write_beside()).await.is_err());
    assert!(tokio::time::timeout(moment, store.write()).await.is_err());
    alone.rollback().await.unwrap();
    store.write_beside().await.unwrap().rollback().await.unwrap();
}

/// A process that was stopped in the middle of a write (SIGSTOP, a frozen machine) holds up the others, and no more.
#[tokio::test]
async fn who_stops_in_a_transaction_is_put_out_before_others_give_up() {
    let Some(server) = meridian_testbed::postgres() else { return };
    let store = open(&server.database()).await;
    let stopped = store.write().await.unwrap();
    store.write().await.unwrap().commit().await.unwrap();
    let error = stopped.commit().await.unwrap_err();
    assert!(error.is_passing(), "{error:?}");
}

#[tokio::test]
async fn every_commit_is_told_to_other_processes() {
    let Some(server) = meridian_testbed::postgres() else { return };
    let url = server.database();
    let store = open(&url).await;
    store.migrate().await.unwrap();
    let mut listener = PgListener::connect(&url).await.unwrap();
    listener.listen(postgres::CHANNEL).await.unwrap();
    store.write().await.unwrap().commit().await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(20), listener.recv()).await.unwrap();
    assert_eq!(told.unwrap().channel(), postgres::CHANNEL);
    let mut watcher = open(&url).await.watcher().await.unwrap();
    assert!(watcher.changed().await.unwrap());
}

#[tokio::test]
async fn a_server_that_would_lose_commits_is_refused() {
    let Some(server) = meridian_testbed::postgres() else { return };
    let url = server.database();
    let database = url.rsplit('/').next().unwrap();
    server.sql("postgres", &format!("ALTER DATABASE {database} SET synchronous_commit = off"));
    let options = StoreOptions { url, max_readers: 1 };
    let refused = Store::open(&options, Clock::system()).await.unwrap_err();
    assert!(refused.to_string().contains("synchronous_commit is off"), "{refused}");
}
