//! Recordings that are processed while they arrive.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use meridian_domain::enums::{TranscriptStatus, UpdateStatus};
use meridian_store::repo::media;

use crate::support::{Recording, World, fixture, tiny_model};

/// What one PATCH of a recorder may bring.
const PIECE: usize = 16 * 1024;

async fn send(world: &World, to: Recording, bytes: &[u8], from: usize, until: usize) {
    for (n, piece) in bytes[from..until].chunks(PIECE).enumerate() {
        world.send(to, from + n * PIECE, piece).await;
    }
}

/// The spoken fixture three times in a row, as a browser records it.
fn long_talk(world: &World) -> Vec<u8> {
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/media/spoken-update.webm");
    let path = world.folder.path().join("talk.webm");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-stream_loop", "2", "-i"])
        .arg(clip)
        .args(["-vn", "-c:a", "libopus", "-cluster_time_limit", "1000", "-f", "webm"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(&path).unwrap()
}

#[tokio::test]
async fn a_recording_that_waits_for_bytes_keeps_no_file_from_its_slot() {
    let world = World::new().await;
    let _worker = world.worker(None, &[("MERIDIAN_WORKER_SLOTS", "1")]);
    let bytes = fixture("spoken-update.webm");
    let mut open = Vec::new();
    for _ in 0..3 {
        let recording = world.recording(None).await;
        send(&world, recording, &bytes, 0, bytes.len() / 2).await;
        world.until(recording.update, |r| r.generation_id.is_some()).await;
        open.push(recording);
    }
    let file = world.upload(&fixture("voice.webm")).await;
    world.until_status(file.update, UpdateStatus::Ready).await;
    for recording in open {
        let row = world.row(recording.update).await;
        assert!(row.live && row.status == UpdateStatus::Uploading, "{row:?}");
        send(&world, recording, &bytes, bytes.len() / 2, bytes.len()).await;
        world.end(recording, bytes.len()).await;
        world.until_status(recording.update, UpdateStatus::Ready).await;
    }
}

#[tokio::test]
async fn text_appears_while_somebody_still_speaks() {
    let Some(model) = tiny_model() else {
        return eprintln!("skipped: tiny.en is not installed");
    };
    let world = World::new().await;
    let _worker = world.worker(Some(&model), &[]);
    let bytes = long_talk(&world);
    let recording = world.recording(None).await;
    let most = bytes.len() * 9 / 10;
    send(&world, recording, &bytes, 0, most).await;
    let row = world.until(recording.update, |r| r.word_count > 5).await;
    assert!(row.live && row.status == UpdateStatus::Uploading, "{row:?}");
    assert_eq!(row.transcript_status, TranscriptStatus::Running);
    let text = async || {
        let cues = media::cues(world.store.reader(), recording.update).await.unwrap();
        cues.into_iter().map(|cue| cue.text).collect::<Vec<_>>()
    };
    let early = text().await;
    send(&world, recording, &bytes, most, bytes.len()).await;
    world.end(recording, bytes.len()).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert_eq!(row.transcript_status, TranscriptStatus::Ready);
    let whole = text().await;
    assert!(whole.len() > early.len() && whole.starts_with(&early), "{early:?} then {whole:?}");
    assert_eq!(whole.join(" ").matches("database").count(), 3, "{whole:?}");
}

/// The spoken fixture three times, with a breath of 1.5 s after each, as clusters of a second.
fn with_breaths(world: &World) -> Vec<u8> {
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/media/spoken-update.webm");
    let path = world.folder.path().join("breaths.webm");
    let thrice = "[0:a]apad=pad_dur=1.5,asplit=3[a][b][c];[a][b][c]concat=n=3:v=0:a=1";
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(clip)
        .args(["-filter_complex", thrice, "-c:a", "libopus", "-cluster_time_limit", "1000", "-f", "webm"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(&path).unwrap()
}

/// Where the cluster begins that begins the given second.
fn second(bytes: &[u8], second: usize) -> usize {
    let mut clusters =
        bytes.windows(4).enumerate().filter(|(_, id)| id == b"\x1f\x43\xb6\x75").map(|(at, _)| at);
    clusters.nth(second).unwrap()
}

/// What the workers listened to, in order: where it starts, and how long it is, in milliseconds.
fn listened(world: &World) -> Vec<(i64, i64)> {
    let number = |line: &str, name: &str| -> Option<i64> {
        let digits = line.split(name).nth(1)?.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    };
    let log = world.log();
    let windows = log.lines().filter(|line| line.contains("listening to a window"));
    windows.map(|line| number(line, "start_ms=").zip(number(line, "audio_ms=")).unwrap()).collect()
}

/// Text comes after a breath, while nothing more arrives; at the end there is nothing to do but for the tail.
#[tokio::test]
async fn text_follows_each_breath_and_only_the_tail_is_left_at_the_end() {
    let Some(model) = tiny_model() else {
        return eprintln!("skipped: tiny.en is not installed");
    };
    let world = World::new().await;
    let told = [("MERIDIAN_LOG", "info,meridian_worker=debug,sqlx=warn,sea_orm=warn"), ("NO_COLOR", "1")];
    let _worker = world.worker(Some(&model), &told);
    let bytes = with_breaths(&world);
    let recording = world.recording(None).await;
    let mut sent = 0;
    // The clip lasts 14.3 s, each round 15.8 s: 1.2 s into the next one its last word must be there.
    for (round, until_s) in [(1, 17), (2, 33)] {
        let until = second(&bytes, until_s);
        send(&world, recording, &bytes, sent, until).await;
        sent = until;
        let row = world.row(recording.update).await;
        assert!(row.live && row.status == UpdateStatus::Uploading, "{row:?}");
        let started = std::time::Instant::now();
        loop {
            let cues = media::cues(world.store.reader(), recording.update).await.unwrap();
            let text: String = cues.into_iter().map(|cue| cue.text.to_lowercase()).collect();
            if text.matches("lunch").count() == round {
                break;
            }
            assert!(started.elapsed() < Duration::from_mins(2), "{text}; {}", world.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let before = listened(&world);
    send(&world, recording, &bytes, sent, bytes.len()).await;
    world.end(recording, bytes.len()).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert_eq!(row.transcript_status, TranscriptStatus::Ready);
    let all = listened(&world);
    let (early, tail) = all.split_at(before.len());
    assert_eq!(early, before);
    assert!(early.len() >= 2 && !tail.is_empty(), "{all:?}");
    assert!(tail.iter().all(|(start, _)| *start >= 31_000), "what was heard was heard again: {all:?}");
    // Cut windows cost less: none is filled up to 30 s.
    assert!(all.iter().all(|(_, audio)| *audio <= 15_000), "{all:?}");
}

#[tokio::test]
async fn a_worker_that_dies_while_somebody_records_is_followed_by_one_that_starts_from_the_log() {
    let world = World::new().await;
    let short = [("MERIDIAN_TEST_LEASE_MS", "2000")];
    // Without a model only the text is left out.
    let model = tiny_model();
    let worker = world.worker(model.as_deref(), &short);
    let bytes = fixture("spoken-update.webm");
    let recording = world.recording(None).await;
    let (third, two_thirds) = (bytes.len() / 3, bytes.len() * 2 / 3);
    send(&world, recording, &bytes, 0, third).await;
    let first = world.until(recording.update, |r| r.generation_id.is_some()).await.generation_id;
    worker.signal("KILL");
    drop(worker);
    // Nobody works, the recorder does not notice.
    send(&world, recording, &bytes, third, two_thirds).await;
    let _other = world.worker(model.as_deref(), &short);
    let row = world.until(recording.update, |r| r.generation_id != first).await;
    assert!(row.live && row.status == UpdateStatus::Uploading, "{row:?}");
    let segments = async || {
        let row = world.row(recording.update).await;
        let all = media::renditions(world.store.reader(), row.generation_id.unwrap()).await.unwrap();
        media::segments(world.store.reader(), all[0].id).await.unwrap()
    };
    // From the start of the log, and on beyond what the first one had seen.
    while segments().await.len() < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(segments().await[0].start_us, 0);
    send(&world, recording, &bytes, two_thirds, bytes.len()).await;
    world.end(recording, bytes.len()).await;
    let row = world.until_status(recording.update, UpdateStatus::Ready).await;
    assert!(row.warnings.is_empty() && row.duration_ms.unwrap() > 5_000, "{row:?}");
    if model.is_some() {
        let cues = media::cues(world.store.reader(), recording.update).await.unwrap();
        let text: String = cues.into_iter().map(|cue| cue.text.to_lowercase()).collect();
        for word in ["morning", "database", "lunch"] {
            assert_eq!(text.matches(word).count(), 1, "{word} in {text}");
        }
    }
}
