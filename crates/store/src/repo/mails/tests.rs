//! The outbox's contract: one claim a mail, the same Message-ID after a crash, fences.

use std::collections::HashSet;

use meridian_domain::clock::Clock;

use super::*;
use crate::StoreOptions;
use crate::repo::users::{self, NewUser};

async fn store() -> (tempfile::TempDir, Store, UserId) {
    let folder = tempfile::tempdir().unwrap();
    let url = meridian_testbed::database(folder.path());
    let clock = Clock::fixed("2026-11-02T09:00:00Z".parse().unwrap());
    let store = Store::open(&StoreOptions { url, max_readers: 4 }, clock).await.unwrap();
    store.migrate().await.unwrap();
    let tx = store.write().await.unwrap();
    let new = NewUser {
        email: "ada@example.org".to_owned(),
        display_name: "Ada".to_owned(),
        password_hash: None,
        time_zone: "UTC".to_owned(),
    };
    let user = users::create(&tx, new).await.unwrap().id;
    tx.commit().await.unwrap();
    (folder, store, user)
}

async fn plan(store: &Store, user: UserId, date: &str) -> bool {
    let tx = store.write().await.unwrap();
    let planned = plan_digest(&tx, user, date.parse().unwrap(), 86_400_000).await.unwrap();
    tx.commit().await.unwrap();
    planned
}

async fn settled(store: &Store, mail: &Mail, outcome: Outcome) -> bool {
    let tx = store.write().await.unwrap();
    let done = settle(&tx, mail, &outcome).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[tokio::test]
async fn a_digest_of_a_date_is_claimed_once_by_however_many() {
    let (_folder, store, user) = store().await;
    let mut planned = 0;
    for _ in 0..5 {
        planned += usize::from(plan(&store, user, "2026-11-02").await);
    }
    assert_eq!(planned, 1);
    assert!(plan(&store, user, "2026-11-03").await);
    let claims = futures::future::join_all((0..20).map(|_| claim(&store))).await;
    let taken: Vec<Mail> = claims.into_iter().filter_map(|claimed| claimed.unwrap()).collect();
    let ids: HashSet<String> = taken.iter().map(|mail| mail.message_id.clone()).collect();
    assert_eq!(ids.len(), taken.len());
    assert!(
        ids.is_subset(&[format!("digest.2026-11-02.{user}"), format!("digest.2026-11-03.{user}")].into())
    );
    assert!(!ids.is_empty());
}

#[tokio::test]
async fn after_a_crash_the_same_mail_goes_out_again_and_the_dead_sender_changes_nothing() {
    let (_folder, store, user) = store().await;
    assert!(plan(&store, user, "2026-11-02").await);
    let first = claim(&store).await.unwrap().unwrap();
    // Under its lease nobody else gets it.
    assert_eq!(claim(&store).await.unwrap(), None);
    let tx = store.write().await.unwrap();
    execute(&tx, "UPDATE mails SET lease_until = 1", []).await.unwrap();
    tx.commit().await.unwrap();
    let second = claim(&store).await.unwrap().unwrap();
    assert_eq!((second.id, &second.message_id, second.attempt), (first.id, &first.message_id, 2));
    assert_eq!((second.from_at, second.until_at), (first.from_at, first.until_at));
    assert!(!settled(&store, &first, Outcome::Dead("late".to_owned())).await);
    assert!(settled(&store, &second, Outcome::Sent).await);
    assert_eq!(claim(&store).await.unwrap(), None);
    // The next one begins where this one ended.
    assert!(plan(&store, user, "2026-11-03").await);
    assert_eq!(claim(&store).await.unwrap().unwrap().from_at, first.until_at);
}

#[tokio::test]
async fn what_is_given_up_is_listed_and_can_be_sent_again() {
    let (_folder, store, user) = store().await;
    assert!(plan(&store, user, "2026-11-02").await);
    let mail = claim(&store).await.unwrap().unwrap();
    assert!(settled(&store, &mail, Outcome::Dead("550".to_owned())).await);
    let dead = in_state(store.reader(), SendState::Dead, None, 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].last_error.as_deref()), (1, Some("550")));
    let tx = store.write().await.unwrap();
    assert!(revive(&tx, mail.id).await.unwrap());
    assert!(!revive(&tx, mail.id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(claim(&store).await.unwrap().unwrap().message_id, mail.message_id);
}
