//! What every store must keep, tried on a local folder and on an object store's interface.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::TryStreamExt;
use meridian_blobs::{BlobError, Blobs, Key, S3Options};

fn stores(folder: &tempfile::TempDir) -> Vec<Blobs> {
    let file = format!("file://{}/deep/objects", folder.path().display());
    let mut stores = vec![Blobs::open(&file).unwrap(), Blobs::open("memory://").unwrap()];
    stores.extend(s3());
    stores
}

/// A prefix of its own in a real S3 server.
fn s3() -> Option<Blobs> {
    let server = meridian_testbed::seaweed()?;
    let prefix = format!("tests/{}", uuid::Uuid::new_v4());
    Some(Blobs::open_with(&server.url(&prefix), &options(server)).unwrap())
}

fn options(server: &meridian_testbed::Seaweed) -> S3Options {
    S3Options {
        endpoint: Some(server.endpoint.clone()),
        key: Some((server.access_key.clone(), server.secret_key.clone())),
        ..S3Options::default()
    }
}

#[tokio::test]
async fn a_wrong_key_and_a_missing_bucket_are_told_at_once() {
    let Some(server) = meridian_testbed::seaweed() else { return };
    let right = options(server);
    Blobs::open_with(&server.url("x"), &right).unwrap().probe().await.unwrap();
    let elsewhere = Blobs::open_with("s3://no-such-bucket/x", &right).unwrap();
    assert!(matches!(elsewhere.probe().await, Err(BlobError::Remote { .. })));
    let wrong = S3Options { key: Some((server.access_key.clone(), "wrong".to_owned())), ..right };
    let refused = Blobs::open_with(&server.url("x"), &wrong).unwrap();
    assert!(matches!(refused.probe().await, Err(BlobError::Remote { .. })));
    let put = refused.put_new(&key("a"), Bytes::from_static(b"x")).await;
    assert!(matches!(put, Err(BlobError::Remote { .. })), "{put:?}");
}

#[tokio::test]
async fn a_presigned_address_gives_one_object_for_a_while() {
    let Some(server) = meridian_testbed::seaweed() else { return };
    let blobs = Blobs::open_with(&server.url("signed/deep"), &options(server)).unwrap();
    blobs.put_new(&key("a/b.m4s"), Bytes::from_static(b"0123456789")).await.unwrap();
    blobs.put_new(&key("a/c.m4s"), Bytes::from_static(b"other")).await.unwrap();
    let minute = Duration::from_mins(1);
    let address = blobs.presigned(&key("a/b.m4s"), "video/mp4", minute).await.unwrap().unwrap();
    let client = reqwest::Client::new();
    let got = client.get(&address).header("Range", "bytes=2-4").send().await.unwrap();
    assert_eq!(got.status(), 206);
    assert_eq!(got.headers()["content-type"], "video/mp4");
    assert_eq!(got.bytes().await.unwrap(), "234");
    for bad in [
        address.replace("/b.m4s", "/c.m4s"),
        address.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        address.split('?').next().unwrap().to_owned(),
    ] {
        assert_ne!(bad, address);
        assert_eq!(client.get(&bad).send().await.unwrap().status(), 403, "{bad}");
    }
    assert_eq!(client.put(&address).body("x").send().await.unwrap().status(), 403);
    let folder = tempfile::tempdir().unwrap();
    let local = Blobs::open(&format!("file://{}", folder.path().display())).unwrap();
    assert_eq!(local.presigned(&key("a"), "video/mp4", minute).await.unwrap(), None);
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

async fn listed(blobs: &Blobs, prefix: Option<&str>) -> Vec<(String, u64)> {
    let all: Vec<_> = blobs.list(prefix.map(key)).try_collect().await.unwrap();
    let mut all: Vec<_> = all.into_iter().map(|o| (o.key.to_string(), o.size_bytes)).collect();
    all.sort();
    all
}

#[tokio::test]
async fn an_object_is_written_once_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    for blobs in stores(&folder) {
        let k = key("a/b/c");
        assert!(matches!(blobs.size_bytes(&k).await, Err(BlobError::NotFound { .. })));
        assert!(matches!(blobs.read(&k, 0..1).await, Err(BlobError::NotFound { .. })));
        blobs.put_new(&k, Bytes::from_static(b"first")).await.unwrap();
        let again = blobs.put_new(&k, Bytes::from_static(b"second")).await;
        assert!(matches!(again, Err(BlobError::AlreadyExists { .. })), "{again:?}");
        assert_eq!(blobs.size_bytes(&k).await.unwrap(), 5);
        assert_eq!(blobs.read_all(&k, 5).await.unwrap(), "first");
        assert!(blobs.read_all(&k, 4).await.is_err());
        assert_eq!(blobs.read(&k, 1..4).await.unwrap(), "irs");
        assert_eq!(blobs.read(&k, 9..9).await.unwrap(), "");
        for range in [0..6, 5..6, 7..9, 0..u64::MAX] {
            let short = blobs.read(&k, range).await;
            assert!(matches!(short, Err(BlobError::Truncated { .. })), "{short:?}");
        }
        let streamed: Vec<Bytes> = blobs.stream(k.clone(), 5, 2..5).unwrap().try_collect().await.unwrap();
        assert_eq!(streamed.concat(), b"rst");
        // A row that claims more than there is must not look like an end of file.
        let claimed = blobs.stream(k.clone(), 50, 0..50).unwrap().try_collect::<Vec<_>>().await;
        assert!(matches!(claimed, Err(BlobError::Truncated { .. })), "{claimed:?}");
        blobs.delete(&k).await.unwrap();
        blobs.delete(&k).await.unwrap();
        assert!(matches!(blobs.read(&k, 0..1).await, Err(BlobError::NotFound { .. })));
        // A name below or above an object is no object.
        blobs.put_new(&k, Bytes::new()).await.unwrap();
        assert_eq!(blobs.size_bytes(&k).await.unwrap(), 0);
        assert!(matches!(blobs.size_bytes(&key("a/b")).await, Err(BlobError::NotFound { .. })));
        assert!(matches!(blobs.size_bytes(&key("a/b/c/d")).await, Err(BlobError::NotFound { .. })));
        blobs.probe().await.unwrap();
    }
}

