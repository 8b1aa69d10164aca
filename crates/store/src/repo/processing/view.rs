//! What a worker needs to know about an update and its bytes.

use meridian_domain::ids::{GenerationId, UpdateId, UploadId, WorkspaceId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::status::Facts;
use crate::entity::{rendition_inits, renditions, segments, teams, upload_chunks, uploads};
use crate::repo::check_ins;
use crate::{Conn, StoreError, json};

/// An update as a job sees it.
#[derive(Clone, Debug)]
pub struct UpdateView {
    /// Which.
    pub id: UpdateId,
    /// Whose.
    pub workspace_id: WorkspaceId,
    /// Empty: one is suggested.
    pub title: String,
    /// The language that was chosen.
    pub language: Option<String>,
    /// How long the recorder says it is, in milliseconds.
    pub client_duration_ms: Option<i64>,
    /// Its upload.
    pub upload_id: Option<UploadId>,
    /// The longest recording, in milliseconds, that the team or the round's check-in allows.
    pub max_duration_ms: Option<i64>,
    /// The team's names and terms.
    pub glossary: Vec<String>,
    /// What players get now.
    pub current: Option<CurrentMedia>,
}

/// The generation that players get.
#[derive(Clone, Debug)]
pub struct CurrentMedia {
    /// Which.
    pub generation_id: GenerationId,
    /// Made to its end from every byte that is there.
    pub covers_source: bool,
    /// There is sound in it; unknown while it is made.
    pub has_audio: Option<bool>,
    /// By how much its sound is still to be made louder or softer, in decibels.
    pub wanted_gain_db: Option<f64>,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceView {
    /// Which.
    pub upload_id: UploadId,
    /// Bytes that are there.
    pub offset_bytes: i64,
    /// The announced length; `None` while a recorder has not ended it.
    pub length_bytes: Option<i64>,
    /// Whether more bytes are expected now.
    pub arriving: bool,
    /// Whether it ended without its last byte.
    pub ended_early: bool,
}

/// One immutable piece of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its first byte's place.
    pub start: i64,
    /// Its size in bytes.
    pub size_bytes: i64,
    /// Its object.
    pub object_key: String,
}

/// One object of a published rendition, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPart {
    /// Its object.
    pub object_key: String,
    /// Its size in bytes.
    pub size_bytes: i64,
}

/// The update of a job; `None` when it is deleted.
pub async fn view(conn: &impl Conn, id: UpdateId) -> Result<Option<UpdateView>, StoreError> {
    let Some(facts) = Facts::read(conn, id).await? else { return Ok(None) };
    let team = teams::Entity::find_by_id(facts.update.team_id).one(conn.raw()).await?;
    let asked = match facts.update.round_id {
        Some(round) => check_ins::longest_answer(conn, round.into()).await?,
        None => None,
    };
    let covers_source = facts.covered();
    let current = match &facts.current {
        Some(generation) => {
            let read: serde_json::Value = json::read("media_generations.facts", &generation.facts)?;
            Some(CurrentMedia {
                generation_id: generation.id.into(),
                covers_source,
                has_audio: read.get("has_audio").and_then(serde_json::Value::as_bool),
                wanted_gain_db: super::loudness::wanted_gain_db(generation)?,
            })
        }
        None => None,
    };
    let glossary = team.as_ref().map_or(Ok(Vec::new()), |t| json::read("teams.glossary", &t.glossary))?;
    Ok(Some(UpdateView {
        id,
        workspace_id: facts.update.workspace_id.into(),
        title: facts.update.title,
        language: facts.update.language,
        client_duration_ms: facts.update.client_duration_ms,
        upload_id: facts.update.upload_id.map(Into::into),
        max_duration_ms: [team.and_then(|t| t.max_duration_ms), asked].into_iter().flatten().min(),
        glossary,
        current,
    }))
}

/// How far an upload is; `None` when it was taken back or refused.
pub async fn source(conn: &impl Conn, upload: UploadId) -> Result<Option<SourceView>, StoreError> {
    let found = uploads::Entity::find_by_id(upload.0).one(conn.raw()).await?;
    Ok(found.filter(|u| matches!(u.state.as_str(), "open" | "complete" | "expired")).map(|u| SourceView {
        upload_id: u.id.into(),
        offset_bytes: u.offset_bytes,
        length_bytes: u.length_bytes,
        arriving: u.state == "open" && u.stalled_at.is_none(),
        ended_early: u.state == "expired" || (u.state == "open" && u.stalled_at.is_some()),
    }))
}

/// The pieces of an upload from a byte on, in order.
pub async fn chunks_from(conn: &impl Conn, upload: UploadId, start: i64) -> Result<Vec<Chunk>, StoreError> {
    let rows = upload_chunks::Entity::find()
        .filter(upload_chunks::Column::UploadId.eq(upload.0))
        .filter(upload_chunks::Column::StartOffset.gte(start))
        .order_by_asc(upload_chunks::Column::StartOffset)
        .all(conn.raw())
        .await?;
    let chunk = |r: upload_chunks::Model| Chunk {
        start: r.start_offset,
        size_bytes: r.size_bytes,
        object_key: r.object_key,
    };
    Ok(rows.into_iter().map(chunk).collect())
}

/// The rendition of a generation that is read for its sound: sound alone where there is one, else the smallest
/// picture; init bytes and segments in order. Empty when nothing is published.
pub async fn audio_parts(
    conn: &impl Conn,
    generation: GenerationId,
) -> Result<Vec<PublishedPart>, StoreError> {
    let mut found = renditions::Entity::find()
        .filter(renditions::Column::GenerationId.eq(generation.0))
        .all(conn.raw())
        .await?;
    found.sort_by_key(|r| (r.kind != "audio", r.bandwidth_bps));
    let Some(rendition) = found.first() else { return Ok(Vec::new()) };
    Ok(parts_of(conn, rendition.id).await?.1)
}

/// A rendition's objects in order, the first init bytes before the segments, and how many init bytes there are.
pub(super) async fn parts_of(
    conn: &impl Conn,
    rendition: uuid::Uuid,
) -> Result<(usize, Vec<PublishedPart>), StoreError> {
    let inits = rendition_inits::Entity::find()
        .filter(rendition_inits::Column::RenditionId.eq(rendition))
        .order_by_asc(rendition_inits::Column::Init)
        .all(conn.raw())
        .await?;
    let rows = segments::Entity::find()
        .filter(segments::Column::RenditionId.eq(rendition))
        .order_by_asc(segments::Column::Seq)
        .all(conn.raw())
        .await?;
    let mut parts = Vec::with_capacity(rows.len() + 1);
    let count = inits.len();
    let first = inits.into_iter().next();
    parts.extend(first.map(|i| PublishedPart { object_key: i.object_key, size_bytes: i.size_bytes }));
    parts.extend(
        rows.into_iter().map(|s| PublishedPart { object_key: s.object_key, size_bytes: s.size_bytes }),
    );
    Ok((count, parts))
}
