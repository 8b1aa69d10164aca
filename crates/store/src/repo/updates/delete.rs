//! Deleting: hidden at once, words gone in the same transaction, bytes after the grace time.

use meridian_domain::enums::EventKind;
use meridian_domain::ids::{UpdateId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{RowUpdate, emit_row, find_any, rights, row};
use crate::entity::updates::{self, Column};
use crate::repo::{events, idempotency, jobs, processing, search, visibility};
use crate::{Conn, StoreError, Tx};

/// Hides an update, calls its jobs off and takes its words out of the search; the worker removes its bytes from
/// `purge_at` (milliseconds since 1970, domain time) on. `false` when it was deleted already.
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
    jobs::cancel_for_update(tx, update.id).await?;
    search::remove_update(tx, update.id).await?;
    events::forget_update(tx, update.id).await?;
    idempotency::forget(tx, update.id.0).await?;
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

/// Takes a deletion back: what was called off begins anew, words are found again. `None` when it is too late.
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
    processing::upload_moved(tx, id).await?;
    let row = find_any(tx, id).await?;
    if let Some(row) = &row {
        if row.is_published() {
            search::index_update(tx, id).await?;
        }
        emit_row(tx, EventKind::UpdateCreated, row).await?;
    }
    Ok(row)
}
