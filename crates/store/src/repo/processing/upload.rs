//! What the upload endpoints tell: bytes came, the last byte came, the upload was taken back or refused.

use meridian_domain::enums::EventKind;
use meridian_domain::ids::UpdateId;

use super::status::{Facts, refresh};
use crate::repo::jobs::{self, NewJob, PARKED_FOR_BYTES, Payload, execute};
use crate::repo::updates::emit;
use crate::{StoreError, Tx};

/// What became of a retry that a user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// A new attempt waits for a worker.
    Queued,
    /// The update has not failed (409).
    NotFailed,
    /// There is no byte to process (409).
    NoBytes,
    /// No such update.
    NotFound,
}

/// Bytes were committed or the upload ended: call it **in the transaction of every PATCH** (and of a creation with
/// bytes), after the chunk rows and the `uploads` row (offset, length, state) are written, and once more when an
/// upload expires with bytes.
///
/// It enqueues the media job as soon as the bytes were found to be media (`sniffed`), wakes a parked one, takes a stalled upload up again, and derives
/// the update's status, `live` and the events `update.uploading` and so on. Nothing else has to be told: the worker
/// follows the chunk rows by itself.
pub async fn upload_moved(tx: &Tx, id: UpdateId) -> Result<(), StoreError> {
    let Some(facts) = Facts::read(tx, id).await? else { return Ok(()) };
    let Some(upload) = &facts.upload else { return Ok(()) };
    let bytes = upload.offset_bytes;
    if bytes == 0 || !upload.sniffed {
        refresh(tx, id).await?;
        return Ok(());
    }
    let covered_bytes = facts.current.as_ref().filter(|g| g.ended).map_or(0, |g| g.source_bytes);
    if bytes > covered_bytes {
        execute(tx, "UPDATE uploads SET stalled_at = NULL WHERE id = ?", [upload.id.into()]).await?;
        clear_failure(tx, id).await?;
        process(tx, &facts).await?;
    } else if upload.state == "complete" {
        ended_after_all(tx, &facts).await?;
    }
    refresh(tx, id).await?;
    Ok(())
}

/// The upload was ended by its owner (DELETE): its job is called off and the update waits for another upload.
/// Call it in the transaction that sets the upload's state.
pub async fn upload_removed(tx: &Tx, id: UpdateId) -> Result<(), StoreError> {
    jobs::cancel_for_update(tx, id).await?;
    let sql = "UPDATE media_generations SET state = 'frozen', frozen_at = ? WHERE update_id = ? \
        AND state IN ('current', 'building')";
    execute(tx, sql, [tx.clock().now_ms().into(), id.0.into()]).await?;
    let sql = "UPDATE updates SET upload_id = NULL, generation_id = NULL, duration_ms = NULL, \
        failure_code = NULL, failure_detail = NULL, warnings = '[]', silence_map = '[]', phase = '', \
        percent = 0, transcript_status = 'pending', word_count = 0 WHERE id = ?";
    execute(tx, sql, [id.0.into()]).await?;
    super::speech::drop_recognised(tx, id, None).await?;
    refresh(tx, id).await?;
    Ok(())
}

/// The upload cannot become media (`unsupported_media`, `never_uploaded`, ...): its job is called off and the
/// update is `failed` with these words. Call it in the transaction that sets the upload's state.
pub async fn upload_failed(tx: &Tx, id: UpdateId, code: &str, detail: &str) -> Result<(), StoreError> {
    jobs::cancel_for_update(tx, id).await?;
    super::fail_update(tx, id, code, detail).await
}

/// A deferred upload has sent nothing for two minutes: this attempt ends with the `bytes` that are there. False
/// when more came meanwhile.
pub async fn ended_early(tx: &Tx, lease: &jobs::Lease, id: UpdateId, bytes: i64) -> Result<bool, StoreError> {
    jobs::fence(tx, lease).await?;
    let sql = "UPDATE uploads SET stalled_at = ? WHERE offset_bytes = ? AND state = 'open' \
        AND id = (SELECT upload_id FROM updates WHERE id = ?)";
    let set = execute(tx, sql, [tx.clock().now_ms().into(), bytes.into(), id.0.into()]).await?;
    refresh(tx, id).await?;
    Ok(set == 1)
}

/// Right after a job was parked, in the same transaction: what it waits for may have happened before.
pub async fn wake_if_due(tx: &Tx, id: UpdateId) -> Result<(), StoreError> {
    let Some(facts) = Facts::read(tx, id).await? else { return Ok(()) };
    if facts.upload.as_ref().is_some_and(|u| u.state != "open") {
        jobs::unpark(tx, &process_key(id)).await?;
    }
    Ok(())
}

