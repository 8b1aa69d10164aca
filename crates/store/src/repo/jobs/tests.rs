//! The queue's contract: distinct claims, fences, attempts.

use std::collections::HashSet;

use meridian_domain::clock::Clock;
use meridian_domain::ids::{UpdateId, WorkspaceId};

use super::*;
use crate::{Store, StoreOptions};

const KINDS: &[&str] = &["process_update", "transcribe_update", "purge_update"];
const LEASE_MS: i64 = 30_000;

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    store.migrate().await.unwrap();
    (folder, store)
}

async fn open(folder: &tempfile::TempDir) -> Store {
    let url = meridian_testbed::database(folder.path());
    Store::open(&StoreOptions { url, max_readers: 2 }, Clock::system()).await.unwrap()
}

fn purge() -> NewJob {
    NewJob::new(Payload::PurgeUpdate { v: PAYLOAD_VERSION, update_id: UpdateId::new(&Clock::system()) })
}

async fn add(store: &Store, job: &NewJob) -> JobId {
    let tx = store.write().await.unwrap();
    let id = enqueue(&tx, job).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn take(store: &Store, owner: &str, lease_ms: i64) -> Option<Claimed> {
    let tx = store.write().await.unwrap();
    let claimed = claim(&tx, KINDS, Sources::Any, owner, lease_ms).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

/// Runs one write under a lease in its own transaction.
macro_rules! write {
    ($store:expr, $tx:ident => $body:expr) => {{
        let $tx = $store.write().await.unwrap();
        let result = $body.await;
        match &result {
            Ok(_) => $tx.commit().await.unwrap(),
            Err(_) => $tx.rollback().await.unwrap(),
        }
        result
    }};
}

async fn sweep(store: &Store) -> Vec<Expired> {
    write!(store, tx => sweep_expired(&tx)).unwrap()
}

async fn state(store: &Store, id: JobId) -> (String, i64, i64) {
    let row = jobs::Entity::find_by_id(id.0).one(store.reader().raw()).await.unwrap().unwrap();
    (row.state, row.attempt, row.max_attempts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_claimers_of_five_hundred_jobs_claim_each_once() {
    let (folder, store) = store().await;
    let tx = store.write().await.unwrap();
    for _ in 0..500 {
        enqueue(&tx, &purge()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut claimers = Vec::new();
    for n in 0..8 {
        // A store each, as if each were a process.
        let store = open(&folder).await;
        claimers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            while let Some(claimed) = take(&store, &format!("w{n}"), LEASE_MS).await {
                mine.push(claimed.lease.job_id);
            }
            mine
        }));
    }
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    assert_eq!(all.len(), 500);
    assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), 500);
}

#[tokio::test]
async fn a_zombie_of_an_expired_lease_is_refused_everything() {
    let (_folder, store) = store().await;
    let id = add(&store, &purge()).await;
    let zombie = take(&store, "a", -1).await.unwrap().lease;
    assert_eq!(sweep(&store).await, [Expired { job_id: id, outcome: Retried::Again }]);
    let owner = take(&store, "b", LEASE_MS).await.unwrap().lease;
    assert_eq!((owner.attempt, zombie.attempt), (2, 1));

    assert!(!write!(store, tx => heartbeat(&tx, &zombie, LEASE_MS, "x", 1)).unwrap());
    let refused = [
        write!(store, tx => fence(&tx, &zombie)),
        write!(store, tx => finish(&tx, &zombie)),
        write!(store, tx => fail(&tx, &zombie, "late")),
        write!(store, tx => hand_back(&tx, &zombie, 0)),
        write!(store, tx => put_off(&tx, &zombie, "late", 0)),
        write!(store, tx => park(&tx, &zombie, "x")),
        write!(store, tx => retry_later(&tx, &zombie, "late", 0)).map(|_| ()),
    ];
    for result in refused {
        assert!(matches!(result, Err(StoreError::Conflict { .. })), "{result:?}");
    }
    // The same worker's own later attempt is another lease too.
    let same_owner = Lease { owner: "b".to_owned(), ..zombie };
    assert!(write!(store, tx => finish(&tx, &same_owner)).is_err());
    assert!(write!(store, tx => heartbeat(&tx, &owner, LEASE_MS, "x", 1)).unwrap());
    write!(store, tx => finish(&tx, &owner)).unwrap();
    assert_eq!(state(&store, id).await.0, "done");
    assert!(write!(store, tx => finish(&tx, &owner)).is_err(), "a job is finished once");
}

#[tokio::test]
async fn expired_leases_spend_attempts_until_the_job_is_dead() {
    let (_folder, store) = store().await;
    let id = add(&store, &purge()).await;
    for attempt in 1..=3 {
        assert!(!expired_exist(store.reader()).await.unwrap());
        assert_eq!(take(&store, "a", -1).await.unwrap().lease.attempt, attempt);
        assert!(expired_exist(store.reader()).await.unwrap());
        let outcome = if attempt == 3 { Retried::Dead } else { Retried::Again };
        assert_eq!(sweep(&store).await, [Expired { job_id: id, outcome }]);
    }
    assert_eq!(state(&store, id).await.0, "dead");
    assert!(take(&store, "a", LEASE_MS).await.is_none());
}

#[tokio::test]
async fn a_lease_that_holds_is_not_swept() {
    let (_folder, store) = store().await;
    add(&store, &purge()).await;
    let lease = take(&store, "a", LEASE_MS).await.unwrap().lease;
    assert_eq!(sweep(&store).await, []);
    assert!(take(&store, "b", LEASE_MS).await.is_none());
    write!(store, tx => finish(&tx, &lease)).unwrap();
}

#[tokio::test]
async fn handing_back_and_parking_spend_no_attempt() {
    let (_folder, store) = store().await;
    let mut job = purge();
    job.dedupe_key = Some("k".to_owned());
    let id = add(&store, &job).await;
    for _ in 0..5 {
        let lease = take(&store, "a", LEASE_MS).await.unwrap().lease;
        write!(store, tx => hand_back(&tx, &lease, 0)).unwrap();
        let lease = take(&store, "a", LEASE_MS).await.unwrap().lease;
        write!(store, tx => put_off(&tx, &lease, "the store is away", 0)).unwrap();
    }
    let lease = take(&store, "a", LEASE_MS).await.unwrap().lease;
    write!(store, tx => park(&tx, &lease, PARKED_FOR_WHOLE_FILE)).unwrap();
    assert!(take(&store, "a", LEASE_MS).await.is_none(), "parked jobs wait");
    let parked = ("parked".to_owned(), PARKED_FOR_WHOLE_FILE.to_owned());
    assert_eq!(open_with_key(store.reader(), "k").await.unwrap(), Some(parked));
    assert!(write!(store, tx => unpark(&tx, "k")).unwrap());
    let (_, attempt, max_attempts) = state(&store, id).await;
    assert_eq!(max_attempts - attempt, 3, "all three attempts are left");
    for outcome in [Retried::Again, Retried::Again, Retried::Dead] {
        let lease = take(&store, "a", LEASE_MS).await.unwrap().lease;
        assert_eq!(write!(store, tx => retry_later(&tx, &lease, "e", 0)).unwrap(), outcome);
    }
}

#[tokio::test]
async fn order_is_priority_then_the_quiet_workspace_then_age() {
    let (_folder, store) = store().await;
    let (busy, quiet) = (WorkspaceId::new(&Clock::system()), WorkspaceId::new(&Clock::system()));
    let mut jobs = Vec::new();
    // A millisecond apart: what is added in the same one has no order.
    let due = Clock::system().now_ms() - 1_000..;
    for ((workspace, priority), at_ms) in
        [(busy, 50), (busy, 50), (quiet, 50), (busy, 100)].into_iter().zip(due)
    {
        let mut job = purge();
        job.run_at_ms = at_ms;
        job.workspace_id = Some(workspace);
        job.priority = priority;
        jobs.push(add(&store, &job).await);
    }
    let mut order = Vec::new();
    while let Some(claimed) = take(&store, "a", LEASE_MS).await {
        order.push(claimed.lease.job_id);
    }
    assert_eq!(order, [jobs[3], jobs[2], jobs[0], jobs[1]]);
}

#[tokio::test]
async fn other_kinds_newer_payloads_and_later_jobs_are_left_alone() {
    let (_folder, store) = store().await;
    let update_id = UpdateId::new(&Clock::system());
    add(&store, &NewJob::new(Payload::PurgeUpdate { v: PAYLOAD_VERSION + 1, update_id })).await;
    let mut later = purge();
    later.run_at_ms = database_now_ms(store.reader()).await.unwrap() + 60_000;
    add(&store, &later).await;
    assert!(take(&store, "a", LEASE_MS).await.is_none());
    add(&store, &purge()).await;
    let tx = store.write().await.unwrap();
    let other = claim(&tx, &["process_update"], Sources::Any, "a", LEASE_MS).await.unwrap();
    tx.commit().await.unwrap();
    assert!(other.is_none());
    assert!(take(&store, "a", LEASE_MS).await.is_some());
}

#[tokio::test]
async fn a_waiting_job_is_not_added_twice_and_a_finished_one_is_no_hindrance() {
    let (_folder, store) = store().await;
    let mut job = purge();
    job.dedupe_key = Some("once".to_owned());
    add(&store, &job).await;
    add(&store, &job).await;
    let lease = take(&store, "a", LEASE_MS).await.unwrap().lease;
    assert!(take(&store, "a", LEASE_MS).await.is_none());
    write!(store, tx => finish(&tx, &lease)).unwrap();
    add(&store, &job).await;
    assert!(take(&store, "a", LEASE_MS).await.is_some());
}
