//! A job in a worker's hands. Every write names the lease: owner and attempt have to match, else somebody else has it.

use meridian_domain::ids::{JobId, UpdateId, WorkspaceId};
use sea_orm::{ConnectionTrait, EntityTrait, Statement, Value};

use super::{PAYLOAD_VERSION, Payload, database_now_ms, execute};
use crate::entity::jobs;
use crate::repo::processing;
use crate::{Conn, Dialect, StoreError, Tx, json};

/// Who holds which job in which attempt. The attempt number grows with each claim, so no two leases are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job_id: JobId,
    /// The worker's name.
    pub owner: String,
    /// The attempt; the first is 1.
    pub attempt: i64,
}

/// A job that was claimed.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// What every write has to name.
    pub lease: Lease,
    /// What to do.
    pub payload: Payload,
    /// How it was ranked: 100 what somebody waits for, 50 usual, 10 later.
    pub priority: i64,
    /// Whose.
    pub workspace_id: Option<WorkspaceId>,
    /// For which update.
    pub update_id: Option<UpdateId>,
    /// Attempts before it is dead.
    pub max_attempts: i64,
}

/// Which `process_update` jobs a claim takes: following an upload costs little, a whole file costs a media slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sources {
    /// Whatever the upload's state.
    Any,
    /// Only those whose upload still takes bytes.
    Arriving,
    /// Only those whose bytes are all there.
    Whole,
}

/// What became of a job that could not be done this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It will be tried again.
    Again,
    /// That was the last attempt.
    Dead,
}

/// Higher priority first, raised by one for each minute of waiting; then the workspace with the fewest running jobs;
/// then the oldest.
const CLAIM: &str = "UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_owner = ?, \
    lease_until = ?, phase = 'starting', progress = 0 \
    WHERE id = (SELECT j.id FROM jobs j LEFT JOIN (SELECT r.workspace_id AS workspace_id, COUNT(*) AS running \
        FROM jobs r WHERE r.state = 'running' GROUP BY r.workspace_id) busy \
      ON busy.workspace_id = j.workspace_id WHERE j.state = 'queued' AND j.run_at <= ? AND j.payload LIKE ? \
      AND j.kind IN (KINDS) SOURCES \
      ORDER BY j.priority + (? - j.run_at) / 60000 DESC, COALESCE(busy.running, 0), j.run_at, j.id LIMIT 1 LOCK) \
    RETURNING *";

const ARRIVING: &str = "AND (j.kind <> 'process_update' OR EXISTS (SELECT 1 FROM updates u \
    JOIN uploads p ON p.id = u.upload_id WHERE u.id = j.update_id AND p.state = 'open' AND p.stalled_at IS NULL))";
const WHOLE: &str = "AND (j.kind <> 'process_update' OR NOT EXISTS (SELECT 1 FROM updates u \
    JOIN uploads p ON p.id = u.upload_id WHERE u.id = j.update_id AND p.state = 'open' AND p.stalled_at IS NULL))";

/// Takes the next job of these kinds for `lease_ms` milliseconds; `None` when there is none that nobody else is just
/// taking.
pub async fn claim(
    tx: &Tx,
    kinds: &[&str],
    sources: Sources,
    owner: &str,
    lease_ms: i64,
) -> Result<Option<Claimed>, StoreError> {
    if kinds.is_empty() {
        return Ok(None);
    }
    let now_ms = database_now_ms(tx).await?;
    let marks = vec!["?"; kinds.len()].join(", ");
    let sources = match sources {
        Sources::Any => "",
        Sources::Arriving => ARRIVING,
        Sources::Whole => WHOLE,
    };
    // On SQLite whoever writes is alone.
    let lock = if tx.dialect() == Dialect::Postgres { "FOR UPDATE OF j SKIP LOCKED" } else { "" };
    let sql = CLAIM.replace("KINDS", &marks).replace("SOURCES", sources).replace("LOCK", lock);
    let mut values: Vec<Value> = vec![
        owner.into(),
        now_ms.saturating_add(lease_ms).into(),
        now_ms.into(),
        format!("%\"v\":{PAYLOAD_VERSION},%").into(),
    ];
    values.extend(kinds.iter().map(|kind| Value::from(*kind)));
    values.push(now_ms.into());
    let raw = tx.raw();
    let statement = Statement::from_sql_and_values(raw.get_database_backend(), sql, values);
    let Some(row) = jobs::Entity::find().from_raw_sql(statement).one(raw).await? else { return Ok(None) };
    Ok(Some(Claimed {
        payload: json::read("jobs.payload", &row.payload)?,
        lease: Lease { job_id: row.id.into(), owner: owner.to_owned(), attempt: row.attempt },
        priority: row.priority,
        workspace_id: row.workspace_id.map(Into::into),
        update_id: row.update_id.map(Into::into),
        max_attempts: row.max_attempts,
    }))
}

/// Refuses with [`StoreError::Conflict`] when the lease is somebody else's by now. Within a transaction that holds
/// the write lock nothing can change it any more before the commit.
pub async fn fence(tx: &Tx, lease: &Lease) -> Result<(), StoreError> {
    if row_of(tx, lease).await?.is_some() { Ok(()) } else { Err(lost()) }
}

