//! What may be removed for good: deleted updates after their grace time, generations that were replaced or given up.

use meridian_domain::ids::{GenerationId, UpdateId, UploadId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::{media_generations, updates, uploads};
use crate::repo::jobs::{self, Lease, NewJob, Payload, execute};
use crate::{Conn, StoreError, Tx};

/// Most rows of one sweep.
const BATCH: u64 = 100;

/// A generation that no player asks for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaleGeneration {
    /// Its update.
    pub update_id: UpdateId,
    /// Which.
    pub generation_id: GenerationId,
}

/// Deleted updates whose grace time is over.
pub async fn due_purges(conn: &impl Conn, now_ms: i64) -> Result<Vec<UpdateId>, StoreError> {
    let rows: Vec<Uuid> = updates::Entity::find()
        .select_only()
        .column(updates::Column::Id)
        .filter(updates::Column::PurgeAt.lte(now_ms))
        .filter(updates::Column::DeletedAt.is_not_null())
        .order_by_asc(updates::Column::PurgeAt)
        .limit(BATCH)
        .into_tuple()
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Enqueues the removal of a deleted update's bytes, once.
pub async fn enqueue_due_purge(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    let Some(row) = updates::Entity::find_by_id(update.0).one(tx.raw()).await? else { return Ok(()) };
    if row.deleted_at.is_none() || row.purge_at.is_none_or(|at| at > tx.clock().now_ms()) {
        return Ok(());
    }
    let mut job = NewJob::new(Payload::PurgeUpdate { v: jobs::PAYLOAD_VERSION, update_id: update });
    job.priority = 10;
    job.max_attempts = 10;
    job.dedupe_key = Some(format!("purge:{update}"));
    job.workspace_id = Some(row.workspace_id.into());
    jobs::enqueue(tx, &job).await?;
    Ok(())
}

/// The uploads whose objects go with an update; `None` when it is not due (restored meanwhile).
pub async fn objects_of(conn: &impl Conn, update: UpdateId) -> Result<Option<Vec<UploadId>>, StoreError> {
    let Some(row) = updates::Entity::find_by_id(update.0).one(conn.raw()).await? else { return Ok(None) };
    if row.deleted_at.is_none() || row.purge_at.is_none() {
        return Ok(None);
    }
    let rows: Vec<Uuid> = uploads::Entity::find()
        .select_only()
        .column(uploads::Column::Id)
        .filter(uploads::Column::UpdateId.eq(update.0))
        .into_tuple()
        .all(conn.raw())
        .await?;
    Ok(Some(rows.into_iter().map(Into::into).collect()))
}

/// The rows that name objects go, after the objects: nobody reads those of a deleted update, and an attempt that died
/// in between finds the names again. The update's row stays as a mark that its id is spent; its bytes no longer
/// count for the workspace.
pub async fn purged(tx: &Tx, lease: &Lease, update: UpdateId) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    crate::repo::uploads::release_all(tx, update).await?;
    drop_media_rows(tx, "update_id = ?", update.0).await?;
    let sql = "DELETE FROM upload_chunks WHERE upload_id IN (SELECT id FROM uploads WHERE update_id = ?)";
    execute(tx, sql, [update.0.into()]).await?;
    execute(tx, "DELETE FROM uploads WHERE update_id = ?", [update.0.into()]).await?;
    let sql = "UPDATE updates SET upload_id = NULL, generation_id = NULL WHERE id = ?";
    execute(tx, sql, [update.0.into()]).await?;
    Ok(())
}

/// The bytes are gone: nothing is due any more.
pub async fn purge_done(tx: &Tx, lease: &Lease, update: UpdateId) -> Result<(), StoreError> {
    jobs::finish(tx, lease).await?;
    execute(tx, "UPDATE updates SET purge_at = NULL WHERE id = ?", [update.0.into()]).await?;
    Ok(())
}

/// Generations that were replaced or given up before an instant.
pub async fn stale_generations(
    conn: &impl Conn,
    frozen_before_ms: i64,
) -> Result<Vec<StaleGeneration>, StoreError> {
    let rows = media_generations::Entity::find()
        .filter(media_generations::Column::State.is_in(["frozen", "failed"]))
        .filter(media_generations::Column::FrozenAt.lt(frozen_before_ms))
        .order_by_asc(media_generations::Column::FrozenAt)
        .limit(BATCH)
        .all(conn.raw())
        .await?;
    let stale = |r: media_generations::Model| StaleGeneration {
        update_id: r.update_id.into(),
        generation_id: r.id.into(),
    };
    Ok(rows.into_iter().map(stale).collect())
}

/// Removes the rows of a stale generation; its objects go afterwards. False when it is in use after all.
pub async fn drop_generation(tx: &Tx, generation: GenerationId) -> Result<bool, StoreError> {
    let Some(row) = media_generations::Entity::find_by_id(generation.0).one(tx.raw()).await? else {
        return Ok(true);
    };
    if !matches!(row.state.as_str(), "frozen" | "failed") {
        return Ok(false);
    }
    drop_media_rows(tx, "id = ?", generation.0).await?;
    Ok(true)
}

/// `which`: a condition on `media_generations` with one parameter.
async fn drop_media_rows(tx: &Tx, which: &str, value: Uuid) -> Result<(), StoreError> {
    let generations = format!("SELECT id FROM media_generations WHERE {which}");
    let of = format!("SELECT id FROM renditions WHERE generation_id IN ({generations})");
    for sql in [
        format!("DELETE FROM segments WHERE rendition_id IN ({of})"),
        format!("DELETE FROM rendition_inits WHERE rendition_id IN ({of})"),
        format!("DELETE FROM renditions WHERE generation_id IN ({generations})"),
        format!("DELETE FROM artefacts WHERE generation_id IN ({generations})"),
        format!("DELETE FROM media_generations WHERE {which}"),
    ] {
        execute(tx, &sql, [value.into()]).await?;
    }
    Ok(())
}
