//! Real worker processes on real files: every update ends ready or failed in words, whatever dies on the way.
#![expect(clippy::unwrap_used, reason = "tests")]

mod files;
mod later;
mod live;
mod support;

use std::process::Command;
use std::time::Duration;

use meridian_domain::enums::{EventKind, TranscriptStatus, UpdateKind, UpdateStatus};
use meridian_store::repo::{events, processing};
use support::{World, fixture, tiny_model};

#[tokio::test]
async fn a_file_becomes_playable_and_ready_with_its_text() {
    let world = World::new().await;
    let model = tiny_model();
    let _worker = world.worker(model.as_deref(), &[]);
    let recording = world.upload(&fixture("spoken-update.webm")).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert_eq!(row.kind, UpdateKind::Video);
    assert!(row.duration_ms.unwrap() > 5_000, "{row:?}");
    assert!(row.generation_id.is_some());
    let told: Vec<EventKind> =
        events::after(world.store.reader(), 0, 10_000).await.unwrap().into_iter().map(|e| e.kind).collect();
    let place = |kind| told.iter().position(|k| *k == kind);
    assert!(place(EventKind::UpdatePlayable).unwrap() < place(EventKind::UpdateReady).unwrap(), "{told:?}");
    if model.is_none() {
        eprintln!("skipped the text: tiny.en is not installed");
        assert_eq!(row.transcript_status, TranscriptStatus::Unavailable);
        return;
    }
    assert_eq!(row.transcript_status, TranscriptStatus::Ready, "{}", world.log());
    assert!(row.word_count > 10, "{row:?}");
    assert!(!row.title.is_empty(), "the first sentence is the title");
    assert!(place(EventKind::TranscriptSegment).unwrap() < place(EventKind::UpdateReady).unwrap());
}

/// Integrated loudness of what is published, by another program.
fn loudness_lufs(file: &std::path::Path) -> f64 {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostats", "-hide_banner", "-i"]).arg(file);
    command.args(["-af", "ebur128", "-vn", "-f", "null", "-"]);
    let text = String::from_utf8_lossy(&command.output().unwrap().stderr).into_owned();
    let line = text.lines().rev().find(|l| l.trim_start().starts_with("I:")).unwrap();
    line.trim_start().trim_start_matches("I:").trim_end_matches("LUFS").trim().parse().unwrap()
}

#[tokio::test]
async fn what_is_ready_is_as_loud_as_everything_else() {
    let world = World::new().await;
    let _worker = world.worker(None, &[]);
    let recording = world.upload(&fixture("spoken-update.webm")).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    let parts = processing::audio_parts(world.store.reader(), row.generation_id.unwrap()).await.unwrap();
    let mut whole = Vec::new();
    for part in parts {
        let key = meridian_blobs::Key::parse(&part.object_key).unwrap();
        whole.extend(world.blobs.read_all(&key, 1 << 30).await.unwrap());
    }
    let published = world.folder.path().join("published.mp4");
    std::fs::write(&published, whole).unwrap();
    let source =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/media/spoken-update.webm");
    assert!((loudness_lufs(&source) + 16.0).abs() > 1.0, "the source is as loud already: this shows nothing");
    let lufs = loudness_lufs(&published);
    assert!((lufs + 16.0).abs() <= 1.0, "{lufs} LUFS; {}", world.log());
    // The poster and its like came along.
    let beside = processing::artefacts_of(world.store.reader(), row.generation_id.unwrap()).await.unwrap();
    assert!(beside.iter().any(|a| a.name == "poster.jpg"), "{beside:?}");
}

#[tokio::test]
async fn a_transcript_is_made_up_once_a_model_is_there() {
    let Some(model) = tiny_model() else {
        return eprintln!("skipped: tiny.en is not installed");
    };
    let world = World::new().await;
    // Recognition tells the kind of a model by its name.
    let place = world.folder.path().join("ggml-tiny.en-q8_0.bin");
    let _worker = world.worker(Some(&place), &[]);
    let recording = world.upload(&fixture("spoken-update.webm")).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert_eq!(row.transcript_status, TranscriptStatus::Unavailable);
    std::os::unix::fs::symlink(model, &place).unwrap();
    let made_up =
        |r: &meridian_store::repo::updates::RowUpdate| r.transcript_status == TranscriptStatus::Ready;
    let row = world.until(recording.update, made_up).await;
    assert_eq!(row.status, UpdateStatus::Ready);
    assert!(row.word_count > 10);
}

