//! Published media as players read it. What workers write is in [`super::processing`].
//!
//! Only generations that were made current are found here: what is still being built, or was given up, is not there.

use std::collections::HashMap;

use meridian_domain::enums::GenerationState;
use meridian_domain::ids::{GenerationId, RenditionId, UpdateId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::{artefacts, media_generations, rendition_inits, renditions, segments};
use crate::repo::several;
use crate::{Conn, StoreError};

/// A playable form of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Its id.
    pub id: RenditionId,
    /// The attempt it belongs to.
    pub generation_id: GenerationId,
    /// `source`, `720p`, `audio`, ...
    pub name: String,
    /// Has a picture; else sound alone.
    pub has_picture: bool,
    /// RFC 6381.
    pub codecs: String,
    /// Displayed width and height in pixels.
    pub size_px: Option<(i64, i64)>,
    /// Peak bits a second.
    pub bandwidth_bps: i64,
    /// Longest segment in seconds.
    pub target_duration_s: i64,
    /// No segment will be added.
    pub ended: bool,
}

/// One media segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// 0, 1, ... within its rendition.
    pub seq: i64,
    /// Start on the source's time line, in microseconds.
    pub start_us: i64,
    /// Length in microseconds.
    pub duration_us: i64,
    /// Which init bytes it needs.
    pub init: i64,
    /// EXT-X-DISCONTINUITY goes before it.
    pub discontinuity: bool,
    /// Its object.
    pub object: Object,
}

impl Segment {
    /// Whether any of it lies within `span` (microseconds on the source's time line).
    pub fn overlaps(&self, span: (i64, i64)) -> bool {
        self.start_us < span.1 && self.start_us.saturating_add(self.duration_us) > span.0
    }
}

/// An immutable object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size_bytes: u64,
}

impl Object {
    fn new(key: String, size: i64) -> Self {
        Self { key, size_bytes: u64::try_from(size).unwrap_or(0) }
    }
}

/// A file beside the segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artefact {
    /// Its object.
    pub object: Object,
    /// Its media type.
    pub content_type: String,
}

/// What can be addressed of one generation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Names of artefacts.
    pub artefacts: Vec<String>,
    /// A rendition with a picture is whole.
    pub whole_picture: bool,
    /// A rendition of sound alone is whole.
    pub whole_sound: bool,
}

/// A recognised or written line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// Start on the source's time line, in milliseconds.
    pub start_ms: i64,
    /// End on the source's time line, in milliseconds.
    pub end_ms: i64,
    /// The text.
    pub text: String,
}

/// Whether players may still read a generation of this update; `Some(true)`: nothing will be added to it.
pub async fn generation_ended(
    conn: &impl Conn,
    update: UpdateId,
    generation: GenerationId,
) -> Result<Option<bool>, StoreError> {
    let found = media_generations::Entity::find_by_id(generation.0)
        .filter(media_generations::Column::UpdateId.eq(update.0))
        .one(conn.raw())
        .await?;
    let Some(row) = found else { return Ok(None) };
    Ok(match row.state.parse()? {
        GenerationState::Current => Some(row.ended),
        GenerationState::Frozen => Some(true),
        GenerationState::Building | GenerationState::Failed => None,
    })
}

/// The renditions of a generation that have a segment, largest first.
pub async fn renditions(conn: &impl Conn, generation: GenerationId) -> Result<Vec<Rendition>, StoreError> {
    let rows = renditions::Entity::find()
        .filter(renditions::Column::GenerationId.eq(generation.0))
        .order_by_desc(renditions::Column::BandwidthBps)
        .all(conn.raw())
        .await?;
    let mut listed = Vec::with_capacity(rows.len());
    for row in rows {
        if segments::Entity::find_by_id((row.id, 0)).one(conn.raw()).await?.is_some() {
            listed.push(from_row(row));
        }
    }
    Ok(listed)
}

/// One rendition by its name.
pub async fn rendition(
    conn: &impl Conn,
    generation: GenerationId,
    name: &str,
) -> Result<Option<Rendition>, StoreError> {
    let row = renditions::Entity::find()
        .filter(renditions::Column::GenerationId.eq(generation.0))
        .filter(renditions::Column::Name.eq(name))
        .one(conn.raw())
        .await?;
    Ok(row.map(from_row))
}