#[tokio::test]
async fn of_many_writers_of_one_key_one_wins_whole() {
    let folder = tempfile::tempdir().unwrap();
    for blobs in stores(&folder) {
        let writers = (0..16_u8).map(|n| {
            let blobs = blobs.clone();
            tokio::spawn(async move {
                let mut writer = blobs.writer(key("race/0"));
                for _ in 0..3 {
                    writer.write(Bytes::from(vec![n; 700_000])).await.unwrap();
                }
                writer.finish().await.map(|_| n)
            })
        });
        let ended = futures::future::join_all(writers).await;
        let won: Vec<u8> = ended.into_iter().filter_map(|r| r.unwrap().ok()).collect();
        assert_eq!(won.len(), 1);
        let bytes = blobs.read_all(&key("race/0"), 3_000_000).await.unwrap();
        assert_eq!(bytes.len(), 2_100_000);
        assert!(bytes.iter().all(|b| *b == won[0]));
    }
}

#[tokio::test]
async fn an_unfinished_object_is_never_seen() {
    let folder = tempfile::tempdir().unwrap();
    for blobs in stores(&folder) {
        let mut writer = blobs.writer(key("half/0"));
        writer.write(Bytes::from(vec![1; 3_000_000])).await.unwrap();
        assert_eq!(writer.size_bytes(), 3_000_000);
        assert!(blobs.size_bytes(&key("half/0")).await.is_err());
        drop(writer);
        assert_eq!(listed(&blobs, None).await, vec![]);
    }
}

#[tokio::test]
async fn listing_and_removing_stay_within_whole_names() {
    let folder = tempfile::tempdir().unwrap();
    for blobs in stores(&folder) {
        for text in ["u/1/a", "u/1/b/c", "u/12/a", "v"] {
            blobs.put_new(&key(text), Bytes::from_static(b"xy")).await.unwrap();
        }
        let two = |text: &str| (text.to_owned(), 2);
        assert_eq!(listed(&blobs, Some("u/1")).await, vec![two("u/1/a"), two("u/1/b/c")]);
        assert_eq!(listed(&blobs, Some("v")).await, vec![]);
        assert_eq!(listed(&blobs, Some("none")).await, vec![]);
        blobs.delete_prefix(&key("u/1")).await.unwrap();
        blobs.delete_prefix(&key("u/1")).await.unwrap();
        assert_eq!(listed(&blobs, None).await, vec![two("u/12/a"), two("v")]);
        // The folder that was removed can be written to again.
        blobs.put_new(&key("u/1/a"), Bytes::from_static(b"xy")).await.unwrap();
        blobs.delete_prefix(&key("v")).await.unwrap();
        assert_eq!(listed(&blobs, None).await, vec![two("u/1/a"), two("u/12/a")]);
    }
}

#[tokio::test]
async fn a_folder_removed_by_another_process_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    let (ours, theirs) = (Blobs::open(&url).unwrap(), Blobs::open(&url).unwrap());
    ours.put_new(&key("a/b/0"), Bytes::from_static(b"x")).await.unwrap();
    theirs.delete_prefix(&key("a")).await.unwrap();
    ours.put_new(&key("a/b/1"), Bytes::from_static(b"y")).await.unwrap();
    assert_eq!(theirs.read_all(&key("a/b/1"), 9).await.unwrap(), "y");
    std::fs::remove_dir_all(folder.path().join(".incoming")).unwrap();
    ours.put_new(&key("a/b/2"), Bytes::from_static(b"z")).await.unwrap();
}

#[tokio::test]
async fn what_a_killed_process_left_is_swept_by_age() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    let blobs = Blobs::open(&url).unwrap();
    let left = folder.path().join(".incoming/left");
    std::fs::write(&left, b"half").unwrap();
    let written = std::fs::metadata(&left).unwrap().modified().unwrap();
    let day = Duration::from_hours(24);
    assert_eq!(blobs.sweep_incoming(written + day / 2, day).await.unwrap(), 0);
    assert_eq!(blobs.sweep_incoming(SystemTime::UNIX_EPOCH, day).await.unwrap(), 0);
    assert_eq!(blobs.sweep_incoming(written + day * 2, day).await.unwrap(), 1);
    assert!(!left.exists());
    assert_eq!(listed(&blobs, None).await, vec![]);
}

#[tokio::test]
async fn objects_are_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&format!("file://{}", folder.path().display())).unwrap();
    blobs.put_new(&key("a"), Bytes::from_static(b"x")).await.unwrap();
    let mode = std::fs::metadata(folder.path().join("a")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn other_addresses_are_refused() {
    for url in
        ["", "file://", "/tmp", "http://x", "s3://", "s3:///x", "s3://b?x", "s3://b/../x", "memory://x"]
    {
        let opened = Blobs::open(url);
        assert!(matches!(opened, Err(BlobError::InvalidUrl { .. })), "{url}");
    }
    let blocked = tempfile::NamedTempFile::new().expect("a file");
    let opened = Blobs::open(&format!("file://{}/x", blocked.path().display()));
    assert!(matches!(opened, Err(BlobError::Io { .. })), "{opened:?}");
}