/// POST `/updates/{u}/retry`: clears the failure and enqueues a new attempt.
pub async fn retry(tx: &Tx, id: UpdateId) -> Result<Retry, StoreError> {
    let Some(facts) = Facts::read(tx, id).await? else { return Ok(Retry::NotFound) };
    if facts.update.failure_code.is_none() {
        return Ok(Retry::NotFailed);
    }
    let usable = |u: &crate::entity::uploads::Model| {
        u.offset_bytes > 0 && u.sniffed && matches!(u.state.as_str(), "open" | "complete" | "expired")
    };
    if !facts.upload.as_ref().is_some_and(usable) {
        return Ok(Retry::NoBytes);
    }
    clear_failure(tx, id).await?;
    process(tx, &facts).await?;
    refresh(tx, id).await?;
    Ok(Retry::Queued)
}

/// Enqueues the transcription of what was processed; [`crate::repo::transcripts::regenerate`] is what a request calls.
/// `language`: `None` detects it. `false` without media.
pub(crate) async fn transcribe_again(
    tx: &Tx,
    id: UpdateId,
    language: Option<&str>,
) -> Result<bool, StoreError> {
    let Some(facts) = Facts::read(tx, id).await? else { return Ok(false) };
    if facts.current.is_none() {
        return Ok(false);
    }
    let payload = Payload::TranscribeUpdate {
        v: jobs::PAYLOAD_VERSION,
        update_id: id,
        language: language.map(str::to_owned),
    };
    enqueue(tx, &facts, payload, 60, format!("transcribe:{id}")).await?;
    Ok(true)
}

/// The dedupe key of an update's media job.
pub(super) fn process_key(id: UpdateId) -> String {
    format!("process:{id}")
}

/// Enqueues the media job, or wakes the parked one when what it waits for has happened.
pub(super) async fn process(tx: &Tx, facts: &Facts) -> Result<(), StoreError> {
    let Some(upload) = &facts.upload else { return Ok(()) };
    let id: UpdateId = facts.update.id.into();
    let key = process_key(id);
    match jobs::open_with_key(tx, &key).await? {
        Some((state, phase)) if state == "parked" => {
            if upload.state != "open" || phase == PARKED_FOR_BYTES {
                jobs::unpark(tx, &key).await?;
            }
            Ok(())
        }
        Some(_) => Ok(()),
        None => {
            // What somebody records right now goes before files.
            let priority = if upload.length_bytes.is_none() { 100 } else { 60 };
            let payload = Payload::ProcessUpdate { v: jobs::PAYLOAD_VERSION, update_id: id };
            enqueue(tx, facts, payload, priority, key).await
        }
    }
}

pub(super) async fn enqueue(
    tx: &Tx,
    facts: &Facts,
    payload: Payload,
    priority: i64,
    key: String,
) -> Result<(), StoreError> {
    let mut job = NewJob::new(payload);
    job.priority = priority;
    job.dedupe_key = Some(key);
    job.workspace_id = Some(facts.update.workspace_id.into());
    job.update_id = Some(facts.update.id.into());
    jobs::enqueue(tx, &job).await?;
    Ok(())
}

async fn clear_failure(tx: &Tx, id: UpdateId) -> Result<(), StoreError> {
    let sql = "UPDATE updates SET failure_code = NULL, failure_detail = NULL, phase = '', percent = 0 \
        WHERE id = ? AND failure_code IS NOT NULL";
    execute(tx, sql, [id.0.into()]).await?;
    Ok(())
}

/// An upload that had stalled was ended by its sender without another byte: nothing was lost, so nothing is said.
async fn ended_after_all(tx: &Tx, facts: &Facts) -> Result<(), StoreError> {
    let mut warnings: Vec<serde_json::Value> = crate::json::read("updates.warnings", &facts.update.warnings)?;
    let before = warnings.len();
    warnings.retain(|w| w.get("code").and_then(|c| c.as_str()) != Some("ended_early"));
    if warnings.len() == before {
        return Ok(());
    }
    let text = crate::json::write("updates.warnings", &warnings)?;
    execute(tx, "UPDATE updates SET warnings = ? WHERE id = ?", [text.into(), facts.update.id.into()])
        .await?;
    emit(tx, EventKind::UpdateChanged, facts.update.id.into()).await
}
