//! Generations: what one attempt makes of an update's bytes. The first append that can be played moves the update
//! to the new generation by compare-and-set; the old one stays, frozen.

use meridian_domain::enums::{EventKind, UpdateKind};
use meridian_domain::ids::{GenerationId, RenditionId, UpdateId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use serde_json::Value;

use super::later;
use super::loudness::begin_replacement;
use super::status::{Facts, fail_update, refresh};
use super::upload::process;
use crate::entity::{artefacts, media_generations, rendition_inits, renditions, segments};
use crate::repo::jobs::{self, Lease, execute};
use crate::repo::updates::emit;
use crate::{Conn, StoreError, Tx};

/// A rendition to begin.
#[derive(Clone, Debug)]
pub struct NewRendition {
    /// `source`, `720p`, `audio`, ...
    pub name: String,
    /// `video` (picture, and sound where there is any) or `audio`.
    pub kind: &'static str,
    /// RFC 6381.
    pub codecs: String,
    /// Displayed width in pixels.
    pub width: Option<i64>,
    /// Displayed height in pixels.
    pub height: Option<i64>,
    /// Estimated peak bits a second; the true one is set at the end.
    pub bandwidth_bps: i64,
    /// EXT-X-TARGETDURATION.
    pub target_duration_s: i64,
}

/// Init bytes of a rendition: the first, or those after a discontinuity that changes the format.
#[derive(Clone, Debug)]
pub struct NewInit {
    /// 0, 1, ... within the rendition.
    pub init: i64,
    /// The object.
    pub object_key: String,
    /// Its size in bytes.
    pub size_bytes: i64,
}

/// A segment to append.
#[derive(Clone, Debug)]
pub struct NewSegment {
    /// Its rendition.
    pub rendition_id: RenditionId,
    /// 0, 1, ... within the rendition.
    pub seq: i64,
    /// Which init bytes it needs.
    pub init: i64,
    /// Start on the media's time line, in microseconds.
    pub start_us: i64,
    /// Length in microseconds.
    pub duration_us: i64,
    /// Its size in bytes.
    pub size_bytes: i64,
    /// The object.
    pub object_key: String,
    /// EXT-X-DISCONTINUITY goes before it.
    pub discontinuity: bool,
}

/// A file beside the segments.
#[derive(Clone, Debug)]
pub struct NewArtefact {
    /// `poster.jpg`, `storyboard.jpg`, `storyboard.vtt` or `peaks.json`.
    pub name: String,
    /// The object.
    pub object_key: String,
    /// Its size in bytes.
    pub size_bytes: i64,
    /// Its media type.
    pub content_type: String,
}

/// Whether players get this generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// Not yet: another listed rendition has no segment.
    Building,
    /// They do.
    Current,
}

/// How the pass over the media ended.
#[derive(Clone, Debug)]
pub struct MediaEnd {
    /// Exact length in milliseconds.
    pub duration_ms: i64,
    /// `[start_ms, end_ms]` without sound.
    pub silence_map: Vec<[u64; 2]>,
    /// Code and sentence of what users should know.
    pub warnings: Vec<(String, String)>,
    /// What was measured, as JSON; holds `has_audio`.
    pub facts: Value,
    /// How many bytes of the source were there.
    pub source_bytes: i64,
}

#[derive(Serialize)]
struct WarningRow<'a> {
    code: &'a str,
    detail: &'a str,
}

/// Begins an attempt's generation; what an earlier attempt left unfinished is given up.
pub async fn begin_generation(tx: &Tx, lease: &Lease, update: UpdateId) -> Result<GenerationId, StoreError> {
    let id = begin_replacement(tx, lease, update).await?;
    let sql = "UPDATE updates SET phase = 'reading', percent = 0, \
        transcript_status = CASE transcript_status WHEN 'ready' THEN 'ready' ELSE 'pending' END WHERE id = ?";
    execute(tx, sql, [update.0.into()]).await?;
    refresh(tx, update).await?;
    Ok(id)
}

/// What the bytes are: the update's kind follows them.
pub async fn probed(tx: &Tx, lease: &Lease, update: UpdateId, kind: UpdateKind) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    let sql = "UPDATE updates SET kind = ? WHERE id = ? AND kind <> ? AND kind <> 'text'";
    let values = [kind.as_str().into(), update.0.into(), kind.as_str().into()];
    if execute(tx, sql, values).await? == 1 {
        emit(tx, EventKind::UpdateChanged, update).await?;
    }
    Ok(())
}

