//! Jobs that nobody waits for: a smaller rendition, parts rewritten, a deleted update's bytes; and what users ask for
//! afterwards.

use std::time::Duration;

use futures::TryStreamExt as _;
use meridian_blobs::layout;
use meridian_domain::enums::{TranscriptStatus, UpdateStatus};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::updates::RowUpdate;
use meridian_store::repo::{jobs, media, processing, transcripts, updates, workspaces};

use crate::support::{Recording, World, fixture, tiny_model};

/// A tick between two looks at what another process does.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

async fn until_settled(world: &World, key: &str) {
    while jobs::open_with_key(world.store.reader(), key).await.unwrap().is_some() {
        a_moment().await;
    }
}

/// Ready, and the job that made it so has ended: only then is there what follows later.
async fn until_processed(world: &World, update: UpdateId) -> RowUpdate {
    let row = world.until_status(update, UpdateStatus::Ready).await;
    until_settled(world, &format!("process:{update}")).await;
    row
}

/// Everything below the folders of an update, by key.
async fn objects(world: &World, recording: Recording) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in [
        layout::upload_prefix(recording.upload.0),
        layout::original_prefix(recording.update.0),
        layout::media_prefix(recording.update.0),
    ] {
        let listed: Vec<_> = world.blobs.list(Some(prefix)).try_collect().await.unwrap();
        found.extend(listed.into_iter().map(|object| object.key.to_string()));
    }
    found
}

async fn original(world: &World, recording: Recording) -> (usize, Vec<u8>) {
    let parts = processing::chunks_from(world.store.reader(), recording.upload, 0).await.unwrap();
    let mut whole = Vec::new();
    for part in &parts {
        let key = meridian_blobs::Key::parse(&part.object_key).unwrap();
        whole.extend(world.blobs.read_all(&key, 1 << 30).await.unwrap());
    }
    (parts.len(), whole)
}

#[tokio::test]
async fn copied_media_gets_a_smaller_rendition_later() {
    let world = World::new().await;
    let _worker = world.worker(None, &[]);
    let recording = world.upload(&crate::support::large_copyable(&world)).await;
    let row = until_processed(&world, recording.update).await;
    let generation = row.generation_id.unwrap();
    until_settled(&world, &format!("rung:{}", recording.update)).await;
    let after = world.row(recording.update).await;
    assert_eq!(
        (after.generation_id, after.status),
        (Some(generation), UpdateStatus::Ready),
        "{}",
        world.log()
    );
    let all = media::renditions(world.store.reader(), generation).await.unwrap();
    let pictures: Vec<_> =
        all.iter().filter(|r| r.has_picture).map(|r| (r.name.as_str(), r.size_px)).collect();
    assert_eq!(pictures, [("source", Some((960, 540))), ("360p", Some((640, 360)))], "{}", world.log());
    let small = all.iter().find(|r| r.name == "360p").unwrap();
    assert!(small.ended && small.codecs.contains("mp4a"), "{small:?}");
    let length = async |rendition| {
        let segments = media::segments(world.store.reader(), rendition).await.unwrap();
        segments.iter().map(|s| s.duration_us).sum::<i64>()
    };
    let large = all.iter().find(|r| r.name == "source").unwrap();
    let off_us = length(small.id).await.abs_diff(length(large.id).await);
    assert!(off_us < 100_000, "{off_us} us apart");
}

#[tokio::test]
async fn many_small_parts_are_rewritten_and_the_old_ones_go() {
    let world = World::new().await;
    let _worker = world.worker(None, &[]);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(Some(bytes.len())).await;
    for (n, piece) in bytes.chunks(16 * 1024).enumerate() {
        world.send(recording, n * 16 * 1024, piece).await;
    }
    until_processed(&world, recording.update).await;
    until_settled(&world, &format!("tidy:{}", recording.update)).await;
    assert_eq!(original(&world, recording).await, (1, bytes.clone()), "{}", world.log());
    let before = objects(&world, recording).await;
    assert!(before.iter().any(|key| key.starts_with("uploads/")), "readers may still want the old parts");
    // An hour later.
    world.sqlite(&format!("UPDATE jobs SET run_at = 0 WHERE dedupe_key = 'forget:{}'", recording.update));
    until_settled(&world, &format!("forget:{}", recording.update)).await;
    let after = objects(&world, recording).await;
    assert!(!after.iter().any(|key| key.starts_with("uploads/")), "{after:?}");
    assert_eq!(original(&world, recording).await, (1, bytes));
}