#[tokio::test]
async fn a_live_recording_plays_before_its_last_byte() {
    let world = World::new().await;
    let _worker = world.worker(None, &[]);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(None).await;
    let most = bytes.len() * 9 / 10;
    for (n, piece) in bytes[..most].chunks(16 * 1024).enumerate() {
        world.send(recording, n * 16 * 1024, piece).await;
    }
    let row = world.until(recording.update, |r| r.generation_id.is_some()).await;
    assert_eq!(row.status, UpdateStatus::Uploading);
    assert!(row.live);
    world.send(recording, most, &bytes[most..]).await;
    world.end(recording, bytes.len()).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert!(!row.live && row.warnings.is_empty(), "{row:?}");
}

#[tokio::test]
async fn an_mp4_with_its_index_at_the_end_waits_for_the_last_byte() {
    let world = World::new().await;
    let _worker = world.worker(None, &[]);
    let bytes = fixture("moov-at-end.mp4");
    let recording = world.recording(Some(bytes.len())).await;
    let half = bytes.len() / 2;
    world.send(recording, 0, &bytes[..half]).await;
    let key = format!("process:{}", recording.update);
    loop {
        let found = meridian_store::repo::jobs::open_with_key(world.store.reader(), &key).await.unwrap();
        match found.as_ref().map(|(state, _)| state.as_str()) {
            Some("parked") => break,
            Some("queued" | "running") => tokio::time::sleep(Duration::from_millis(50)).await,
            other => panic!("{other:?}: {}", world.log()),
        }
    }
    world.send(recording, half, &bytes[half..]).await;
    world.until_status(recording.update, UpdateStatus::Ready).await;
}

#[tokio::test]
async fn a_recorder_that_falls_silent_leaves_what_came_and_may_come_back() {
    let world = World::new().await;
    let _worker = world.worker(None, &[("MERIDIAN_TEST_STALL_MS", "1500")]);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(None).await;
    let half = bytes.len() / 2;
    world.send(recording, 0, &bytes[..half]).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert!(row.warnings.iter().any(|w| w.code == "ended_early"), "{row:?}");
    let (first_ms, first) = (row.duration_ms.unwrap(), row.generation_id.unwrap());
    world.send(recording, half, &bytes[half..]).await;
    assert_eq!(world.row(recording.update).await.status, UpdateStatus::Uploading);
    world.end(recording, bytes.len()).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert!(row.warnings.is_empty(), "{row:?}");
    assert!(row.duration_ms.unwrap() > first_ms);
    assert_ne!(row.generation_id.unwrap(), first);
}

#[tokio::test]
async fn what_is_no_media_fails_in_words_and_harms_no_other_job() {
    let world = World::new().await;
    let _worker = world.worker(None, &[]);
    let mut broken = fixture("moov-in-front.mp4");
    broken[40..90_000].fill(0x5a);
    let bad = world.upload(&broken).await;
    let good = world.upload(&fixture("voice.webm")).await;
    let row = world.until(bad.update, |r| r.status == UpdateStatus::Failed).await;
    assert!(row.failure_code.is_some_and(|code| !code.is_empty()));
    assert!(row.failure_detail.is_some_and(|detail| detail.len() > 10));
    let row = world.until_status(good.update, UpdateStatus::Ready).await;
    assert_eq!(row.kind, UpdateKind::Voice, "the kind follows the bytes");
}

#[tokio::test]
async fn a_little_longer_than_the_limit_is_kept_and_much_longer_refused() {
    let world = World::new().await;
    // A recorder that stops at the limit sends a little more; the team allows 10 s, a round's check-in 1 s.
    world.sqlite("UPDATE teams SET max_duration_ms = 10000");
    world.sqlite(
        "INSERT INTO check_ins (id, workspace_id, team_id, audience_id, name, prompts, schedule, made_on, open_for_minutes, \
         remind_before, max_duration_ms, created_by, created_at, version, floor_at, checked_at, next_at) SELECT t.id, \
         t.workspace_id, t.id, t.audience_id, 'Brief', '[]', '{}', '2026-11-02', 60, '[]', 1000, u.id, 0, 1, 0, 0, 0 \
         FROM teams t, users u",
    );
    world.sqlite(
        "INSERT INTO rounds (id, check_in_id, workspace_id, team_id, audience_id, held_on, state, name, prompts, opened_at, \
         closes_at) SELECT id, id, workspace_id, id, audience_id, '2026-11-02', 'open', 'Brief', '[]', 0, 0 FROM teams",
    );
    let kept = world.upload(&fixture("spoken-update.webm")).await;
    let answer = world.upload(&fixture("spoken-update.webm")).await;
    world.sqlite(&format!(
        "UPDATE updates SET round_id = (SELECT id FROM rounds) WHERE id = x'{}'",
        answer.update.0.simple()
    ));
    let _worker = world.worker(None, &[]);
    let row = world.until_status(kept.update, UpdateStatus::Ready).await;
    assert!(row.duration_ms.is_some_and(|ms| ms > 10_000), "{row:?}");
    let row = world.until(answer.update, |row| row.status == UpdateStatus::Failed).await;
    assert_eq!(row.failure_code.as_deref(), Some("too_long"));
}