/// Begins a rendition, or adds other init bytes to it.
pub async fn put_rendition(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    generation: GenerationId,
    new: &NewRendition,
    init: &NewInit,
) -> Result<RenditionId, StoreError> {
    jobs::fence(tx, lease).await?;
    let known = renditions::Entity::find()
        .filter(renditions::Column::GenerationId.eq(generation.0))
        .filter(renditions::Column::Name.eq(new.name.as_str()))
        .one(tx.raw())
        .await?;
    let id = known.map_or_else(|| RenditionId::new(tx.clock()), |r| r.id.into());
    if init.init == 0 {
        let row = rendition_row(id, update, generation, new, init);
        renditions::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    }
    rendition_inits::Entity::insert(init_row(id, init)).exec_without_returning(tx.raw()).await?;
    Ok(id)
}

/// A rendition that begins with these init bytes.
pub(super) fn rendition_row(
    id: RenditionId,
    update: UpdateId,
    generation: GenerationId,
    new: &NewRendition,
    first: &NewInit,
) -> renditions::ActiveModel {
    renditions::ActiveModel {
        id: Set(id.0),
        generation_id: Set(generation.0),
        update_id: Set(update.0),
        name: Set(new.name.clone()),
        kind: Set(new.kind.to_owned()),
        codecs: Set(new.codecs.clone()),
        width: Set(new.width),
        height: Set(new.height),
        bandwidth_bps: Set(new.bandwidth_bps),
        target_duration_s: Set(new.target_duration_s),
        init_key: Set(first.object_key.clone()),
        init_bytes: Set(first.size_bytes),
        ended: Set(false),
    }
}

pub(super) fn init_row(rendition: RenditionId, init: &NewInit) -> rendition_inits::ActiveModel {
    rendition_inits::ActiveModel {
        rendition_id: Set(rendition.0),
        init: Set(init.init),
        object_key: Set(init.object_key.clone()),
        size_bytes: Set(init.size_bytes),
    }
}

/// Appends a segment. When it is the one that makes the generation playable (a rendition of `media_kind` is announced
/// and each announced one has a segment), the update moves to it. Without a `media_kind` it never does.
pub async fn append_segment(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    generation: GenerationId,
    new: &NewSegment,
    media_kind: Option<UpdateKind>,
) -> Result<Appended, StoreError> {
    jobs::fence(tx, lease).await?;
    let row = segments::ActiveModel {
        rendition_id: Set(new.rendition_id.0),
        seq: Set(new.seq),
        start_us: Set(new.start_us),
        duration_us: Set(new.duration_us),
        size_bytes: Set(new.size_bytes),
        object_key: Set(new.object_key.clone()),
        discontinuity: Set(new.discontinuity),
        init: Set(new.init),
    };
    segments::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    let found = media_generations::Entity::find_by_id(generation.0).one(tx.raw()).await?;
    match found.map(|g| g.state).as_deref() {
        Some("current") => return Ok(Appended::Current),
        Some("building") => {}
        _ => return Err(StoreError::Conflict { what: "the media's generation" }),
    }
    match media_kind {
        Some(kind) if is_playable(tx, generation, kind).await? => {}
        _ => return Ok(Appended::Building),
    }
    make_current(tx, update, generation).await?;
    Ok(Appended::Current)
}

