//! Leases that ran out: their worker is dead, stopped or cut off.

use meridian_domain::ids::JobId;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::database_now_ms;
use super::lease::{Retried, spend_attempt};
use crate::entity::jobs;
use crate::{Conn, StoreError, Tx};

/// What users read about it when it was the last attempt is told by the update; this is for admins.
const REASON: &str = "the worker stopped answering";
/// Most leases taken back in one transaction.
const BATCH: u64 = 50;

/// A job whose lease ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired {
    /// Which job.
    pub job_id: JobId,
    /// Back in the queue, or dead.
    pub outcome: Retried,
}

/// Whether a lease has run out: cheap, to be asked before taking the write lock.
pub async fn expired_exist(conn: &impl Conn) -> Result<bool, StoreError> {
    let now_ms = database_now_ms(conn).await?;
    let count = jobs::Entity::find()
        .filter(jobs::Column::State.eq("running"))
        .filter(jobs::Column::LeaseUntil.lt(now_ms))
        .count(conn.raw())
        .await?;
    Ok(count > 0)
}

/// Takes back jobs whose lease ran out: each spends its attempt and goes back, or is dead with a reason.
pub async fn sweep_expired(tx: &Tx) -> Result<Vec<Expired>, StoreError> {
    let now_ms = database_now_ms(tx).await?;
    let rows = jobs::Entity::find()
        .filter(jobs::Column::State.eq("running"))
        .filter(jobs::Column::LeaseUntil.lt(now_ms))
        .order_by_asc(jobs::Column::LeaseUntil)
        .limit(BATCH)
        .all(tx.raw())
        .await?;
    let mut swept = Vec::with_capacity(rows.len());
    for row in rows {
        let outcome = spend_attempt(tx, &row, REASON, 0).await?;
        swept.push(Expired { job_id: row.id.into(), outcome });
    }
    Ok(swept)
}
