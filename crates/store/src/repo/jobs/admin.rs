//! The queue as whoever runs the instance sees it: list, try again, call off.

use meridian_domain::ids::{JobId, UpdateId, WorkspaceId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{database_now_ms, execute, open_with_key};
use crate::entity::jobs::{self, Column};
use crate::repo::processing::{self, Retry};
use crate::{Conn, StoreError, Tx};

/// More attempts for a job that is tried again.
const MORE_ATTEMPTS: i64 = 3;
/// What the author reads.
const CALLED_OFF: &str =
    "Whoever runs this server called the processing off. The recording is kept: try again, or ask them.";

/// A job without its payload: of people's things an administrator sees only the ids.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What it does, such as `process_update`.
    pub kind: String,
    /// `queued`, `running`, `parked`, `done`, `dead` or `cancelled`.
    pub state: String,
    /// How far, in a word.
    pub phase: String,
    /// How far, in percent.
    pub progress: i64,
    /// Higher goes first.
    pub priority: i64,
    /// How often it was taken.
    pub attempt: i64,
    /// How often it may be.
    pub max_attempts: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Which worker has it.
    pub lease_owner: Option<String>,
    /// Until when, in milliseconds since 1970 (the database's real time).
    pub lease_until_ms: Option<i64>,
    /// Not before, in the same time.
    pub run_at_ms: i64,
    /// Whose.
    pub workspace_id: Option<WorkspaceId>,
    /// For which update.
    pub update_id: Option<UpdateId>,
    /// Milliseconds since 1970 (domain time).
    pub created_at_ms: i64,
    /// The same: since when it is settled.
    pub finished_at_ms: Option<i64>,
}

impl From<jobs::Model> for Job {
    fn from(row: jobs::Model) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind,
            state: row.state,
            phase: row.phase,
            progress: row.progress,
            priority: row.priority,
            attempt: row.attempt,
            max_attempts: row.max_attempts,
            last_error: row.last_error,
            lease_owner: row.lease_owner,
            lease_until_ms: row.lease_until,
            run_at_ms: row.run_at,
            workspace_id: row.workspace_id.map(Into::into),
            update_id: row.update_id.map(Into::into),
            created_at_ms: row.created_at,
            finished_at_ms: row.finished_at,
        }
    }
}

/// What became of an administrator's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It is so.
    Granted,
    /// There is no such job.
    NotFound,
    /// The job is in no state for it.
    WrongState,
    /// Another job does the same by now.
    AlreadyThere,
    /// There are no bytes to work on.
    NoBytes,
    /// It removes what was deleted: it may fail, but is not called off.
    Needed,
}

/// Jobs in these states, newest first, after a position.
pub async fn list(
    conn: &impl Conn,
    states: &[&str],
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Job>, StoreError> {
    let mut query = jobs::Entity::find().filter(Column::State.is_in(states.iter().copied()));
    if let Some((at, id)) = after {
        let same = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.lt(id));
        query = query.filter(Condition::any().add(Column::CreatedAt.lt(at)).add(same));
    }
    let rows =
        query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(limit).all(conn.raw()).await?;
    Ok(rows.into_iter().map(Job::from).collect())
}

/// How many jobs wait and since when the oldest that could run does, by kind: what workers are scaled by.
///
/// The age is in milliseconds of the database's real time; 0 where none is due.
pub async fn waiting(conn: &impl Conn) -> Result<Vec<(String, u64, i64)>, StoreError> {
    let now_ms = database_now_ms(conn).await?;
    let rows: Vec<(String, i64, Option<i64>)> = jobs::Entity::find()
        .select_only()
        .column(Column::Kind)
        .column_as(Column::Id.count(), "waiting")
        .column_as(Column::RunAt.min(), "oldest")
        .filter(Column::State.eq("queued"))
        .group_by(Column::Kind)
        .order_by_asc(Column::Kind)
        .into_tuple()
        .all(conn.raw())
        .await?;
    let age = |oldest: Option<i64>| oldest.map_or(0, |at| now_ms.saturating_sub(at).max(0));
    Ok(rows.into_iter().map(|(kind, n, oldest)| (kind, n.unsigned_abs(), age(oldest))).collect())
}

/// Tries a dead or called-off job again.
pub async fn retry(tx: &Tx, id: JobId) -> Result<Wish, StoreError> {
    let Some(row) = jobs::Entity::find_by_id(id.0).one(tx.raw()).await? else { return Ok(Wish::NotFound) };
    if !matches!(row.state.as_str(), "dead" | "cancelled") {
        return Ok(Wish::WrongState);
    }
    if let Some(key) = &row.dedupe_key
        && open_with_key(tx, key).await?.is_some()
    {
        return Ok(Wish::AlreadyThere);
    }
    let now_ms = database_now_ms(tx).await?;
    let sql = "UPDATE jobs SET state = 'queued', phase = 'queued', progress = 0, run_at = ?, finished_at = NULL, \
        max_attempts = attempt + ? WHERE id = ?";
    execute(tx, sql, [now_ms.into(), MORE_ATTEMPTS.into(), id.0.into()]).await?;
    let (Some(update), "process_update") = (row.update_id, row.kind.as_str()) else {
        return Ok(Wish::Granted);
    };
    // The update's own failure goes with it; it finds this very job by its key.
    Ok(match processing::retry(tx, update.into()).await? {
        Retry::Queued | Retry::NotFailed => Wish::Granted,
        Retry::NoBytes => Wish::NoBytes,
        Retry::NotFound => Wish::NotFound,
    })
}

/// Calls a job off that is not settled. Its worker notices at its next write; the update says why it failed.
pub async fn cancel(tx: &Tx, id: JobId) -> Result<Wish, StoreError> {
    let Some(row) = jobs::Entity::find_by_id(id.0).one(tx.raw()).await? else { return Ok(Wish::NotFound) };
    if !matches!(row.state.as_str(), "queued" | "running" | "parked") {
        return Ok(Wish::WrongState);
    }
    if matches!(row.kind.as_str(), "purge_update" | "forget_parts") {
        return Ok(Wish::Needed);
    }
    let sql = "UPDATE jobs SET state = 'cancelled', phase = 'cancelled', lease_owner = NULL, lease_until = NULL, \
        finished_at = ? WHERE id = ?";
    execute(tx, sql, [tx.clock().now_ms().into(), id.0.into()]).await?;
    let Some(update) = row.update_id.map(UpdateId::from) else { return Ok(Wish::Granted) };
    match row.kind.as_str() {
        "process_update" => processing::job_ended(tx, update, "cancelled", CALLED_OFF).await?,
        "transcribe_update" => processing::transcript_failed(tx, update).await?,
        _ => {}
    }
    Ok(Wish::Granted)
}
