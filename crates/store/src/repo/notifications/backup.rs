//! The named backup is told of an urgent ask that nobody took note of, once.

use meridian_domain::enums::NotificationKind;
use meridian_domain::ids::{CommentId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{New, add};
use crate::entity::comments::{self, Column};
use crate::repo::comments::{RowComment, find_any};
use crate::repo::updates::{self, RowUpdate};
use crate::{Conn, StoreError, Tx};

/// How many are looked at in one go.
const BATCH: u64 = 100;

/// Sets when the backup is told of an ask (milliseconds since 1970); one that was told stays told.
pub async fn plan_backup(tx: &Tx, comment: CommentId, at_ms: i64) -> Result<(), StoreError> {
    comments::Entity::update_many()
        .col_expr(Column::BackupDueAt, Expr::value(at_ms))
        .filter(Column::Id.eq(comment.0))
        .filter(Column::BackupToldAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Asks whose time without a "got it" has run out, the oldest first.
pub async fn due_backups(conn: &impl Conn, now_ms: i64) -> Result<Vec<CommentId>, StoreError> {
    let rows = comments::Entity::find()
        .filter(Column::BackupDueAt.lte(now_ms))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::BackupDueAt)
        .limit(BATCH)
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

/// Tells the first of some people who may be told of an ask whose time has run out; answers the ask as it is then.
/// `None` where nobody is to be told: it was taken note of, resolved, deleted, told before, or there is nobody.
pub async fn tell_backup(
    tx: &Tx,
    comment: CommentId,
    update: &RowUpdate,
    people: &[UserId],
) -> Result<Option<RowComment>, StoreError> {
    let now = tx.clock().now_ms();
    let taken = comments::Entity::update_many()
        .col_expr(Column::BackupDueAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(comment.0))
        .filter(Column::BackupDueAt.lte(now))
        .exec(tx.raw())
        .await?;
    let found = find_any(tx, comment).await?.filter(|row| {
        row.presses()
            && row.acknowledged_at.is_none()
            && row.backup_told_at.is_none()
            && row.asked().is_some()
    });
    let Some(ask) = found.filter(|_| taken.rows_affected == 1) else { return Ok(None) };
    let Some(backup) = first_of(tx, &ask, people).await? else { return Ok(None) };
    comments::Entity::update_many()
        .col_expr(Column::BackupToldAt, Expr::value(now))
        .col_expr(Column::BackupId, Expr::value(backup.0))
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::Id.eq(comment.0))
        .exec(tx.raw())
        .await?;
    let new = New {
        user: backup,
        workspace: update.workspace_id,
        kind: NotificationKind::Backup,
        thread_key: format!("backup/{}", ask.id),
        dedupe_key: format!("backup/{}", ask.id),
        actor: Some(ask.author_id),
        update: Some(update.id),
        comment: Some(ask.id),
        round: None,
    };
    add(tx, &new).await?;
    find_any(tx, comment).await
}

async fn first_of(tx: &Tx, ask: &RowComment, people: &[UserId]) -> Result<Option<UserId>, StoreError> {
    for &person in people {
        let other = person != ask.author_id && Some(person) != ask.assignee_id;
        if other && updates::find_visible(tx, person, ask.update_id).await?.is_some() {
            return Ok(Some(person));
        }
    }
    Ok(None)
}
