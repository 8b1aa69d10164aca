//! Publishing: at once, or exactly once when its time has come.

use meridian_domain::enums::{EventKind, PublishState};
use meridian_domain::ids::UpdateId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{RowUpdate, emit_row, find_any};
use crate::entity::updates::{self, Column};
use crate::repo::{rounds, search};
use crate::{Conn, Store, StoreError, Tx};

/// Publishes a draft or scheduled update now; `None` when it was published or deleted already. Compare-and-set:
/// of several callers one publishes.
pub async fn publish(tx: &Tx, id: UpdateId) -> Result<Option<RowUpdate>, StoreError> {
    let now = tx.clock().now_ms();
    let changed = updates::Entity::update_many()
        .col_expr(Column::PublishState, Expr::value(PublishState::Published.as_str()))
        .col_expr(Column::PublishedAt, Expr::value(now))
        .col_expr(Column::PublishAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::ChangedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::Id.eq(id.0))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::PublishState.ne(PublishState::Published.as_str()))
        .exec(tx.raw())
        .await?;
    if changed.rows_affected == 0 {
        return Ok(None);
    }
    let Some(row) = find_any(tx, id).await? else { return Ok(None) };
    search::index_update(tx, id).await?;
    emit_row(tx, EventKind::UpdatePublished, &row).await?;
    rounds::responded(tx, &row).await?;
    Ok(Some(row))
}

/// Sets when a draft or scheduled update is published (milliseconds since 1970); `None` when it was published or
/// deleted already.
pub async fn schedule(tx: &Tx, id: UpdateId, at_ms: i64) -> Result<Option<RowUpdate>, StoreError> {
    let unpublished = Column::PublishState.ne(PublishState::Published.as_str());
    plan(tx, id, PublishState::Scheduled, Some(at_ms), unpublished).await
}

/// Makes a scheduled update a draft again; `None` when it is not scheduled (any more).
pub async fn unschedule(tx: &Tx, id: UpdateId) -> Result<Option<RowUpdate>, StoreError> {
    plan(tx, id, PublishState::Draft, None, Column::PublishState.eq(PublishState::Scheduled.as_str())).await
}

/// Moves an update that is `only` so far to another state before its publication, and tells.
async fn plan(
    tx: &Tx,
    id: UpdateId,
    state: PublishState,
    at_ms: Option<i64>,
    only: Expr,
) -> Result<Option<RowUpdate>, StoreError> {
    let changed = updates::Entity::update_many()
        .col_expr(Column::PublishState, Expr::value(state.as_str()))
        .col_expr(Column::PublishAt, Expr::value(at_ms))
        .col_expr(Column::ChangedAt, Expr::value(tx.clock().now_ms()))
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::Id.eq(id.0))
        .filter(Column::DeletedAt.is_null())
        .filter(only)
        .exec(tx.raw())
        .await?;
    if changed.rows_affected == 0 {
        return Ok(None);
    }
    let row = find_any(tx, id).await?;
    if let Some(row) = &row {
        emit_row(tx, EventKind::UpdateChanged, row).await?;
    }
    Ok(row)
}

/// Publishes what is due, each in a transaction of its own. Answers how many; any number of servers may call it.
pub async fn publish_due(store: &Store) -> Result<usize, StoreError> {
    let due: Vec<updates::Model> = updates::Entity::find()
        // In words, as the index of what is scheduled has it.
        .filter(Expr::cust("updates.publish_state = 'scheduled'"))
        .filter(Column::PublishAt.lte(store.clock().now_ms()))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::PublishAt)
        .limit(100)
        .all(store.reader().raw())
        .await?;
    let mut count = 0;
    for row in due {
        let tx = store.write().await?;
        let still_due = find_any(&tx, row.id.into()).await?.is_some_and(|now| {
            now.publish_state == PublishState::Scheduled
                && now.publish_at.is_some_and(|at| at <= store.clock().now_ms())
        });
        if still_due && publish(&tx, row.id.into()).await?.is_some() {
            tx.commit().await?;
            count += 1;
        }
    }
    Ok(count)
}
