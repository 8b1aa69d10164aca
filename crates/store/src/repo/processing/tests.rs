//! Status words, generations and fences, from the first chunk to `ready`.

use meridian_domain::clock::Clock;
use meridian_domain::enums::{EventKind, TranscriptStatus, UpdateKind};
use meridian_domain::ids::UpdateId;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::repo::jobs::{self, Claimed, Lease, Sources, execute};
use crate::repo::{events, scalar_i64};
use crate::{Store, StoreError, StoreOptions, Tx};

struct Fixture {
    _folder: tempfile::TempDir,
    store: Store,
    update: UpdateId,
}

/// Runs one write in its own transaction.
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

async fn run(tx: &Tx, sql: &str, values: Vec<sea_orm::Value>) {
    execute(tx, sql, values).await.unwrap();
}

/// A workspace with one person, one team and one draft whose deferred upload is open and empty.
async fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let url = meridian_testbed::database(folder.path());
    let store = Store::open(&StoreOptions { url, max_readers: 1 }, Clock::system()).await.unwrap();
    store.migrate().await.unwrap();
    let [user, workspace, team, audience, update, upload] = [0_u8; 6].map(|_| Uuid::now_v7());
    let tx = store.write().await.unwrap();
    run(
        &tx,
        "INSERT INTO users VALUES (?, 'a@b.c', 'A', NULL, 'UTC', '[]', '', '', '', 'en', FALSE, NULL, 0, 1)",
        vec![user.into()],
    )
    .await;
    run(
        &tx,
        "INSERT INTO workspaces (id, name, used_bytes, created_at, version) VALUES (?, 'W', 0, 0, 1)",
        vec![workspace.into()],
    )
    .await;
    run(
        &tx,
        "INSERT INTO teams VALUES (?, ?, ?, 'T', 'open', NULL, '[\"Meridian\"]', '{}', ?, 0, 1, NULL)",
        vec![team.into(), workspace.into(), audience.into(), user.into()],
    )
    .await;
    run(
        &tx,
        "INSERT INTO audiences VALUES (?, ?, 'team', ?)",
        vec![audience.into(), workspace.into(), team.into()],
    )
    .await;
    run(
        &tx,
        "INSERT INTO updates (id, workspace_id, team_id, audience_id, author_id, title, kind, body, links, status, \
         live, publish_state, priority, phase, percent, warnings, chapters, silence_map, transcript_status, \
         word_count, comment_count, created_at, changed_at, version) VALUES (?, ?, ?, ?, ?, '', 'video', '', '[]', \
         'awaiting_upload', FALSE, 'draft', 'normal', '', 0, '[]', '[]', '[]', 'pending', 0, 0, 0, 0, 1)",
        vec![update.into(), workspace.into(), team.into(), audience.into(), user.into()],
    )
    .await;
    run(
        &tx,
        "INSERT INTO uploads (id, update_id, user_id, workspace_id, offset_bytes, metadata, filename, filetype, \
         state, sniffed, expires_at, created_at) VALUES (?, ?, ?, ?, 0, '{}', '', '', 'open', TRUE, 0, 0)",
        vec![upload.into(), update.into(), user.into(), workspace.into()],
    )
    .await;
    run(&tx, "UPDATE updates SET upload_id = ? WHERE id = ?", vec![upload.into(), update.into()]).await;
    tx.commit().await.unwrap();
    Fixture { _folder: folder, store, update: update.into() }
}

