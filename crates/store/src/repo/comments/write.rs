//! Making and changing comments. The events carry the comment as the API shows it, so the caller notes them.

use jiff::civil::Date;
use meridian_domain::enums::{CommentKind, Priority};
use meridian_domain::ids::{CommentId, ShareLinkId, UpdateId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, UpdateMany};

use super::{RowComment, find_any, mentions_json, row};
use crate::entity::comment_history;
use crate::entity::comments::{self, Column};
use crate::repo::jobs::execute;
use crate::repo::updates::RowUpdate;
use crate::repo::{events, idempotency, search};
use crate::{Conn, StoreError, Tx};

/// A comment to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the table and of api.md")]
pub struct NewComment {
    pub author_id: UserId,
    /// Instead of the author: a guest's name, and by which share link they came.
    pub guest: Option<(String, ShareLinkId)>,
    pub body: String,
    pub body_html: String,
    pub at_ms: Option<i64>,
    pub end_ms: Option<i64>,
    pub kind: CommentKind,
    pub parent_id: Option<CommentId>,
    pub assignee_id: Option<UserId>,
    pub due_on: Option<Date>,
    pub expected_by: Option<i64>,
    pub mentions: Vec<UserId>,
    pub priority: Priority,
}

/// Makes a comment on an update.
pub async fn insert(tx: &Tx, update: &RowUpdate, new: &NewComment) -> Result<RowComment, StoreError> {
    let model = comments::Model {
        id: CommentId::new(tx.clock()).0,
        update_id: update.id.0,
        workspace_id: update.workspace_id.0,
        audience_id: update.audience_id.0,
        author_id: new.author_id.0,
        body: new.body.clone(),
        body_html: new.body_html.clone(),
        at_ms: new.at_ms,
        end_ms: new.end_ms,
        kind: new.kind.as_str().to_owned(),
        parent_id: new.parent_id.map(|id| id.0),
        assignee_id: new.assignee_id.map(|id| id.0),
        due_on: new.due_on.map(|date| date.to_string()),
        expected_by: new.expected_by,
        mentions: mentions_json(&new.mentions)?,
        priority: new.priority.as_str().to_owned(),
        resolved_at: None,
        resolved_by: None,
        acknowledged_at: None,
        answer_id: None,
        edited_at: None,
        created_at: tx.clock().now_ms(),
        version: 1,
        deleted_at: None,
        backup_due_at: None,
        backup_told_at: None,
        backup_id: None,
        talk_opened_at: None,
        talk_opened_by: None,
        guest_name: new.guest.as_ref().map(|(name, _)| name.clone()),
        share_link_id: new.guest.as_ref().map(|(_, link)| link.0),
    };
    let active: comments::ActiveModel = model.clone().into();
    comments::Entity::insert(active).exec_without_returning(tx.raw()).await?;
    count(tx, update.id).await?;
    search::index_comment(tx, model.id.into()).await?;
    row::from_model(model)
}

async fn count(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    let sql = "UPDATE updates SET comment_count = (SELECT COUNT(*) FROM comments c \
        WHERE c.update_id = updates.id AND c.deleted_at IS NULL) WHERE id = ?";
    execute(tx, sql, [update.0.into()]).await?;
    Ok(())
}

/// What an edit changes; `None` leaves a field alone.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of api.md")]
pub struct Edit {
    /// The text and its HTML.
    pub body: Option<(String, String)>,
    pub at_ms: Option<Option<i64>>,
    pub end_ms: Option<Option<i64>>,
    pub kind: Option<CommentKind>,
    pub assignee_id: Option<Option<UserId>>,
    pub due_on: Option<Option<Date>>,
    pub expected_by: Option<Option<i64>>,
    pub mentions: Option<Vec<UserId>>,
    pub priority: Option<Priority>,
}

/// Changes a comment; what it said before is kept in its history.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody changed or deleted it in between.
pub async fn edit(
    tx: &Tx,
    comment: &RowComment,
    editor: UserId,
    edit: &Edit,
) -> Result<RowComment, StoreError> {
    let now = tx.clock().now_ms();
    let says_else = edit.body.as_ref().is_some_and(|(body, _)| *body != comment.body)
        || edit.kind.is_some_and(|kind| kind != comment.kind);
    let mut update = comments::Entity::update_many();
    if says_else {
        keep(tx, comment, editor).await?;
        update = update.col_expr(Column::EditedAt, Expr::value(now));
    }
    if let Some((body, html)) = &edit.body {
        update = update
            .col_expr(Column::Body, Expr::value(body.as_str()))
            .col_expr(Column::BodyHtml, Expr::value(html.as_str()));
    }
    if let Some(kind) = edit.kind {
        update = update.col_expr(Column::Kind, Expr::value(kind.as_str()));
    }
    if let Some(at) = edit.at_ms {
        update = update.col_expr(Column::AtMs, Expr::value(at));
    }
    if let Some(end) = edit.end_ms {
        update = update.col_expr(Column::EndMs, Expr::value(end));
    }
    if let Some(who) = edit.assignee_id {
        update = update
            .col_expr(Column::AssigneeId, Expr::value(who.map(|id| id.0)))
            .col_expr(Column::AcknowledgedAt, Expr::value(Option::<i64>::None));
    }
    if let Some(due) = edit.due_on {
        update = update.col_expr(Column::DueOn, Expr::value(due.map(|date| date.to_string())));
    }
    if let Some(by) = edit.expected_by {
        update = update.col_expr(Column::ExpectedBy, Expr::value(by));
    }
    if let Some(mentions) = &edit.mentions {
        update = update.col_expr(Column::Mentions, Expr::value(mentions_json(mentions)?));
    }
    if let Some(priority) = edit.priority {
        update = update.col_expr(Column::Priority, Expr::value(priority.as_str()));
    }
    let row = apply(tx, comment, update).await?;
    search::index_comment(tx, row.id).await?;
    Ok(row)
}

