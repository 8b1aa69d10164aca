//! Bodies that come too slowly, with short limits.

use futures::stream;
use meridian_blobs::Blobs;
use meridian_domain::clock::Clock;
use meridian_domain::enums::{Priority, PublishState, TeamVisibility, UpdateKind};
use meridian_store::repo::updates::{self, Audience, NewUpdate};
use meridian_store::repo::uploads::{self, NewUpload};
use meridian_store::repo::{teams, users, workspaces};
use meridian_store::{Store, StoreOptions};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::*;

const LIMITS: Limits = Limits {
    part_bytes: 1_000_000,
    part_time: Duration::from_millis(50),
    idle: Duration::from_millis(400),
    idle_bytes: 100,
    checked_bytes: 1_000_000,
    last: Duration::from_millis(20),
};

/// An upload of 10,000 bytes, just begun.
async fn begun(folder: &TempDir) -> Target {
    let options = StoreOptions { url: format!("sqlite://{}/db", folder.path().display()), max_readers: 1 };
    let store = Store::open(&options, Clock::system()).await.unwrap();
    store.migrate().await.unwrap();
    let tx = store.write().await.unwrap();
    let ada = users::NewUser {
        email: "ada@example.org".to_owned(),
        display_name: "Ada".to_owned(),
        password_hash: None,
        time_zone: "UTC".to_owned(),
    };
    let viewer = users::create(&tx, ada).await.unwrap().id;
    let workspace_id = workspaces::create(&tx, "Acme", viewer).await.unwrap().id;
    let team_id = teams::create(&tx, workspace_id, "P", TeamVisibility::Open, viewer).await.unwrap().id;
    let access = updates::team_access(&tx, viewer, team_id).await.unwrap().unwrap();
    let update = NewUpdate {
        workspace_id,
        team_id,
        audience: Audience::Existing(access.audience_id),
        author_id: viewer,
        title: String::new(),
        kind: UpdateKind::Video,
        body: String::new(),
        links: Vec::new(),
        publish_state: PublishState::Draft,
        publish_at: None,
        priority: Priority::Normal,
        round_id: None,
        reply_to_id: None,
        language: None,
        client_duration_ms: None,
        chapters: Vec::new(),
    };
    let new = NewUpload {
        update_id: updates::insert(&tx, &update).await.unwrap().id,
        length_bytes: Some(10_000),
        metadata: String::new(),
        filename: String::new(),
        filetype: String::new(),
        expires_at_ms: i64::MAX,
    };
    let upload = uploads::create(&tx, viewer, new).await.unwrap();
    tx.commit().await.unwrap();
    let blobs = Blobs::open(&format!("file://{}/objects", folder.path().display())).unwrap();
    Target { store, blobs, closed: CancellationToken::new(), most_bytes: 1 << 20, viewer, upload }
}

async fn offset(target: &Target) -> u64 {
    let found = uploads::find(target.store.reader(), target.viewer, target.upload.id).await.unwrap();
    found.unwrap().offset_bytes
}

fn code(error: &TusError) -> Option<Code> {
    match error {
        TusError::Api(error) => Some(error.code()),
        _ => None,
    }
}

#[tokio::test]
async fn a_body_that_falls_silent_is_cut_off_and_what_came_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let target = begun(&folder).await;
    let body = stream::iter([Ok(Bytes::from(vec![b'x'; 5_000]))]).chain(stream::pending());
    let started = Instant::now();
    let cut = receive(target.clone(), body.boxed(), None, LIMITS).await.unwrap_err();
    assert_eq!(code(&cut), Some(Code::Timeout));
    assert!(started.elapsed() >= LIMITS.idle);
    assert_eq!(offset(&target).await, 5_000);
}

#[tokio::test]
async fn a_body_that_comes_while_the_server_stops_is_to_go_on_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let target = begun(&folder).await;
    let closed = target.closed.clone();
    let first = stream::iter([Ok(Bytes::from(vec![b'x'; 5_000]))]);
    let body = first.chain(
        stream::once(async move { Ok(Bytes::from_static(b"last")) }).inspect(move |_| closed.cancel()),
    );
    let limits = Limits { idle: Duration::from_mins(1), ..LIMITS };
    let stopped =
        receive(target.clone(), body.chain(stream::pending()).boxed(), None, limits).await.unwrap_err();
    assert_eq!(code(&stopped), Some(Code::Overloaded));
    assert_eq!(offset(&target).await, 5_004);
}

#[tokio::test]
async fn a_trickle_is_cut_off_although_bytes_keep_coming() {
    let folder = tempfile::tempdir().unwrap();
    let target = begun(&folder).await;
    // 20 bytes a second, where 100 in each 0.4 s are asked for; it would take eight minutes.
    let body = stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Ok(Bytes::from_static(b"x")), ()))
    });
    let cut = receive(target.clone(), body.boxed(), None, LIMITS).await.unwrap_err();
    assert_eq!(code(&cut), Some(Code::Timeout));
    let kept = offset(&target).await;
    assert!((1..100).contains(&kept), "{kept} bytes were kept");
}

#[tokio::test]
async fn a_checked_body_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let target = begun(&folder).await;
    let pieces = [Ok(Bytes::from(vec![b'x'; 5_000])), Err(PayloadError::Incomplete(None))];
    let expected = Expected { algorithm: super::super::checksum::Algorithm::Sha1, sum: vec![0; 20] };
    let limits = Limits { part_bytes: 1_000, ..LIMITS };
    let broken = receive(target.clone(), stream::iter(pieces), Some(expected), limits).await.unwrap_err();
    assert_eq!(code(&broken), Some(Code::Malformed));
    assert_eq!(offset(&target).await, 0);
    let left: Vec<_> = target.blobs.list(None).collect().await;
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn parts_that_are_on_their_way_together_are_committed_in_order_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let target = begun(&folder).await;
    let limits = Limits { part_bytes: 1_000, ..LIMITS };
    let whole: Vec<u8> = (0..9_u8).flat_map(|part| vec![part; 1_000]).collect();
    let body = || stream::iter([Ok(Bytes::from(whole.clone()))]);
    // A second body for the same place has lost its race with its first part: the other eight may not stay either.
    let first = receive(target.clone(), body(), None, limits).await.unwrap();
    assert_eq!(first, Appended { offset_bytes: 9_000, completed: false });
    receive(target.clone(), body(), None, limits).await.unwrap_err();
    let found = uploads::find(target.store.reader(), target.viewer, target.upload.id).await.unwrap().unwrap();
    let chunks = uploads::chunks_from(target.store.reader(), found.id, 0, 100).await.unwrap();
    let mut read = Vec::new();
    for chunk in &chunks {
        read.extend(target.blobs.read_all(&Key::parse(&chunk.object_key).unwrap(), 1_000).await.unwrap());
    }
    assert_eq!(read, whole);
    let left: Vec<_> = target.blobs.list(None).collect().await;
    assert_eq!(left.len(), 9);
}
