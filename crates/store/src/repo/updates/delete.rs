//! Deleting: hidden at once, words gone in the same transaction, bytes after the grace time.

use meridian_domain::enums::{EventKind, JobState};
use meridian_domain::ids::{UpdateId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{RowUpdate, emit_row, find_any, rights, row};
use crate::entity::jobs;
use crate::entity::updates::{self, Column};
use crate::repo::jobs::{NewJob, Payload, enqueue};
use crate::repo::visibility;
use crate::{Conn, StoreError, Tx};

fn purge_key(id: UpdateId) -> String {
    format!("purge:{id}")
}

/// Hides an update and enqueues the removal of its bytes for `purge_at` (milliseconds since 1970). `false` when it
/// was deleted already.
pub async fn delete(tx: &Tx, update: &RowUpdate, purge_at: i64) -> Result<bool, StoreError> {
    let now = tx.clock().now_ms();
    let changed = updates::Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(now))
        .col_expr(Column::PurgeAt, Expr::value(purge_at))
        .col_expr(Column::ChangedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::Id.eq(update.id.0))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.raw())
        .await?;
    if changed.rows_affected == 0 {
        return Ok(false);
    }
    let job = NewJob {
        priority: 10,
        run_at_ms: purge_at,
        max_attempts: 20,
        dedupe_key: Some(purge_key(update.id)),
        workspace_id: Some(update.workspace_id),
        update_id: Some(update.id),
        ..NewJob::new(Payload::PurgeUpdate { v: 1, update_id: update.id })
    };
    enqueue(tx, &job).await?;
    emit_row(tx, EventKind::UpdateDeleted, update).await?;
    Ok(true)
}

/// A deleted update within its grace time that the viewer may restore: the author or a team admin, still in its
/// audience.
pub async fn find_deleted(
    conn: &impl Conn,
    viewer: UserId,
    id: UpdateId,
    now_ms: i64,
) -> Result<Option<RowUpdate>, StoreError> {
    let found = updates::Entity::find_by_id(id.0)
        .filter(Column::DeletedAt.is_not_null())
        .filter(Column::PurgeAt.gt(now_ms))
        .filter(visibility::in_audience("updates.audience_id", viewer))
        .one(conn.raw())
        .await?;
    let Some(row) = found.map(row::from_model).transpose()? else { return Ok(None) };
    let own = row.author_id == viewer;
    let may = own || (row.is_published() && rights(conn, viewer, &row).await?);
    Ok(may.then_some(row))
}

/// Takes a deletion back and calls the removal off; `None` when it is too late.
pub async fn restore(tx: &Tx, id: UpdateId) -> Result<Option<RowUpdate>, StoreError> {
    let now = tx.clock().now_ms();
    let changed = updates::Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::PurgeAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::ChangedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::Id.eq(id.0))
        .filter(Column::DeletedAt.is_not_null())
        .filter(Column::PurgeAt.gt(now))
        .exec(tx.raw())
        .await?;
    if changed.rows_affected == 0 {
        return Ok(None);
    }
    jobs::Entity::update_many()
        .col_expr(jobs::Column::State, Expr::value(JobState::Cancelled.as_str()))
        .col_expr(jobs::Column::FinishedAt, Expr::value(now))
        .filter(jobs::Column::DedupeKey.eq(purge_key(id)))
        .filter(jobs::Column::State.eq(JobState::Queued.as_str()))
        .exec(tx.raw())
        .await?;
    let row = find_any(tx, id).await?;
    if let Some(row) = &row {
        emit_row(tx, EventKind::UpdateCreated, row).await?;
    }
    Ok(row)
}