async fn keep(tx: &Tx, comment: &RowComment, editor: UserId) -> Result<(), StoreError> {
    let entry = comment_history::ActiveModel {
        id: Set(CommentId::new(tx.clock()).0),
        comment_id: Set(comment.id.0),
        body: Set(comment.body.clone()),
        kind: Set(comment.kind.as_str().to_owned()),
        editor_id: Set(editor.0),
        replaced_at: Set(tx.clock().now_ms()),
    };
    comment_history::Entity::insert(entry).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Runs an update of a comment whose version is as it was read.
async fn apply(
    tx: &Tx,
    comment: &RowComment,
    update: UpdateMany<comments::Entity>,
) -> Result<RowComment, StoreError> {
    let changed = update
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::Id.eq(comment.id.0))
        .filter(Column::Version.eq(comment.version))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.raw())
        .await?;
    let row = find_any(tx, comment.id).await?;
    row.filter(|_| changed.rows_affected == 1).ok_or(StoreError::Conflict { what: "the comment" })
}

pub(super) async fn set(
    tx: &Tx,
    comment: &RowComment,
    values: impl IntoIterator<Item = (Column, SimpleExpr)>,
) -> Result<RowComment, StoreError> {
    let update = comments::Entity::update_many();
    let update = values.into_iter().fold(update, |update, (column, value)| update.col_expr(column, value));
    let row = apply(tx, comment, update).await?;
    search::index_comment(tx, row.id).await?;
    Ok(row)
}

/// Closes a comment; one that is closed stays as it is.
pub async fn resolve(tx: &Tx, comment: &RowComment, by: UserId) -> Result<RowComment, StoreError> {
    if comment.resolved_at.is_some() {
        return Ok(comment.clone());
    }
    let now = tx.clock().now_ms();
    let values = [(Column::ResolvedAt, Expr::value(now)), (Column::ResolvedBy, Expr::value(by.0))];
    set(tx, comment, values).await
}

/// Opens a closed comment.
pub async fn reopen(tx: &Tx, comment: &RowComment) -> Result<RowComment, StoreError> {
    let values = [
        (Column::ResolvedAt, Expr::value(Option::<i64>::None)),
        (Column::ResolvedBy, Expr::value(Option::<uuid::Uuid>::None)),
    ];
    set(tx, comment, values).await
}

/// The assignee has taken note.
pub async fn acknowledge(tx: &Tx, comment: &RowComment) -> Result<RowComment, StoreError> {
    if comment.acknowledged_at.is_some() {
        return Ok(comment.clone());
    }
    set(tx, comment, [(Column::AcknowledgedAt, Expr::value(tx.clock().now_ms()))]).await
}

/// Accepts an answer to a question, which closes it; `None` takes that back and opens it.
pub async fn set_answer(
    tx: &Tx,
    question: &RowComment,
    answer: Option<CommentId>,
    by: UserId,
) -> Result<RowComment, StoreError> {
    let now = tx.clock().now_ms();
    let resolved = answer.map(|_| question.resolved_at.unwrap_or(now));
    let values = [
        (Column::AnswerId, Expr::value(answer.map(|id| id.0))),
        (Column::ResolvedAt, Expr::value(resolved)),
        (Column::ResolvedBy, Expr::value(answer.map(|_| by.0))),
    ];
    set(tx, question, values).await
}

/// Deletes a comment: nothing is left of it but who wrote it, when, and at which moment. An answer that was accepted is
/// none any more. Replies are other people's words and stay.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody was faster.
pub async fn delete(tx: &Tx, comment: &RowComment) -> Result<(), StoreError> {
    let changed = comments::Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(tx.clock().now_ms()))
        .col_expr(Column::Body, Expr::value(""))
        .col_expr(Column::BodyHtml, Expr::value(""))
        .col_expr(Column::Kind, Expr::value(CommentKind::Comment.as_str()))
        .col_expr(Column::AssigneeId, Expr::value(Option::<uuid::Uuid>::None))
        .col_expr(Column::DueOn, Expr::value(Option::<String>::None))
        .col_expr(Column::ExpectedBy, Expr::value(Option::<i64>::None))
        .col_expr(Column::Mentions, Expr::value(mentions_json(&[])?))
        .col_expr(Column::ResolvedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::ResolvedBy, Expr::value(Option::<uuid::Uuid>::None))
        .col_expr(Column::AcknowledgedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::AnswerId, Expr::value(Option::<uuid::Uuid>::None))
        .col_expr(Column::EditedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::Id.eq(comment.id.0))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.raw())
        .await?;
    if changed.rows_affected == 0 {
        return Err(StoreError::Conflict { what: "the comment" });
    }
    events::forget_comment(tx, comment.update_id, comment.id).await?;
    idempotency::forget(tx, comment.id.0).await?;
    comment_history::Entity::delete_many()
        .filter(comment_history::Column::CommentId.eq(comment.id.0))
        .exec(tx.raw())
        .await?;
    comments::Entity::update_many()
        .col_expr(Column::AnswerId, Expr::value(Option::<uuid::Uuid>::None))
        .filter(Column::AnswerId.eq(comment.id.0))
        .filter(Column::UpdateId.eq(comment.update_id.0))
        .exec(tx.raw())
        .await?;
    count(tx, comment.update_id).await?;
    search::remove_comment(tx, comment.id).await
}
