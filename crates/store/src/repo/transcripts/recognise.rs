//! What a worker writes: a transcript window by window.

use meridian_domain::enums::{EventKind, TranscriptOrigin, TranscriptStatus};
use meridian_domain::ids::{GenerationId, SegmentId, TranscriptId, UpdateId};
use meridian_domain::transcript::Span;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{READY, RUNNING, current_row, segment_rows};
use crate::entity::{suggestions, transcript_segments, transcripts, updates};
use crate::repo::search;
use crate::{Conn, NewEvent, StoreError, Tx};

/// Begins a recognised transcript (state `running`); one that an earlier attempt left unfinished is removed. The
/// one that people see stays until [`finish_recognised`].
pub async fn begin_recognised(
    tx: &Tx,
    update: UpdateId,
    generation: Option<GenerationId>,
    language: &str,
    model: &str,
) -> Result<TranscriptId, StoreError> {
    let unfinished = ids(tx, update, |row| row.state == RUNNING).await?;
    if !unfinished.is_empty() {
        remove(tx, unfinished).await?;
        search::index_update(tx, update).await?;
    }
    let row = Row { update, language, origin: TranscriptOrigin::Recognised, model: Some(model), generation };
    row.insert(tx, RUNNING).await
}

/// A transcript's row to be.
pub(super) struct Row<'a> {
    pub(super) update: UpdateId,
    pub(super) language: &'a str,
    pub(super) origin: TranscriptOrigin,
    pub(super) model: Option<&'a str>,
    pub(super) generation: Option<GenerationId>,
}

impl Row<'_> {
    pub(super) async fn insert(&self, tx: &Tx, state: &str) -> Result<TranscriptId, StoreError> {
        let id = TranscriptId::new(tx.clock());
        let now = tx.clock().now_ms();
        let row = transcripts::ActiveModel {
            id: Set(id.0),
            update_id: Set(self.update.0),
            language: Set(self.language.to_owned()),
            origin: Set(self.origin.as_str().to_owned()),
            model: Set(self.model.map(str::to_owned)),
            revision: Set(newest_revision(tx, self.update).await? + 1),
            state: Set(state.to_owned()),
            outdated: Set(false),
            generation_id: Set(self.generation.map(|id| id.0)),
            created_at: Set(now),
            changed_at: Set(now),
        };
        transcripts::Entity::insert(row).exec_without_returning(tx.raw()).await?;
        Ok(id)
    }
}

async fn newest_revision(tx: &Tx, update: UpdateId) -> Result<i64, StoreError> {
    let newest = transcripts::Entity::find()
        .filter(transcripts::Column::UpdateId.eq(update.0))
        .order_by_desc(transcripts::Column::Revision)
        .one(tx.raw())
        .await?;
    Ok(newest.map_or(0, |row| row.revision))
}

/// The ids of an update's transcripts of some kind.
pub(super) async fn ids(
    tx: &Tx,
    update: UpdateId,
    wanted: impl Fn(&transcripts::Model) -> bool,
) -> Result<Vec<Uuid>, StoreError> {
    let rows =
        transcripts::Entity::find().filter(transcripts::Column::UpdateId.eq(update.0)).all(tx.raw()).await?;
    Ok(rows.into_iter().filter(wanted).map(|row| row.id).collect())
}

/// Removes transcripts with their segments and suggestions.
pub(super) async fn remove(tx: &Tx, ids: Vec<Uuid>) -> Result<(), StoreError> {
    suggestions::Entity::delete_many()
        .filter(suggestions::Column::TranscriptId.is_in(ids.clone()))
        .exec(tx.raw())
        .await?;
    transcript_segments::Entity::delete_many()
        .filter(transcript_segments::Column::TranscriptId.is_in(ids.clone()))
        .exec(tx.raw())
        .await?;
    transcripts::Entity::delete_many().filter(transcripts::Column::Id.is_in(ids)).exec(tx.raw()).await?;
    Ok(())
}

/// Writes segments; answers their ids in order.
pub(super) async fn write_segments(
    tx: &Tx,
    update: UpdateId,
    transcript: TranscriptId,
    spans: &[Span],
) -> Result<Vec<SegmentId>, StoreError> {
    let mut ids = Vec::with_capacity(spans.len());
    for batch in spans.chunks(200) {
        let mut rows = Vec::with_capacity(batch.len());
        for span in batch {
            let id = SegmentId::new(tx.clock());
            ids.push(id);
            rows.push(transcript_segments::ActiveModel {
                id: Set(id.0),
                transcript_id: Set(transcript.0),
                update_id: Set(update.0),
                start_ms: Set(span.start_ms),
                end_ms: Set(span.end_ms),
                text: Set(span.text.clone()),
                words: Set(crate::json::write("transcript_segments.words", &span.words)?),
            });
        }
        transcript_segments::Entity::insert_many(rows).exec_without_returning(tx.raw()).await?;
    }
    Ok(ids)
}