async fn is_playable(tx: &Tx, generation: GenerationId, media_kind: UpdateKind) -> Result<bool, StoreError> {
    let all = renditions::Entity::find()
        .filter(renditions::Column::GenerationId.eq(generation.0))
        .all(tx.raw())
        .await?;
    let wanted = if media_kind == UpdateKind::Video { "video" } else { "audio" };
    if !all.iter().any(|r| r.kind == wanted) {
        return Ok(false);
    }
    for rendition in &all {
        let first = segments::Entity::find_by_id((rendition.id, 0)).one(tx.raw()).await?;
        if first.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The one compare-and-set that makes a generation visible.
pub(super) async fn make_current(
    tx: &Tx,
    update: UpdateId,
    generation: GenerationId,
) -> Result<(), StoreError> {
    let Some(before) = Facts::read(tx, update).await? else {
        return Err(StoreError::Conflict { what: "the update, which is deleted" });
    };
    let now_ms = tx.clock().now_ms();
    let sql = "UPDATE updates SET generation_id = ? WHERE id = ? AND generation_id IS NOT DISTINCT FROM ?";
    let values = [generation.0.into(), update.0.into(), before.update.generation_id.into()];
    if execute(tx, sql, values).await? != 1 {
        return Err(StoreError::Conflict { what: "the update's generation" });
    }
    let sql = "UPDATE media_generations SET state = 'frozen', frozen_at = ? WHERE update_id = ? \
        AND state = 'current'";
    execute(tx, sql, [now_ms.into(), update.0.into()]).await?;
    execute(tx, "UPDATE media_generations SET state = 'current' WHERE id = ?", [generation.0.into()]).await?;
    let changed = refresh(tx, update).await?;
    if let Some(after) = Facts::read(tx, update).await?
        && (!changed || after.update.status != "playable")
    {
        emit(tx, EventKind::UpdatePlayable, update).await?;
    }
    Ok(())
}

/// Adds a file beside the segments, or a newer one of that name.
pub async fn put_artefact(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    generation: GenerationId,
    new: &NewArtefact,
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    let sql = "DELETE FROM artefacts WHERE generation_id = ? AND name = ?";
    execute(tx, sql, [generation.0.into(), new.name.as_str().into()]).await?;
    let row = artefacts::ActiveModel {
        generation_id: Set(generation.0),
        name: Set(new.name.clone()),
        update_id: Set(update.0),
        object_key: Set(new.object_key.clone()),
        size_bytes: Set(new.size_bytes),
        content_type: Set(new.content_type.clone()),
    };
    artefacts::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Shows how far it is; the caller sees to at most one a second. `duration_ms`: how long the media is so far.
pub async fn progress(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    phase: &str,
    percent: i64,
    duration_ms: Option<i64>,
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    let sql =
        "UPDATE updates SET phase = ?, percent = ?, duration_ms = COALESCE(?, duration_ms) WHERE id = ?";
    execute(tx, sql, [phase.into(), percent.into(), duration_ms.into(), update.0.into()]).await?;
    emit(tx, EventKind::UpdateProgress, update).await?;
    Ok(())
}

/// The pass over the media is over: every rendition is whole.
pub async fn finish_media(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    generation: GenerationId,
    end: &MediaEnd,
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    let found = media_generations::Entity::find_by_id(generation.0).one(tx.raw()).await?;
    let building = found.is_some_and(|g| g.state == "building");
    let sql = "UPDATE media_generations SET ended = TRUE, source_bytes = ?, facts = ? WHERE id = ?";
    let facts = crate::json::write("media_generations.facts", &end.facts)?;
    execute(tx, sql, [end.source_bytes.into(), facts.into(), generation.0.into()]).await?;
    end_renditions(tx, generation).await?;
    let rows: Vec<WarningRow<'_>> =
        end.warnings.iter().map(|(code, detail)| WarningRow { code, detail }).collect();
    let sql = "UPDATE updates SET duration_ms = ?, silence_map = ?, warnings = ?, phase = 'transcribing', \
        percent = 0, changed_at = ? WHERE id = ?";
    let values = [
        end.duration_ms.into(),
        crate::json::write("updates.silence_map", &end.silence_map)?.into(),
        crate::json::write("updates.warnings", &rows)?.into(),
        tx.clock().now_ms().into(),
        update.0.into(),
    ];
    execute(tx, sql, values).await?;
    if building {
        make_current(tx, update, generation).await?;
    }
    if !refresh(tx, update).await? {
        emit(tx, EventKind::UpdateChanged, update).await?;
    }
    Ok(())
}

/// No more segments come; the peak bandwidth is what they really need.
pub(super) async fn end_renditions(tx: &Tx, generation: GenerationId) -> Result<(), StoreError> {
    let sql = "UPDATE renditions SET ended = TRUE, bandwidth_bps = COALESCE((SELECT \
        MAX(s.size_bytes * 8000000 / CASE WHEN s.duration_us < 100000 THEN 100000 ELSE s.duration_us END) \
        FROM segments s \
        WHERE s.rendition_id = renditions.id AND s.duration_us > 0), bandwidth_bps) WHERE generation_id = ?";
    execute(tx, sql, [generation.0.into()]).await?;
    Ok(())
}

/// The bytes cannot become media, whatever is tried: the update is failed in words, the job is done.
pub async fn media_failed(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    code: &str,
    detail: &str,
) -> Result<(), StoreError> {
    jobs::finish(tx, lease).await?;
    fail_update(tx, update, code, detail).await
}

/// The attempt is over. When more bytes came since (a stalled upload went on), the next job is enqueued.
pub async fn finish_job(tx: &Tx, lease: &Lease, update: UpdateId) -> Result<(), StoreError> {
    jobs::finish(tx, lease).await?;
    let sql = "UPDATE updates SET phase = 'done', percent = 100 WHERE id = ? AND failure_code IS NULL";
    execute(tx, sql, [update.0.into()]).await?;
    if let Some(facts) = Facts::read(tx, update).await?
        && facts.update.failure_code.is_none()
        && facts.upload.is_some()
    {
        if facts.covered() {
            later::enqueue(tx, &facts).await?;
        } else {
            process(tx, &facts).await?;
        }
    }
    refresh(tx, update).await?;
    Ok(())
}
