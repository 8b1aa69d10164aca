//! Comments: threads one level deep on an update, seen by whoever sees the update.

mod asks;
mod row;
mod talk;
mod write;

pub use asks::{AskFilter, AskState, Order, answers_like, asks};
pub(crate) use row::from_model as from_row;
pub use row::{CommentKey, HistoryEntry, RowComment};
pub use talk::{close_talk, open_talk, thread_authors, thread_people};
pub use write::{Edit, NewComment, acknowledge, delete, edit, insert, reopen, resolve, set_answer};

use meridian_domain::ids::{CommentId, UpdateId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::updates::{self, RowUpdate};
use crate::entity::comment_history;
use crate::entity::comments::{self, Column};
use crate::repo::several;
use crate::{Conn, StoreError, json};

/// The comment with its update, if the viewer sees the update now.
pub async fn find_visible(
    conn: &impl Conn,
    viewer: UserId,
    id: CommentId,
) -> Result<Option<(RowComment, RowUpdate)>, StoreError> {
    let Some(comment) = find_any(conn, id).await? else { return Ok(None) };
    let update = updates::find_visible(conn, viewer, comment.update_id).await?;
    Ok(update.map(|update| (comment, update)))
}

/// The comment whoever looks; `None` when it is deleted.
pub async fn find_any(conn: &impl Conn, id: CommentId) -> Result<Option<RowComment>, StoreError> {
    let found =
        comments::Entity::find_by_id(id.0).filter(Column::DeletedAt.is_null()).one(conn.raw()).await?;
    found.map(row::from_model).transpose()
}

/// Comments by id, for lists; deleted ones are left out.
pub async fn find_all(conn: &impl Conn, ids: &[CommentId]) -> Result<Vec<RowComment>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = comments::Entity::find()
        .filter(Column::Id.is_in(several(ids.iter().map(|id| id.0))))
        .filter(Column::DeletedAt.is_null())
        .all(conn.raw())
        .await?;
    rows.into_iter().map(row::from_model).collect()
}

/// The comments of an update that the caller has found for the viewer, oldest first. Of deleted ones those are there,
/// without words, that have answers.
pub async fn list(
    conn: &impl Conn,
    update: &RowUpdate,
    after: Option<CommentKey>,
    limit: u64,
) -> Result<Vec<RowComment>, StoreError> {
    let answers = Query::select()
        .expr(Expr::val(1))
        .from_as(comments::Entity, "answers")
        .and_where(Expr::cust("answers.parent_id = comments.id AND answers.deleted_at IS NULL"))
        .to_owned();
    let mut select = comments::Entity::find()
        .filter(Column::UpdateId.eq(update.id.0))
        .filter(Condition::any().add(Column::DeletedAt.is_null()).add(Expr::exists(answers)))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(limit);
    if let Some(CommentKey(at, id)) = after {
        let same = Expr::col(Column::CreatedAt).eq(at).and(Expr::col(Column::Id).gt(id));
        select = select.filter(Expr::col(Column::CreatedAt).gt(at).or(same));
    }
    select.all(conn.raw()).await?.into_iter().map(row::from_model).collect()
}

/// What a comment said before, newest first.
pub async fn history(conn: &impl Conn, comment: CommentId) -> Result<Vec<HistoryEntry>, StoreError> {
    let rows = comment_history::Entity::find()
        .filter(comment_history::Column::CommentId.eq(comment.0))
        .order_by_desc(comment_history::Column::ReplacedAt)
        .order_by_desc(comment_history::Column::Id)
        .all(conn.raw())
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(HistoryEntry {
                body: row.body,
                kind: row.kind.parse()?,
                editor_id: row.editor_id.into(),
                replaced_at: row.replaced_at,
            })
        })
        .collect()
}

/// Those of `people` who do not see the update (it is not published, they are not in its audience).
pub async fn who_cannot_see(
    conn: &impl Conn,
    update: UpdateId,
    people: &[UserId],
) -> Result<Vec<UserId>, StoreError> {
    let mut blind = Vec::new();
    for person in people {
        if updates::find_visible(conn, *person, update).await?.is_none() {
            blind.push(*person);
        }
    }
    Ok(blind)
}

fn mentions_json(mentions: &[UserId]) -> Result<String, StoreError> {
    json::write("comments.mentions", mentions)
}