fn from_row(row: renditions::Model) -> Rendition {
    Rendition {
        id: row.id.into(),
        generation_id: row.generation_id.into(),
        has_picture: row.kind == "video",
        name: row.name,
        codecs: row.codecs,
        size_px: row.width.zip(row.height),
        bandwidth_bps: row.bandwidth_bps,
        target_duration_s: row.target_duration_s,
        ended: row.ended,
    }
}

/// The segments of a rendition, in order.
pub async fn segments(conn: &impl Conn, rendition: RenditionId) -> Result<Vec<Segment>, StoreError> {
    let rows = segments::Entity::find()
        .filter(segments::Column::RenditionId.eq(rendition.0))
        .order_by_asc(segments::Column::Seq)
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(segment_from_row).collect())
}

/// One segment.
pub async fn segment(
    conn: &impl Conn,
    rendition: RenditionId,
    seq: i64,
) -> Result<Option<Segment>, StoreError> {
    let row = segments::Entity::find_by_id((rendition.0, seq)).one(conn.raw()).await?;
    Ok(row.map(segment_from_row))
}

fn segment_from_row(row: segments::Model) -> Segment {
    Segment {
        seq: row.seq,
        start_us: row.start_us,
        duration_us: row.duration_us,
        init: row.init,
        discontinuity: row.discontinuity,
        object: Object::new(row.object_key, row.size_bytes),
    }
}

/// The init bytes of a rendition with their numbers, in order.
pub async fn inits(conn: &impl Conn, rendition: RenditionId) -> Result<Vec<(i64, Object)>, StoreError> {
    let rows = rendition_inits::Entity::find()
        .filter(rendition_inits::Column::RenditionId.eq(rendition.0))
        .order_by_asc(rendition_inits::Column::Init)
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(|row| (row.init, Object::new(row.object_key, row.size_bytes))).collect())
}

/// A file beside the segments.
pub async fn artefact(
    conn: &impl Conn,
    generation: GenerationId,
    name: &str,
) -> Result<Option<Artefact>, StoreError> {
    let row = artefacts::Entity::find_by_id((generation.0, name.to_owned())).one(conn.raw()).await?;
    Ok(row.map(|row| Artefact {
        object: Object::new(row.object_key, row.size_bytes),
        content_type: row.content_type,
    }))
}

/// What there is of these generations, in two statements whatever their number.
pub async fn contents(
    conn: &impl Conn,
    generations: &[GenerationId],
) -> Result<HashMap<GenerationId, Contents>, StoreError> {
    let mut found: HashMap<GenerationId, Contents> = HashMap::new();
    if generations.is_empty() {
        return Ok(found);
    }
    let ids = several(generations.iter().map(|id| id.0));
    let names: Vec<(uuid::Uuid, String)> = artefacts::Entity::find()
        .select_only()
        .column(artefacts::Column::GenerationId)
        .column(artefacts::Column::Name)
        .filter(artefacts::Column::GenerationId.is_in(ids.clone()))
        .into_tuple()
        .all(conn.raw())
        .await?;
    for (generation, name) in names {
        found.entry(generation.into()).or_default().artefacts.push(name);
    }
    let whole = renditions::Entity::find()
        .filter(renditions::Column::GenerationId.is_in(ids))
        .filter(renditions::Column::Ended.eq(true))
        .all(conn.raw())
        .await?;
    for row in whole {
        let contents = found.entry(row.generation_id.into()).or_default();
        if row.kind == "video" {
            contents.whole_picture = true;
        } else {
            contents.whole_sound = true;
        }
    }
    Ok(found)
}

/// The lines of the transcript that people see: a ready one (edited before imported before recognised), else what is
/// recognised so far.
pub async fn cues(conn: &impl Conn, update: UpdateId) -> Result<Vec<Cue>, StoreError> {
    let Some(row) = super::updates::find_any(conn, update).await? else { return Ok(Vec::new()) };
    let Some(shown) = super::transcripts::current(conn, update, None).await? else { return Ok(Vec::new()) };
    // Of a line that a trim cuts, only the words inside.
    let spans = shown.visible(&row).spans().into_iter();
    Ok(spans.map(|span| Cue { start_ms: span.start_ms, end_ms: span.end_ms, text: span.text }).collect())
}
