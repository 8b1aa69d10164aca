//! What mails and deliveries of webhooks have in common: a row is claimed under a lease before it is sent, so that after
//! a crash in between somebody sends it again, and whoever settles it has to hold the claim still. (Jobs have more:
//! owners, heartbeats and ranks; see [`super::jobs`].)

use jiff::Timestamp;
use meridian_domain::enums::SendState;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, UpdateMany,
};
use uuid::Uuid;

use crate::{Conn as _, StoreError, Tx};

/// How long whoever claimed a row has, in milliseconds of the machine's time.
const LEASE_MS: i64 = 60_000;

/// A table of rows that are sent. `run_at` is on the domain clock, leases are on the machine's.
pub(super) trait Outbox: EntityTrait {
    const ID: Self::Column;
    const STATE: Self::Column;
    const ATTEMPT: Self::Column;
    const RUN_AT: Self::Column;
    const LEASE_UNTIL: Self::Column;
    const CREATED_AT: Self::Column;
    const FINISHED_AT: Self::Column;
}

macro_rules! outboxes {
    ($($table:ident),+) => {$(
        impl Outbox for crate::entity::$table::Entity {
            const ID: Self::Column = crate::entity::$table::Column::Id;
            const STATE: Self::Column = crate::entity::$table::Column::State;
            const ATTEMPT: Self::Column = crate::entity::$table::Column::Attempt;
            const RUN_AT: Self::Column = crate::entity::$table::Column::RunAt;
            const LEASE_UNTIL: Self::Column = crate::entity::$table::Column::LeaseUntil;
            const CREATED_AT: Self::Column = crate::entity::$table::Column::CreatedAt;
            const FINISHED_AT: Self::Column = crate::entity::$table::Column::FinishedAt;
        }
    )+};
}

outboxes!(mails, webhook_deliveries);

/// Rows that are due, and those whose sender was lost.
pub(super) fn due<E: Outbox>(now_ms: i64, machine_ms: i64) -> Select<E> {
    let queued = Condition::all().add(E::STATE.eq(SendState::Queued.as_str())).add(E::RUN_AT.lte(now_ms));
    let lost =
        Condition::all().add(E::STATE.eq(SendState::Sending.as_str())).add(E::LEASE_UNTIL.lt(machine_ms));
    E::find().filter(Condition::any().add(queued).add(lost))
}

/// Claims a row as it was read; `false` when somebody was faster.
pub(super) async fn take<E: Outbox>(
    tx: &Tx,
    id: Uuid,
    state: &str,
    attempt: i64,
    machine_ms: i64,
) -> Result<bool, StoreError> {
    let taken = E::update_many()
        .col_expr(E::STATE, Expr::value(SendState::Sending.as_str()))
        .col_expr(E::ATTEMPT, Expr::value(attempt.saturating_add(1)))
        .col_expr(E::LEASE_UNTIL, Expr::value(machine_ms.saturating_add(LEASE_MS)))
        .filter(E::ID.eq(id))
        .filter(E::STATE.eq(state))
        .filter(E::ATTEMPT.eq(attempt))
        .exec(tx.raw())
        .await?;
    Ok(taken.rows_affected == 1)
}

/// How an attempt ended.
pub(super) enum Ended {
    /// For good, in this state.
    In(SendState),
    /// To be tried again at an instant.
    Again(Timestamp),
}

/// Notes how an attempt ended, with what `more` sets; `false` when somebody else has claimed the row since.
pub(super) async fn settle<E: Outbox>(
    tx: &Tx,
    id: Uuid,
    attempt: i64,
    ended: &Ended,
    more: UpdateMany<E>,
) -> Result<bool, StoreError> {
    let update = match ended {
        Ended::Again(at) => more
            .col_expr(E::STATE, Expr::value(SendState::Queued.as_str()))
            .col_expr(E::RUN_AT, Expr::value(at.as_millisecond())),
        Ended::In(state) => more
            .col_expr(E::STATE, Expr::value(state.as_str()))
            .col_expr(E::FINISHED_AT, Expr::value(tx.clock().now_ms())),
    };
    let changed = update
        .col_expr(E::LEASE_UNTIL, Expr::value(Option::<i64>::None))
        .filter(E::ID.eq(id))
        .filter(E::ATTEMPT.eq(attempt))
        .filter(E::STATE.eq(SendState::Sending.as_str()))
        .exec(tx.raw())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// A page of rows, newest first, after a position (milliseconds since 1970, id).
pub(super) fn newest_first<E: Outbox>(rows: Select<E>, after: Option<(i64, Uuid)>, limit: u64) -> Select<E> {
    let rows = rows.order_by_desc(E::CREATED_AT).order_by_desc(E::ID).limit(limit);
    let Some((at, id)) = after else { return rows };
    let same = Condition::all().add(E::CREATED_AT.eq(at)).add(E::ID.lt(id));
    rows.filter(Condition::any().add(E::CREATED_AT.lt(at)).add(same))
}