#[tokio::test]
async fn a_killed_media_child_is_one_spent_attempt() {
    let world = World::new().await;
    let worker = world.worker(None, &[]);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(None).await;
    world.send(recording, 0, &bytes[..bytes.len() / 2]).await;
    // It waits for more: the fault hits work in flight.
    world.until(recording.update, |r| r.generation_id.is_some()).await;
    let children = worker.children();
    assert!(!children.is_empty(), "{}", world.log());
    for child in children {
        assert!(Command::new("kill").args(["-9", &child.to_string()]).status().unwrap().success());
    }
    world.send(recording, bytes.len() / 2, &bytes[bytes.len() / 2..]).await;
    world.end(recording, bytes.len()).await;
    world.until_status(recording.update, UpdateStatus::Ready).await;
    assert!(world.log().contains("signal: 9"), "{}", world.log());
}

#[tokio::test]
async fn a_killed_worker_is_replaced_by_another() {
    let world = World::new().await;
    let short = [("MERIDIAN_TEST_LEASE_MS", "2000")];
    let worker = world.worker(None, &short);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(None).await;
    world.send(recording, 0, &bytes[..bytes.len() / 2]).await;
    let first = world.until(recording.update, |r| r.generation_id.is_some()).await.generation_id;
    worker.signal("KILL");
    drop(worker);
    world.send(recording, bytes.len() / 2, &bytes[bytes.len() / 2..]).await;
    world.end(recording, bytes.len()).await;
    let _other = world.worker(None, &short);
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert_ne!(row.generation_id, first, "a new attempt made its own media");
}

#[tokio::test]
async fn a_worker_that_slept_past_its_lease_writes_nothing() {
    let world = World::new().await;
    let short = [("MERIDIAN_TEST_LEASE_MS", "2000")];
    let sleeper = world.worker(None, &short);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(None).await;
    world.send(recording, 0, &bytes[..bytes.len() / 2]).await;
    world.until(recording.update, |r| r.generation_id.is_some()).await;
    // SQLite has one writer: one that sleeps in the middle of a write would keep everybody from writing.
    // While the test itself holds that place, the worker cannot.
    let place = world.store.write().await.unwrap();
    sleeper.stop().await;
    place.rollback().await.unwrap();
    world.send(recording, bytes.len() / 2, &bytes[bytes.len() / 2..]).await;
    world.end(recording, bytes.len()).await;
    let _other = world.worker(None, &short);
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    let told = events::newest(world.store.reader()).await.unwrap();
    sleeper.signal("CONT");
    // It notices by itself that the job is gone, and says so.
    while !world.log().contains("the lease is lost") {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let after = world.row(recording.update).await;
    assert_eq!((after.generation_id, after.status), (row.generation_id, UpdateStatus::Ready));
    assert_eq!(events::newest(world.store.reader()).await.unwrap(), told, "the zombie told nobody anything");
}

#[tokio::test]
async fn sigterm_hands_the_job_back_without_spending_an_attempt() {
    let world = World::new().await;
    let worker = world.worker(None, &[]);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(None).await;
    world.send(recording, 0, &bytes[..bytes.len() / 2]).await;
    world.until(recording.update, |r| r.generation_id.is_some()).await;
    worker.signal("TERM");
    assert!(worker.wait().success());
    let key = format!("process:{}", recording.update);
    let found = meridian_store::repo::jobs::open_with_key(world.store.reader(), &key).await.unwrap();
    assert_eq!(found.map(|(state, _)| state).as_deref(), Some("queued"), "{}", world.log());
    let _other = world.worker(None, &[]);
    world.send(recording, bytes.len() / 2, &bytes[bytes.len() / 2..]).await;
    world.end(recording, bytes.len()).await;
    world.until_status(recording.update, UpdateStatus::Ready).await;
}
