//! What follows `ready` when there is time: a smaller rendition of copied media, an upload of many small parts
//! rewritten in few large ones.

use meridian_domain::ids::{GenerationId, RenditionId, UpdateId, UploadId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::media::{init_row, rendition_row};
use super::status::Facts;
use super::view::parts_of;
use super::{Chunk, NewInit, NewRendition, NewSegment, Published, chunks_from};
use crate::entity::{media_generations, rendition_inits, renditions, segments, updates, upload_chunks};
use crate::repo::jobs::{self, Lease, NewJob, Payload, execute};
use crate::{Conn, StoreError, Tx};

/// Parts of a rewritten upload have this many bytes.
pub const LARGE_PART_BYTES: i64 = 8 * 1024 * 1024;
/// A copied picture whose shorter side is above this gets a smaller rendition (pixels).
const LARGE_PICTURE: i64 = 400;
/// Rows inserted by one statement.
const BATCH: usize = 100;
/// After how long nobody reads the parts that were rewritten (milliseconds).
const READ_OUT_MS: i64 = 60 * 60 * 1000;

/// Enqueues what is worth doing after an update is ready; each job once.
pub(super) async fn enqueue(tx: &Tx, facts: &Facts) -> Result<(), StoreError> {
    let id: UpdateId = facts.update.id.into();
    let mut wanted = Vec::new();
    if let Some(generation) = &facts.current
        && copied(tx, generation.id.into()).await?.is_some()
    {
        let payload = Payload::AddRung { v: jobs::PAYLOAD_VERSION, update_id: id };
        wanted.push((payload, 15, format!("rung:{id}")));
    }
    if small_parts(tx, id).await?.is_some() {
        let payload = Payload::TidyUpload { v: jobs::PAYLOAD_VERSION, update_id: id };
        wanted.push((payload, 5, format!("tidy:{id}")));
    }
    for (payload, priority, key) in wanted {
        super::upload::enqueue(tx, facts, payload, priority, key).await?;
    }
    Ok(())
}

/// The large copied picture of a generation that has no smaller one.
async fn copied(conn: &impl Conn, generation: GenerationId) -> Result<Option<renditions::Model>, StoreError> {
    let pictures = renditions::Entity::find()
        .filter(renditions::Column::GenerationId.eq(generation.0))
        .filter(renditions::Column::Kind.eq("video"))
        .all(conn.raw())
        .await?;
    let mut pictures = pictures.into_iter();
    let (Some(only), None) = (pictures.next(), pictures.next()) else { return Ok(None) };
    let short_px = only.width.unwrap_or(0).min(only.height.unwrap_or(0));
    Ok(Some(only).filter(|r| r.name == "source" && r.ended && short_px > LARGE_PICTURE))
}

/// The copied picture that a smaller rendition is to be made from, when it is still wanted.
pub async fn rung_source(
    conn: &impl Conn,
    update: UpdateId,
) -> Result<Option<(GenerationId, Published)>, StoreError> {
    let facts = Facts::read(conn, update).await?;
    let Some(generation) = facts.and_then(|facts| facts.current).filter(|generation| generation.ended) else {
        return Ok(None);
    };
    let Some(row) = copied(conn, generation.id.into()).await? else { return Ok(None) };
    let (inits, parts) = parts_of(conn, row.id).await?;
    Ok(Some((generation.id.into(), Published { name: row.name, parts, inits })))
}

/// Adds a rendition that is whole to the generation that players get; they see it when they load the master list
/// again. `segments` name no rendition yet.
///
/// # Errors
/// [`StoreError::Conflict`] when the lease is lost or players moved on to another generation.
pub async fn add_rendition(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    generation: GenerationId,
    new: &NewRendition,
    inits: &[NewInit],
    made: &[NewSegment],
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    let current = updates::Entity::find_by_id(update.0)
        .filter(updates::Column::GenerationId.eq(generation.0))
        .filter(updates::Column::DeletedAt.is_null())
        .one(tx.raw())
        .await?;
    let whole = media_generations::Entity::find_by_id(generation.0).one(tx.raw()).await?;
    let (Some(first), true) = (inits.first(), current.is_some() && whole.is_some_and(|g| g.ended)) else {
        return Err(StoreError::Conflict { what: "the update's generation" });
    };
    let id = RenditionId::new(tx.clock());
    let each = made.iter().map(|s| s.size_bytes.saturating_mul(8_000_000) / s.duration_us.max(100_000));
    let row = renditions::ActiveModel {
        bandwidth_bps: Set(each.max().unwrap_or(new.bandwidth_bps)),
        ended: Set(true),
        ..rendition_row(id, update, generation, new, first)
    };
    renditions::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    let inits = inits.iter().map(|init| init_row(id, init));
    rendition_inits::Entity::insert_many(inits).exec_without_returning(tx.raw()).await?;
    for some in made.chunks(BATCH) {
        let rows = some.iter().map(|segment| segments::ActiveModel {
            rendition_id: Set(id.0),
            seq: Set(segment.seq),
            start_us: Set(segment.start_us),
            duration_us: Set(segment.duration_us),
            size_bytes: Set(segment.size_bytes),
            object_key: Set(segment.object_key.clone()),
            discontinuity: Set(segment.discontinuity),
            init: Set(segment.init),
        });
        segments::Entity::insert_many(rows).exec_without_returning(tx.raw()).await?;
    }
    Ok(())
}

/// The parts of an update's complete upload, when they are so small that few large ones read faster.
pub async fn small_parts(
    conn: &impl Conn,
    update: UpdateId,
) -> Result<Option<(UploadId, Vec<Chunk>)>, StoreError> {
    let upload = Facts::read(conn, update).await?.and_then(|facts| facts.upload);
    let Some(upload) = upload.filter(|upload| upload.state == "complete") else { return Ok(None) };
    let parts = chunks_from(conn, upload.id.into(), 0).await?;
    let large = upload.offset_bytes / LARGE_PART_BYTES + 1;
    let count = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    Ok((count > 2 * large + 2).then(|| (upload.id.into(), parts)))
}

/// The same bytes are in other parts now. What the old ones held is removed later, when nobody reads it any more.
///
/// # Errors
/// [`StoreError::Conflict`] when the lease is lost or the parts are not the whole upload.
pub async fn replace_parts(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    upload: UploadId,
    parts: &[Chunk],
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    let mut end = 0;
    for part in parts {
        if part.start != end {
            return Err(StoreError::Conflict { what: "the upload's parts" });
        }
        end += part.size_bytes;
    }
    let facts = Facts::read(tx, update).await?;
    let same = |u: &crate::entity::uploads::Model| {
        u.id == upload.0 && u.state == "complete" && u.offset_bytes == end
    };
    let Some(facts) = facts.filter(|facts| facts.upload.as_ref().is_some_and(same)) else {
        return Err(StoreError::Conflict { what: "the upload's parts" });
    };
    execute(tx, "DELETE FROM upload_chunks WHERE upload_id = ?", [upload.0.into()]).await?;
    for some in parts.chunks(BATCH) {
        let rows = some.iter().map(|part| upload_chunks::ActiveModel {
            upload_id: Set(upload.0),
            start_offset: Set(part.start),
            size_bytes: Set(part.size_bytes),
            object_key: Set(part.object_key.clone()),
        });
        upload_chunks::Entity::insert_many(rows).exec_without_returning(tx.raw()).await?;
    }
    let mut job = NewJob::new(Payload::ForgetParts { v: jobs::PAYLOAD_VERSION, update_id: update });
    job.priority = 5;
    job.run_at_ms = jobs::database_now_ms(tx).await?.saturating_add(READ_OUT_MS);
    job.dedupe_key = Some(format!("forget:{update}"));
    job.workspace_id = Some(facts.update.workspace_id.into());
    job.update_id = Some(update);
    jobs::enqueue(tx, &job).await?;
    Ok(())
}

/// The objects that an update's upload is read from; `None` when it has none (any more).
pub async fn named_parts(
    conn: &impl Conn,
    update: UpdateId,
) -> Result<Option<(UploadId, Vec<Chunk>)>, StoreError> {
    let upload = Facts::read(conn, update).await?.and_then(|facts| facts.upload);
    let Some(upload) = upload.filter(|upload| upload.state == "complete") else { return Ok(None) };
    Ok(Some((upload.id.into(), chunks_from(conn, upload.id.into(), 0).await?)))
}