/// Prolongs the lease and notes how far the job is. False: it is lost, stop.
pub async fn heartbeat(
    tx: &Tx,
    lease: &Lease,
    lease_ms: i64,
    phase: &str,
    percent: i64,
) -> Result<bool, StoreError> {
    let until = database_now_ms(tx).await?.saturating_add(lease_ms);
    let set = "lease_until = ?, phase = ?, progress = ?";
    Ok(set_where_held(tx, lease, set, vec![until.into(), phase.into(), percent.into()]).await? == 1)
}

/// The job is done.
pub async fn finish(tx: &Tx, lease: &Lease) -> Result<(), StoreError> {
    let set = "state = 'done', phase = 'done', progress = 100, lease_owner = NULL, lease_until = NULL, \
        last_error = NULL, finished_at = ?";
    held(set_where_held(tx, lease, set, vec![tx.clock().now_ms().into()]).await?)
}

/// The job is given up at once; what it was for is told by the caller (or, for an update's media, here: `failed`
/// unless it has a better reason already).
pub async fn fail(tx: &Tx, lease: &Lease, error: &str) -> Result<(), StoreError> {
    let row = row_of(tx, lease).await?.ok_or_else(lost)?;
    die(tx, &row, error).await
}

/// This attempt did not work: goes back with a delay, or dies after the last one.
pub async fn retry_later(tx: &Tx, lease: &Lease, error: &str, delay_ms: i64) -> Result<Retried, StoreError> {
    let row = row_of(tx, lease).await?.ok_or_else(lost)?;
    spend_attempt(tx, &row, error, delay_ms).await
}

/// Gives the job back without having failed (shutdown): spends no attempt.
pub async fn hand_back(tx: &Tx, lease: &Lease, delay_ms: i64) -> Result<(), StoreError> {
    go_back(tx, lease, None, delay_ms).await
}

/// What the job needs is away for a moment: goes back with a delay and a reason, and spends no attempt.
pub async fn put_off(tx: &Tx, lease: &Lease, error: &str, delay_ms: i64) -> Result<(), StoreError> {
    go_back(tx, lease, Some(error), delay_ms).await
}

async fn go_back(tx: &Tx, lease: &Lease, error: Option<&str>, delay_ms: i64) -> Result<(), StoreError> {
    let run_at = database_now_ms(tx).await?.saturating_add(delay_ms);
    // The attempt number is the fence and only grows: one more is granted instead.
    let set = "state = 'queued', phase = 'queued', max_attempts = max_attempts + 1, run_at = ?, \
        last_error = COALESCE(?, last_error), lease_owner = NULL, lease_until = NULL";
    held(set_where_held(tx, lease, set, vec![run_at.into(), error.into()]).await?)
}

/// Puts the job aside, without a lease and without spending an attempt, until [`super::unpark`].
pub async fn park(tx: &Tx, lease: &Lease, phase: &str) -> Result<(), StoreError> {
    let set = "state = 'parked', phase = ?, max_attempts = max_attempts + 1, lease_owner = NULL, \
        lease_until = NULL";
    held(set_where_held(tx, lease, set, vec![phase.into()]).await?)
}

async fn row_of(tx: &Tx, lease: &Lease) -> Result<Option<jobs::Model>, StoreError> {
    let found = jobs::Entity::find_by_id(lease.job_id.0).one(tx.raw()).await?;
    Ok(found.filter(|row| {
        row.state == "running"
            && row.attempt == lease.attempt
            && row.lease_owner.as_deref() == Some(lease.owner.as_str())
    }))
}

async fn set_where_held(tx: &Tx, lease: &Lease, set: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    let sql = format!(
        "UPDATE jobs SET {set} WHERE id = ? AND attempt = ? AND lease_owner = ? AND state = 'running'"
    );
    let mut all = values;
    all.extend([lease.job_id.0.into(), lease.attempt.into(), lease.owner.as_str().into()]);
    execute(tx, &sql, all).await
}

fn held(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(lost()) }
}

fn lost() -> StoreError {
    StoreError::Conflict { what: "the job's lease" }
}

/// Back into the queue, or dead with a reason.
pub(super) async fn spend_attempt(
    tx: &Tx,
    row: &jobs::Model,
    error: &str,
    delay_ms: i64,
) -> Result<Retried, StoreError> {
    if row.attempt >= row.max_attempts {
        die(tx, row, error).await?;
        return Ok(Retried::Dead);
    }
    let run_at = database_now_ms(tx).await?.saturating_add(delay_ms);
    let sql = "UPDATE jobs SET state = 'queued', phase = 'queued', run_at = ?, last_error = ?, \
        lease_owner = NULL, lease_until = NULL WHERE id = ?";
    execute(tx, sql, [run_at.into(), error.into(), row.id.into()]).await?;
    Ok(Retried::Again)
}

async fn die(tx: &Tx, row: &jobs::Model, error: &str) -> Result<(), StoreError> {
    let sql = "UPDATE jobs SET state = 'dead', phase = 'dead', last_error = ?, lease_owner = NULL, \
        lease_until = NULL, finished_at = ? WHERE id = ?";
    execute(tx, sql, [error.into(), tx.clock().now_ms().into(), row.id.into()]).await?;
    let Some(update) = row.update_id else { return Ok(()) };
    match row.kind.as_str() {
        "process_update" => processing::job_died(tx, update.into()).await,
        "transcribe_update" => processing::transcript_failed(tx, update.into()).await,
        _ => Ok(()),
    }
}