async fn used_bytes(world: &World) -> i64 {
    let found = workspaces::find(world.store.reader(), world.user, world.workspace).await.unwrap();
    found.unwrap().used_bytes
}

async fn delete(world: &World, update: UpdateId, purge_at: i64) {
    let row = world.row(update).await;
    let tx = world.store.write().await.unwrap();
    assert!(updates::delete(&tx, &row, purge_at).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_deleted_update_leaves_no_byte_and_takes_none_of_the_quota() {
    let world = World::new().await;
    let _worker = world.worker(None, &[]);
    let bytes = fixture("voice.webm");
    let kept = world.upload(&bytes).await;
    world.until_status(kept.update, UpdateStatus::Ready).await;
    let before = used_bytes(&world).await;
    let gone = world.upload(&fixture("spoken-update.webm")).await;
    world.until_status(gone.update, UpdateStatus::Ready).await;
    // One that was never sent to its end counts with its whole length.
    let half = world.recording(Some(bytes.len())).await;
    world.send(half, 0, &bytes[..bytes.len() / 2]).await;
    assert!(used_bytes(&world).await > before);
    assert!(objects(&world, gone).await.len() > 5);
    let now_ms = world.store.clock().now_ms();
    delete(&world, gone.update, now_ms).await;
    delete(&world, half.update, now_ms).await;
    for update in [gone, half] {
        while !objects(&world, update).await.is_empty() {
            a_moment().await;
        }
        until_settled(&world, &format!("purge:{}", update.update)).await;
    }
    assert_eq!(used_bytes(&world).await, before, "{}", world.log());
    assert_eq!(world.sqlite("SELECT COUNT(*) FROM uploads"), "1");
    assert!(!objects(&world, kept).await.is_empty());
    assert_eq!(world.row(kept.update).await.status, UpdateStatus::Ready);
}

#[tokio::test]
async fn a_transcript_is_made_anew_and_the_old_one_stays_until_then() {
    let Some(model) = tiny_model() else {
        return eprintln!("skipped: tiny.en is not installed");
    };
    let world = World::new().await;
    let _worker = world.worker(Some(&model), &[]);
    let recording = world.upload(&fixture("spoken-update.webm")).await;
    let first = world.until_status(recording.update, UpdateStatus::Ready).await;
    let text = async || {
        let cues = media::cues(world.store.reader(), recording.update).await.unwrap();
        cues.into_iter().map(|cue| cue.text).collect::<Vec<_>>().join(" ")
    };
    let before = text().await;
    assert!(before.contains("database"), "{before}");
    let tx = world.store.write().await.unwrap();
    assert!(transcripts::regenerate(&tx, &first, Some("en")).await.unwrap());
    tx.commit().await.unwrap();
    let key = format!("transcribe:{}", recording.update);
    while jobs::open_with_key(world.store.reader(), &key).await.unwrap().is_some() {
        assert!(text().await.contains("database"), "{}", text().await);
        assert_eq!(world.row(recording.update).await.status, UpdateStatus::Ready);
        a_moment().await;
    }
    let row = world.row(recording.update).await;
    assert_eq!((row.status, row.transcript_status), (UpdateStatus::Ready, TranscriptStatus::Ready));
    // Made from the published sound, it may differ in a word.
    assert!(text().await.contains("database") && row.word_count.abs_diff(first.word_count) < 4, "{row:?}");
    assert_eq!(world.sqlite("SELECT COUNT(*) FROM transcripts"), "1");
}

#[tokio::test]
async fn a_cancelled_job_stops_at_once_and_writes_nothing_more() {
    let world = World::new().await;
    let worker = world.worker(None, &[("MERIDIAN_TEST_LEASE_MS", "1500")]);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(None).await;
    world.send(recording, 0, &bytes[..bytes.len() / 2]).await;
    world.until(recording.update, |r| r.generation_id.is_some()).await;
    assert!(!worker.children().is_empty());
    let tx = world.store.write().await.unwrap();
    assert_eq!(jobs::cancel_for_update(&tx, recording.update).await.unwrap(), 1);
    tx.commit().await.unwrap();
    // Its child goes with it.
    while !worker.children().is_empty() {
        a_moment().await;
    }
    let row = world.row(recording.update).await;
    assert_eq!(row.status, UpdateStatus::Uploading);
    // The worker takes the next job all the same, and this one's too when more comes.
    world.send(recording, bytes.len() / 2, &bytes[bytes.len() / 2..]).await;
    world.end(recording, bytes.len()).await;
    world.until_status(recording.update, UpdateStatus::Ready).await;
}
