//! Suggestions found in a transcript: a person accepts one, which makes a comment, or dismisses it.

use meridian_domain::ids::{CommentId, SegmentId, SuggestionId, TranscriptId, UpdateId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::{comments, suggestions};
use crate::repo::updates::{self, RowUpdate};
use crate::{Conn, StoreError, Tx};

const OPEN: &str = "open";

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Which.
    pub id: SuggestionId,
    /// In which transcript.
    pub transcript_id: TranscriptId,
    /// In which segment.
    pub segment_id: Option<SegmentId>,
    /// What it sounds like: `plan`, `blocker`, `decision` or `request`.
    pub kind: String,
    /// Where on the source's time line, in milliseconds.
    pub start_ms: i64,
    /// Where it ends.
    pub end_ms: i64,
    /// What is suggested.
    pub text: String,
    /// `open`, `accepted` or `dismissed`.
    pub status: String,
    /// The comment that it became.
    pub comment_id: Option<CommentId>,
}

fn from_row(row: suggestions::Model) -> Suggestion {
    Suggestion {
        id: row.id.into(),
        transcript_id: row.transcript_id.into(),
        segment_id: row.segment_id.map(Into::into),
        kind: row.kind,
        start_ms: row.start_ms,
        end_ms: row.end_ms,
        text: row.text,
        status: row.status,
        comment_id: row.comment_id.map(Into::into),
    }
}

/// A transcript's suggestions, by time.
pub async fn suggestions(
    conn: &impl Conn,
    update: UpdateId,
    transcript: TranscriptId,
) -> Result<Vec<Suggestion>, StoreError> {
    let rows = suggestions::Entity::find()
        .filter(suggestions::Column::UpdateId.eq(update.0))
        .filter(suggestions::Column::TranscriptId.eq(transcript.0))
        .order_by_asc(suggestions::Column::StartMs)
        .order_by_asc(suggestions::Column::Id)
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Fills in what the spoken rules find in a whole transcript that has no suggestions yet. What somebody said in a
/// comment already is not offered again.
pub(super) async fn fill(tx: &Tx, transcript: &crate::entity::transcripts::Model) -> Result<(), StoreError> {
    let there = suggestions::Entity::find()
        .filter(suggestions::Column::TranscriptId.eq(transcript.id))
        .one(tx.raw())
        .await?;
    if there.is_some() {
        return Ok(());
    }
    let rows = super::segment_rows(tx, vec![transcript.id]).await?;
    let segments = rows.into_iter().map(super::segment).collect::<Result<Vec<_>, _>>()?;
    let spans: Vec<_> = segments.iter().map(|segment| segment.span.clone()).collect();
    let said = comments::Entity::find()
        .filter(comments::Column::UpdateId.eq(transcript.update_id))
        .filter(comments::Column::DeletedAt.is_null())
        .all(tx.raw())
        .await?;
    for found in meridian_domain::suggestions::find(&transcript.language, &spans) {
        if said.iter().any(|comment| comment.body == found.text) {
            continue;
        }
        let row = suggestions::ActiveModel {
            id: Set(SuggestionId::new(tx.clock()).0),
            update_id: Set(transcript.update_id),
            transcript_id: Set(transcript.id),
            segment_id: Set(segments.get(found.span).map(|segment| segment.id.0)),
            kind: Set(found.kind.as_str().to_owned()),
            start_ms: Set(found.start_ms),
            end_ms: Set(found.end_ms),
            text: Set(found.text),
            status: Set(OPEN.to_owned()),
            comment_id: Set(None),
        };
        suggestions::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    }
    Ok(())
}

/// A suggestion with its update, if the viewer sees it, and whether the viewer may edit the update.
pub async fn suggestion_for(
    conn: &impl Conn,
    viewer: UserId,
    id: SuggestionId,
) -> Result<Option<(RowUpdate, bool, Suggestion)>, StoreError> {
    let Some(row) = suggestions::Entity::find_by_id(id.0).one(conn.raw()).await? else { return Ok(None) };
    let found = updates::find_with_rights(conn, viewer, row.update_id.into()).await?;
    Ok(found.map(|(update, manages)| (update, manages, from_row(row))))
}

/// Marks it accepted as a comment that the caller made in the same transaction; `false` when it was not open.
pub async fn accept(tx: &Tx, id: SuggestionId, comment: CommentId) -> Result<bool, StoreError> {
    settle(tx, id, "accepted", Some(comment)).await
}

/// Marks it dismissed; `false` when it was not open.
pub async fn dismiss(tx: &Tx, id: SuggestionId) -> Result<bool, StoreError> {
    settle(tx, id, "dismissed", None).await
}

async fn settle(
    tx: &Tx,
    id: SuggestionId,
    status: &str,
    comment: Option<CommentId>,
) -> Result<bool, StoreError> {
    let changed = suggestions::Entity::update_many()
        .col_expr(suggestions::Column::Status, Expr::value(status))
        .col_expr(suggestions::Column::CommentId, Expr::value(comment.map(|id| id.0)))
        .filter(suggestions::Column::Id.eq(id.0))
        .filter(suggestions::Column::Status.eq(OPEN))
        .exec(tx.raw())
        .await?;
    Ok(changed.rows_affected == 1)
}
