//! What people write: corrections, imports, the wish for a new one.

use meridian_domain::enums::TranscriptOrigin;
use meridian_domain::ids::{SegmentId, TranscriptId, UpdateId};
use meridian_domain::transcript::{Span, realign};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::recognise::{Row, ids, remove, settle, write_segments};
use super::{READY, Segment, Transcript, current, current_row, segment, segment_rows};
use crate::entity::{suggestions, transcript_segments, transcripts};
use crate::repo::processing;
use crate::repo::updates::RowUpdate;
use crate::{Conn, StoreError, Tx, json};

/// A changed segment with the revision that the change made.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// As it is now.
    pub segment: Segment,
    /// The transcript's new revision.
    pub revision: i64,
}

/// Changes a segment's text; words that stay keep their times. The first change of a transcript makes its `edited`
/// copy: the segments that people see keep their ids and belong to the copy, the original keeps what it said.
///
/// # Errors
/// [`StoreError::Conflict`] when the transcript's revision is no longer `expected`, or is still being made.
pub async fn edit_segment(
    tx: &Tx,
    id: SegmentId,
    text: &str,
    expected: Option<i64>,
) -> Result<Option<Edited>, StoreError> {
    let Some(row) = transcript_segments::Entity::find_by_id(id.0).one(tx.raw()).await? else {
        return Ok(None);
    };
    let update: UpdateId = row.update_id.into();
    let current = current_row(tx, update).await?;
    let Some(current) = current.filter(|found| found.id == row.transcript_id && found.state == READY) else {
        return Err(StoreError::Conflict { what: "the transcript" });
    };
    if expected.is_some_and(|expected| expected != current.revision) {
        return Err(StoreError::Conflict { what: "the transcript" });
    }
    let (transcript, revision) = match current.origin.parse()? {
        TranscriptOrigin::Edited => (current.id, bump(tx, &current).await?),
        _ => copy(tx, &current).await?,
    };
    let Segment { span: old, .. } = segment(row)?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = realign(&old.words, &text, old.start_ms, old.end_ms);
    let span = Span { words, text, ..old };
    transcript_segments::Entity::update_many()
        .col_expr(transcript_segments::Column::Text, Expr::value(span.text.clone()))
        .col_expr(
            transcript_segments::Column::Words,
            Expr::value(json::write("transcript_segments.words", &span.words)?),
        )
        .filter(transcript_segments::Column::Id.eq(id.0))
        .filter(transcript_segments::Column::TranscriptId.eq(transcript))
        .exec(tx.raw())
        .await?;
    settle(tx, update).await?;
    Ok(Some(Edited { segment: Segment { id, span }, revision }))
}

async fn bump(tx: &Tx, row: &transcripts::Model) -> Result<i64, StoreError> {
    transcripts::Entity::update_many()
        .col_expr(transcripts::Column::Revision, Expr::value(row.revision + 1))
        .col_expr(transcripts::Column::ChangedAt, Expr::value(tx.clock().now_ms()))
        .filter(transcripts::Column::Id.eq(row.id))
        .exec(tx.raw())
        .await?;
    Ok(row.revision + 1)
}

/// Makes the edited copy and moves the segments to it; copies with new ids stay with the original.
async fn copy(tx: &Tx, original: &transcripts::Model) -> Result<(Uuid, i64), StoreError> {
    let update: UpdateId = original.update_id.into();
    let edited = TranscriptOrigin::Edited.as_str();
    let earlier = ids(tx, update, |row| row.origin == edited && row.language == original.language).await?;
    let segments = segment_rows(tx, vec![original.id]).await?;
    let spans = segments.iter().cloned().map(|row| Ok(segment(row)?.span));
    let spans: Vec<Span> = spans.collect::<Result<_, StoreError>>()?;
    let row = Row {
        update,
        language: &original.language,
        origin: TranscriptOrigin::Edited,
        model: original.model.as_deref(),
        generation: original.generation_id.map(Into::into),
    };
    let copy = row.insert(tx, READY).await?;
    remove(tx, earlier).await?;
    transcript_segments::Entity::update_many()
        .col_expr(transcript_segments::Column::TranscriptId, Expr::value(copy.0))
        .filter(transcript_segments::Column::TranscriptId.eq(original.id))
        .exec(tx.raw())
        .await?;
    suggestions::Entity::update_many()
        .col_expr(suggestions::Column::TranscriptId, Expr::value(copy.0))
        .filter(suggestions::Column::TranscriptId.eq(original.id))
        .exec(tx.raw())
        .await?;
    write_segments(tx, update, original.id.into(), &spans).await?;
    let revision = transcripts::Entity::find_by_id(copy.0).one(tx.raw()).await?.map_or(0, |row| row.revision);
    Ok((copy.0, revision))
}

/// A file's transcript.
#[derive(Clone, Debug)]
pub struct Import<'a> {
    /// A language tag, `und` where nobody knows.
    pub language: &'a str,
    /// What `meridian_domain::transcript::read` gave.
    pub spans: &'a [Span],
}

/// Takes a file's transcript: it becomes the one that people see, in place of an earlier import; an edited one of the
/// same language steps back.
pub async fn import(tx: &Tx, update: UpdateId, new: &Import<'_>) -> Result<Transcript, StoreError> {
    let imported = TranscriptOrigin::Imported.as_str();
    let earlier = ids(tx, update, |row| row.origin == imported && row.language == new.language).await?;
    let row = Row {
        update,
        language: new.language,
        origin: TranscriptOrigin::Imported,
        model: None,
        generation: None,
    };
    let id: TranscriptId = row.insert(tx, READY).await?;
    remove(tx, earlier).await?;
    mark_outdated(tx, update, id).await?;
    write_segments(tx, update, id, new.spans).await?;
    settle(tx, update).await?;
    current(tx, update, None).await?.ok_or(StoreError::Conflict { what: "the transcript" })
}

async fn mark_outdated(tx: &Tx, update: UpdateId, but: TranscriptId) -> Result<(), StoreError> {
    transcripts::Entity::update_many()
        .col_expr(transcripts::Column::Outdated, Expr::value(true))
        .filter(transcripts::Column::UpdateId.eq(update.0))
        .filter(transcripts::Column::State.eq(READY))
        .filter(transcripts::Column::Id.ne(but.0))
        .filter(transcripts::Column::Origin.eq(TranscriptOrigin::Edited.as_str()))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Enqueues a new recognition. What people see now stays until the new one is whole, and goes then. `false` when the
/// update has no media to listen to.
pub async fn regenerate(tx: &Tx, update: &RowUpdate, language: Option<&str>) -> Result<bool, StoreError> {
    if !processing::transcribe_again(tx, update.id, language).await? {
        return Ok(false);
    }
    transcripts::Entity::update_many()
        .col_expr(transcripts::Column::Outdated, Expr::value(true))
        .filter(transcripts::Column::UpdateId.eq(update.id.0))
        .filter(transcripts::Column::State.eq(READY))
        .exec(tx.raw())
        .await?;
    Ok(true)
}
