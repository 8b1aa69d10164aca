//! The one place that says which status word an update has.

use meridian_domain::enums::{EventKind, TranscriptStatus, UpdateKind, UpdateStatus};
use meridian_domain::ids::{GenerationId, UpdateId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use crate::entity::{media_generations, transcripts, updates, uploads};
use crate::repo::jobs::execute;
use crate::repo::updates::emit;
use crate::{Conn, StoreError, Tx};

/// What a user reads when every attempt failed without a better reason.
const DIED: &str = "The recording could not be processed, although it was tried several times. Nothing is lost: \
    try again, or upload it once more.";

/// An update's row with what its status depends on.
pub(super) struct Facts {
    pub(super) update: updates::Model,
    pub(super) upload: Option<uploads::Model>,
    pub(super) current: Option<media_generations::Model>,
}

impl Facts {
    /// Reads them; `None` for an update that is not there (any more).
    pub(super) async fn read(conn: &impl Conn, id: UpdateId) -> Result<Option<Self>, StoreError> {
        let Some(update) = updates::Entity::find_by_id(id.0).one(conn.raw()).await? else { return Ok(None) };
        if update.deleted_at.is_some() {
            return Ok(None);
        }
        let upload = match update.upload_id {
            Some(id) => uploads::Entity::find_by_id(id).one(conn.raw()).await?,
            None => None,
        };
        let current = match update.generation_id {
            Some(id) => media_generations::Entity::find_by_id(id).one(conn.raw()).await?,
            None => None,
        };
        Ok(Some(Self { update, upload, current }))
    }

    /// Whether more bytes are expected now.
    pub(super) fn arriving(&self) -> bool {
        self.upload.as_ref().is_some_and(|u| u.state == "open" && u.stalled_at.is_none())
    }

    /// Whether what players get was made from every byte that is there.
    pub(super) fn covered(&self) -> bool {
        let bytes = self.upload.as_ref().map_or(0, |u| u.offset_bytes);
        self.current.as_ref().is_some_and(|g| g.ended && g.source_bytes >= bytes)
    }
}

/// Derives the status anew and tells about it when it changed. Returns whether it did.
pub async fn refresh(tx: &Tx, id: UpdateId) -> Result<bool, StoreError> {
    let Some(facts) = Facts::read(tx, id).await? else { return Ok(false) };
    if facts.update.kind == UpdateKind::Text.as_str() {
        return Ok(false);
    }
    let before: UpdateStatus = facts.update.status.parse()?;
    let status = derive(tx, &facts, before).await?;
    let offset = facts.upload.as_ref().map_or(0, |u| u.offset_bytes);
    let live =
        offset > 0 && facts.arriving() && facts.upload.as_ref().is_some_and(|u| u.length_bytes.is_none());
    if status == before && live == facts.update.live {
        return Ok(false);
    }
    let sql = "UPDATE updates SET status = ?, live = ?, changed_at = ? WHERE id = ?";
    execute(tx, sql, [status.as_str().into(), live.into(), tx.clock().now_ms().into(), id.0.into()]).await?;
    let kind = match status {
        _ if status == before => EventKind::UpdateChanged,
        UpdateStatus::Uploading => EventKind::UpdateUploading,
        UpdateStatus::Playable => EventKind::UpdatePlayable,
        UpdateStatus::Ready => EventKind::UpdateReady,
        UpdateStatus::Failed => EventKind::UpdateFailed,
        UpdateStatus::AwaitingUpload | UpdateStatus::Processing => EventKind::UpdateChanged,
    };
    emit(tx, kind, id).await?;
    Ok(true)
}

async fn derive(tx: &Tx, facts: &Facts, before: UpdateStatus) -> Result<UpdateStatus, StoreError> {
    if facts.update.failure_code.is_some() {
        return Ok(UpdateStatus::Failed);
    }
    let offset = facts.upload.as_ref().map_or(0, |u| u.offset_bytes);
    if facts.upload.is_none() || offset == 0 {
        return Ok(UpdateStatus::AwaitingUpload);
    }
    if facts.arriving() {
        return Ok(UpdateStatus::Uploading);
    }
    let Some(current) = &facts.current else { return Ok(UpdateStatus::Processing) };
    if !facts.covered() {
        return Ok(UpdateStatus::Playable);
    }
    if super::loudness::is_pending(current)? {
        return Ok(UpdateStatus::Playable);
    }
    // A transcript made anew later does not take `ready` back.
    if before == UpdateStatus::Ready || is_settled(tx, &facts.update, current.id.into()).await? {
        return Ok(UpdateStatus::Ready);
    }
    Ok(UpdateStatus::Playable)
}

async fn is_settled(tx: &Tx, update: &updates::Model, generation: GenerationId) -> Result<bool, StoreError> {
    Ok(match update.transcript_status.parse()? {
        TranscriptStatus::Pending | TranscriptStatus::Running => false,
        TranscriptStatus::NoSpeech | TranscriptStatus::Failed | TranscriptStatus::Unavailable => true,
        TranscriptStatus::Ready => {
            let found = transcripts::Entity::find()
                .filter(transcripts::Column::UpdateId.eq(update.id))
                .filter(transcripts::Column::State.eq("ready"))
                .filter(
                    Condition::any()
                        .add(transcripts::Column::GenerationId.eq(generation.0))
                        .add(transcripts::Column::Origin.ne("recognised")),
                );
            found.count(tx.raw()).await? > 0
        }
    })
}

/// An update failed, in words. The first reason stays.
pub async fn fail_update(tx: &Tx, id: UpdateId, code: &str, detail: &str) -> Result<(), StoreError> {
    let sql = "UPDATE updates SET failure_code = ?, failure_detail = ?, live = FALSE, phase = 'failed' \
        WHERE id = ? AND failure_code IS NULL AND deleted_at IS NULL";
    execute(tx, sql, [code.into(), detail.into(), id.0.into()]).await?;
    refresh(tx, id).await?;
    Ok(())
}

/// The last attempt at an update's media is spent. Where the media is whole, only its loudness and the transcript are
/// missing: that fails no update.
pub async fn job_died(tx: &Tx, id: UpdateId) -> Result<(), StoreError> {
    job_ended(tx, id, "processing_failed", DIED).await
}

/// An update's media job ended without its work, for a reason of its own.
pub(crate) async fn job_ended(tx: &Tx, id: UpdateId, code: &str, detail: &str) -> Result<(), StoreError> {
    let Some(facts) = Facts::read(tx, id).await? else { return Ok(()) };
    if let Some(current) = facts.current.as_ref().filter(|_| facts.covered()) {
        super::loudness::forget_wish(tx, current).await?;
        return super::transcript_failed(tx, id).await;
    }
    fail_update(tx, id, code, detail).await
}