/// Adds the segments of a window, indexes them when the update is published and this is the transcript that people
/// see, and notes a `transcript.segment` event for each. The caller checks its lease in the same transaction.
pub async fn append_recognised(
    tx: &Tx,
    transcript: TranscriptId,
    spans: &[Span],
) -> Result<Vec<SegmentId>, StoreError> {
    let found = transcripts::Entity::find_by_id(transcript.0).one(tx.raw()).await?;
    let Some(row) = found.filter(|row| row.state == RUNNING) else {
        return Err(StoreError::Conflict { what: "the transcript" });
    };
    let Some(update) = updates::Entity::find_by_id(row.update_id).one(tx.raw()).await? else {
        return Ok(Vec::new());
    };
    let ids = write_segments(tx, row.update_id.into(), transcript, spans).await?;
    if let Some(from) = spans.iter().map(|span| span.start_ms).min() {
        search::index_segments(tx, row.update_id.into(), transcript, from).await?;
    }
    if current_row(tx, row.update_id.into()).await?.is_some_and(|current| current.id == row.id) {
        for (id, span) in ids.iter().zip(spans) {
            let shown = match update.trim_start_ms.zip(update.trim_end_ms) {
                Some((from, to)) => meridian_domain::transcript::cut(span, from, to),
                None => Some(span.clone()),
            };
            let Some(span) = shown else { continue };
            let segment = json!({"id": id, "start_ms": span.start_ms, "end_ms": span.end_ms, "text": span.text, "words": span.words});
            tell(tx, &update, EventKind::TranscriptSegment, json!({ "segment": segment }));
        }
    }
    Ok(ids)
}

/// Notes an event for those who see the update.
pub(super) fn tell(tx: &Tx, update: &updates::Model, kind: EventKind, data: serde_json::Value) {
    let published = update.publish_state == "published";
    tx.event(NewEvent {
        kind,
        workspace_id: update.workspace_id.into(),
        audience_id: published.then(|| update.audience_id.into()),
        user_id: (!published).then(|| update.author_id.into()),
        update_id: Some(update.id.into()),
        data,
    });
}

/// Ends it: state `ready`, older recognised and outdated ones go, the index follows, the update's
/// `transcript_status` (`ready` or `no_speech`), `transcript_language` and `word_count` are set, and
/// `transcript.ready` is noted. `language` corrects what [`begin_recognised`] was told.
pub async fn finish_recognised(
    tx: &Tx,
    transcript: TranscriptId,
    language: Option<&str>,
) -> Result<(), StoreError> {
    let found = transcripts::Entity::find_by_id(transcript.0).one(tx.raw()).await?;
    let Some(row) = found.filter(|row| row.state == RUNNING) else {
        return Err(StoreError::Conflict { what: "the transcript" });
    };
    let update: UpdateId = row.update_id.into();
    let own = row.id;
    if segment_rows(tx, vec![own]).await?.is_empty() {
        remove(tx, vec![own]).await?;
    } else {
        let recognised = TranscriptOrigin::Recognised.as_str();
        let old = ids(tx, update, |other| other.id != own && (other.outdated || other.origin == recognised))
            .await?;
        remove(tx, old).await?;
        let language = language.unwrap_or(&row.language).to_owned();
        transcripts::Entity::update_many()
            .col_expr(transcripts::Column::State, Expr::value(READY))
            .col_expr(transcripts::Column::Language, Expr::value(language))
            .col_expr(transcripts::Column::ChangedAt, Expr::value(tx.clock().now_ms()))
            .filter(transcripts::Column::Id.eq(own))
            .exec(tx.raw())
            .await?;
    }
    settle(tx, update).await
}

/// Brings the update and the index in line with the transcript that people see now, and tells.
pub(super) async fn settle(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    let current = current_row(tx, update).await?;
    let words = match &current {
        Some(row) => word_count(tx, row.id).await?,
        None => 0,
    };
    let status = if current.is_some() { TranscriptStatus::Ready } else { TranscriptStatus::NoSpeech };
    let language = current.as_ref().map(|row| row.language.clone()).filter(|tag| tag != "und");
    updates::Entity::update_many()
        .col_expr(updates::Column::TranscriptStatus, Expr::value(status.as_str()))
        .col_expr(updates::Column::TranscriptLanguage, Expr::value(language.clone()))
        .col_expr(updates::Column::WordCount, Expr::value(words))
        .filter(updates::Column::Id.eq(update.0))
        .exec(tx.raw())
        .await?;
    if let Some(whole) = current.as_ref().filter(|row| row.state == READY) {
        super::suggestions::fill(tx, whole).await?;
    }
    search::index_update(tx, update).await?;
    if let Some(row) = updates::Entity::find_by_id(update.0).one(tx.raw()).await? {
        let data = json!({"transcript": {
            "status": status.as_str(),
            "language": language,
            "word_count": words,
            "origin": current.as_ref().map(|row| row.origin.clone()),
            "revision": current.as_ref().map(|row| row.revision),
        }});
        tell(tx, &row, EventKind::TranscriptReady, data);
    }
    Ok(())
}

async fn word_count(tx: &Tx, transcript: Uuid) -> Result<i64, StoreError> {
    let mut words = 0;
    for row in segment_rows(tx, vec![transcript]).await? {
        let found: Vec<serde_json::Value> = crate::json::read("transcript_segments.words", &row.words)?;
        words += i64::try_from(found.len()).unwrap_or(0);
    }
    Ok(words)
}