impl Fixture {
    /// What a PATCH does: one chunk, perhaps the last.
    async fn patch(&self, bytes: i64, last: bool) {
        let tx = self.store.write().await.unwrap();
        if bytes > 0 {
            let sql = "INSERT INTO upload_chunks SELECT id, offset_bytes, ?, 'uploads/x/1' FROM uploads";
            run(&tx, sql, vec![bytes.into()]).await;
        }
        let sql = "UPDATE uploads SET offset_bytes = offset_bytes + ?, state = ?, \
            length_bytes = CASE ? WHEN 'complete' THEN offset_bytes + ? END";
        let state = if last { "complete" } else { "open" };
        run(&tx, sql, vec![bytes.into(), state.into(), state.into(), bytes.into()]).await;
        upload_moved(&tx, self.update).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn claim(&self, owner: &str, lease_ms: i64) -> Option<Claimed> {
        let kinds = ["process_update", "transcribe_update"];
        write!(self.store, tx => jobs::claim(&tx, &kinds, Sources::Any, owner, lease_ms)).unwrap()
    }

    async fn status(&self) -> String {
        let facts = status::Facts::read(self.store.reader(), self.update).await.unwrap().unwrap();
        facts.update.status
    }

    async fn events(&self) -> Vec<EventKind> {
        let all = events::after(self.store.reader(), 0, 1000).await.unwrap();
        assert!(
            all.iter().all(|e| e.user_id.is_some() && e.audience_id.is_none()),
            "a draft is its author's"
        );
        all.into_iter().map(|e| e.kind).collect()
    }

    async fn rendition(
        &self,
        lease: &Lease,
        generation: meridian_domain::ids::GenerationId,
        name: &str,
        kind: &'static str,
    ) -> meridian_domain::ids::RenditionId {
        let new = NewRendition {
            name: name.to_owned(),
            kind,
            codecs: "avc1.640028".to_owned(),
            width: None,
            height: None,
            bandwidth_bps: 1,
            target_duration_s: 3,
        };
        let init = NewInit { init: 0, object_key: format!("{name}/init"), size_bytes: 10 };
        write!(self.store, tx => put_rendition(&tx, lease, self.update, generation, &new, &init)).unwrap()
    }

    async fn segment(
        &self,
        lease: &Lease,
        generation: meridian_domain::ids::GenerationId,
        rendition_id: meridian_domain::ids::RenditionId,
        seq: i64,
    ) -> Result<Appended, StoreError> {
        let new = NewSegment {
            rendition_id,
            seq,
            init: 0,
            start_us: seq * 2_000_000,
            duration_us: 2_000_000,
            size_bytes: 1000,
            object_key: format!("{seq}"),
            discontinuity: false,
        };
        let kind = Some(UpdateKind::Video);
        write!(self.store, tx => append_segment(&tx, lease, self.update, generation, &new, kind))
    }

    async fn finish(&self, lease: &Lease, generation: meridian_domain::ids::GenerationId, source_bytes: i64) {
        let end = MediaEnd {
            duration_ms: 2000,
            silence_map: vec![[0, 500]],
            warnings: vec![],
            facts: json!({ "has_audio": true }),
            source_bytes,
        };
        write!(self.store, tx => finish_media(&tx, lease, self.update, generation, &end)).unwrap();
    }
}

#[tokio::test]
async fn a_live_recording_goes_from_its_first_chunk_to_ready() {
    let f = fixture().await;
    f.patch(100, false).await;
    assert_eq!(f.status().await, "uploading");
    let lease = f.claim("a", 30_000).await.unwrap().lease;
    let generation = write!(f.store, tx => begin_generation(&tx, &lease, f.update)).unwrap();
    let high = f.rendition(&lease, generation, "720p", "video").await;
    let low = f.rendition(&lease, generation, "360p", "video").await;
    assert_eq!(f.segment(&lease, generation, high, 0).await.unwrap(), Appended::Building);
    assert_eq!(f.segment(&lease, generation, low, 0).await.unwrap(), Appended::Current);
    assert_eq!(f.status().await, "uploading");
    f.patch(50, true).await;
    assert_eq!(f.status().await, "playable", "what plays already is playable at once");
    f.finish(&lease, generation, 150).await;
    assert_eq!(f.status().await, "playable");
    write!(f.store, tx => settle_transcript(&tx, &lease, f.update, TranscriptStatus::NoSpeech)).unwrap();
    assert_eq!(f.status().await, "ready");
    write!(f.store, tx => finish_job(&tx, &lease, f.update)).unwrap();
    assert!(f.claim("a", 30_000).await.is_none());
    let bits = scalar_i64(f.store.reader(), "SELECT MIN(bandwidth_bps) FROM renditions").await.unwrap();
    assert_eq!(bits, 4000);
    let kinds = f.events().await;
    let told: Vec<_> = kinds.into_iter().filter(|k| *k != EventKind::UpdateChanged).collect();
    let playable = EventKind::UpdatePlayable;
    assert_eq!(told, [EventKind::UpdateUploading, playable, playable, EventKind::UpdateReady]);
}

#[tokio::test]
async fn a_zombie_appends_nothing_and_the_new_attempt_replaces_its_media() {
    let f = fixture().await;
    f.patch(100, true).await;
    assert_eq!(f.status().await, "processing");
    let zombie = f.claim("a", -1).await.unwrap().lease;
    let old = write!(f.store, tx => begin_generation(&tx, &zombie, f.update)).unwrap();
    let rendition = f.rendition(&zombie, old, "source", "video").await;
    f.segment(&zombie, old, rendition, 0).await.unwrap();
    write!(f.store, tx => jobs::sweep_expired(&tx)).unwrap();
    let lease = f.claim("b", 30_000).await.unwrap().lease;
    let new = write!(f.store, tx => begin_generation(&tx, &lease, f.update)).unwrap();
    let late = f.segment(&zombie, old, rendition, 1).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
    let late = write!(f.store, tx => begin_generation(&tx, &zombie, f.update));
    assert!(late.is_err());
    let seen = view(f.store.reader(), f.update).await.unwrap().unwrap().current.unwrap();
    assert_eq!(seen.generation_id, old, "the old media plays until the new one does");
    let again = f.rendition(&lease, new, "source", "video").await;
    assert_eq!(f.segment(&lease, new, again, 0).await.unwrap(), Appended::Current);
    let seen = view(f.store.reader(), f.update).await.unwrap().unwrap().current.unwrap();
    assert_eq!(seen.generation_id, new);
    let frozen = "SELECT COUNT(*) FROM media_generations WHERE state = 'frozen' AND frozen_at IS NOT NULL";
    assert_eq!(scalar_i64(f.store.reader(), frozen).await.unwrap(), 1);
    let stale = stale_generations(f.store.reader(), i64::MAX).await.unwrap();
    assert_eq!(stale, [StaleGeneration { update_id: f.update, generation_id: old }]);
    assert!(!write!(f.store, tx => drop_generation(&tx, new)).unwrap(), "what plays is not dropped");
    assert!(write!(f.store, tx => drop_generation(&tx, old)).unwrap());
}

#[tokio::test]
async fn a_stalled_upload_that_goes_on_is_processed_anew() {
    let f = fixture().await;
    f.patch(100, false).await;
    let lease = f.claim("a", 30_000).await.unwrap().lease;
    let generation = write!(f.store, tx => begin_generation(&tx, &lease, f.update)).unwrap();
    assert!(!write!(f.store, tx => ended_early(&tx, &lease, f.update, 99)).unwrap(), "more came meanwhile");
    assert!(write!(f.store, tx => ended_early(&tx, &lease, f.update, 100)).unwrap());
    let rendition = f.rendition(&lease, generation, "source", "video").await;
    f.segment(&lease, generation, rendition, 0).await.unwrap();
    f.finish(&lease, generation, 100).await;
    // The recorder comes back while the transcript is still made.
    f.patch(50, false).await;
    assert_eq!(f.status().await, "uploading");
    write!(f.store, tx => settle_transcript(&tx, &lease, f.update, TranscriptStatus::NoSpeech)).unwrap();
    write!(f.store, tx => finish_job(&tx, &lease, f.update)).unwrap();
    assert_eq!(f.status().await, "uploading", "the new bytes are not processed yet");
    f.patch(0, true).await;
    assert_eq!(f.status().await, "playable");
    assert_eq!(f.claim("a", 30_000).await.unwrap().lease.attempt, 1, "a new job");
}

#[tokio::test]
async fn the_last_attempt_fails_the_update_in_words_and_a_retry_takes_it_up() {
    let f = fixture().await;
    f.patch(100, true).await;
    assert_eq!(write!(f.store, tx => retry(&tx, f.update)).unwrap(), Retry::NotFailed);
    for _ in 0..3 {
        f.claim("a", -1).await.unwrap();
        write!(f.store, tx => jobs::sweep_expired(&tx)).unwrap();
    }
    assert_eq!(f.status().await, "failed");
    let facts = status::Facts::read(f.store.reader(), f.update).await.unwrap().unwrap();
    assert_eq!(facts.update.failure_code.as_deref(), Some("processing_failed"));
    assert_eq!(f.events().await.last(), Some(&EventKind::UpdateFailed));
    assert_eq!(write!(f.store, tx => retry(&tx, f.update)).unwrap(), Retry::Queued);
    assert_eq!(f.status().await, "processing");
    let lease = f.claim("a", 30_000).await.unwrap().lease;
    let detail = "This is a PDF document.";
    write!(f.store, tx => media_failed(&tx, &lease, f.update, "unsupported_media", detail)).unwrap();
    assert_eq!(f.status().await, "failed");
    assert!(f.claim("a", 30_000).await.is_none(), "the same bytes are not tried again");
}

#[tokio::test]
async fn a_parked_job_wakes_with_the_last_byte_and_a_removed_upload_calls_it_off() {
    let f = fixture().await;
    f.patch(100, false).await;
    let lease = f.claim("a", 30_000).await.unwrap().lease;
    write!(f.store, tx => jobs::park(&tx, &lease, jobs::PARKED_FOR_WHOLE_FILE)).unwrap();
    f.patch(100, false).await;
    assert!(f.claim("a", 30_000).await.is_none(), "not before the last byte");
    f.patch(100, true).await;
    let lease = f.claim("a", 30_000).await.unwrap().lease;
    let tx = f.store.write().await.unwrap();
    run(&tx, "UPDATE uploads SET state = 'terminated'", vec![]).await;
    upload_removed(&tx, f.update).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(f.status().await, "awaiting_upload");
    assert!(write!(f.store, tx => jobs::fence(&tx, &lease)).is_err());
}

#[tokio::test]
async fn media_at_another_loudness_replaces_what_is_whole_before_it_is_ready() {
    let f = fixture().await;
    f.patch(100, true).await;
    let lease = f.claim("a", 30_000).await.unwrap().lease;
    let old = write!(f.store, tx => begin_generation(&tx, &lease, f.update)).unwrap();
    let rendition = f.rendition(&lease, old, "720p", "video").await;
    f.segment(&lease, old, rendition, 0).await.unwrap();
    let end = MediaEnd {
        duration_ms: 2000,
        silence_map: vec![],
        warnings: vec![],
        facts: json!({ "has_audio": true, WANTED_GAIN: 5.0 }),
        source_bytes: 100,
    };
    write!(f.store, tx => finish_media(&tx, &lease, f.update, old, &end)).unwrap();
    let current = view(f.store.reader(), f.update).await.unwrap().unwrap().current.unwrap();
    assert_eq!(current.wanted_gain_db, Some(5.0));
    write!(f.store, tx => settle_transcript(&tx, &lease, f.update, TranscriptStatus::NoSpeech)).unwrap();
    assert_eq!(f.status().await, "playable", "ready waits for the loudness");
    let new = write!(f.store, tx => begin_replacement(&tx, &lease, f.update)).unwrap();
    let again = f.rendition(&lease, new, "720p", "video").await;
    let segment = NewSegment {
        rendition_id: again,
        seq: 0,
        init: 0,
        start_us: 0,
        duration_us: 2_000_000,
        size_bytes: 1,
        object_key: "x".to_owned(),
        discontinuity: false,
    };
    let appended = write!(f.store, tx => append_segment(&tx, &lease, f.update, new, &segment, None)).unwrap();
    assert_eq!(appended, Appended::Building, "half a replacement is not shown");
    write!(f.store, tx => replace(&tx, &lease, f.update, old, new, &[])).unwrap();
    let current = view(f.store.reader(), f.update).await.unwrap().unwrap().current.unwrap();
    assert_eq!((current.generation_id, current.wanted_gain_db, current.covers_source), (new, None, true));
    assert_eq!(f.status().await, "ready");
}

#[tokio::test]
async fn who_dies_while_the_loudness_is_changed_leaves_what_is_whole_as_ready() {
    let f = fixture().await;
    f.patch(100, true).await;
    let lease = f.claim("a", 30_000).await.unwrap().lease;
    let generation = write!(f.store, tx => begin_generation(&tx, &lease, f.update)).unwrap();
    let rendition = f.rendition(&lease, generation, "audio", "audio").await;
    f.segment(&lease, generation, rendition, 0).await.unwrap();
    let end = MediaEnd {
        duration_ms: 2000,
        silence_map: vec![],
        warnings: vec![],
        facts: json!({ "has_audio": true, WANTED_GAIN: 5.0 }),
        source_bytes: 100,
    };
    write!(f.store, tx => finish_media(&tx, &lease, f.update, generation, &end)).unwrap();
    // The worker is killed there, each time.
    write!(f.store, tx => jobs::fail(&tx, &lease, "killed")).unwrap();
    assert_eq!(f.status().await, "ready");
}
