//! The job queue: enqueue in the domain's transaction; claim, heartbeat, finish under a lease.
//!
//! `run_at` and leases are on the database's real time (SQLite: the machine's), never on the domain clock.

pub mod admin;
mod lease;
mod sweep;
#[cfg(test)]
mod tests;

use meridian_domain::ids::{JobId, UpdateId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value};
use serde::{Deserialize, Serialize};

use crate::entity::jobs;
use crate::{Conn, Dialect, StoreError, Tx, json};

pub use lease::{
    Claimed, Lease, Retried, Sources, claim, fail, fence, finish, hand_back, heartbeat, park, put_off,
    retry_later,
};
pub use sweep::{Expired, expired_exist, sweep_expired};

/// Version of the payloads that this build writes and understands.
pub const PAYLOAD_VERSION: u8 = 1;
/// `phase` of a job that waits for its upload's last byte.
pub const PARKED_FOR_WHOLE_FILE: &str = "waiting_for_whole_file";
/// `phase` of a job that waits for any more bytes.
pub const PARKED_FOR_BYTES: &str = "waiting_for_bytes";

/// What a job is to do. Tagged and versioned: an older worker leaves alone what it does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payload {
    /// Media and transcript of an update, from the first chunk on.
    ProcessUpdate {
        /// The payload's version.
        v: u8,
        /// Which update.
        update_id: UpdateId,
    },
    /// The transcript alone: regenerate, or made up after a model came.
    TranscribeUpdate {
        /// The payload's version.
        v: u8,
        /// Which update.
        update_id: UpdateId,
        /// The language to use; `None`: detected.
        language: Option<String>,
    },
    /// Removes the bytes of a deleted update.
    PurgeUpdate {
        /// The payload's version.
        v: u8,
        /// Which update.
        update_id: UpdateId,
    },
    /// A smaller rendition beside a copied one.
    AddRung {
        /// The payload's version.
        v: u8,
        /// Which update.
        update_id: UpdateId,
    },
    /// Rewrites an upload of many small parts in few large ones.
    TidyUpload {
        /// The payload's version.
        v: u8,
        /// Which update.
        update_id: UpdateId,
    },
    /// Removes what was rewritten.
    ForgetParts {
        /// The payload's version.
        v: u8,
        /// Which update.
        update_id: UpdateId,
    },
}

impl Payload {
    /// The queue's name for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ProcessUpdate { .. } => "process_update",
            Self::TranscribeUpdate { .. } => "transcribe_update",
            Self::PurgeUpdate { .. } => "purge_update",
            Self::AddRung { .. } => "add_rung",
            Self::TidyUpload { .. } => "tidy_upload",
            Self::ForgetParts { .. } => "forget_parts",
        }
    }
}

/// Every kind, with what it keeps busy: `media`, `transcription`, or `light`.
pub const CLASSES: [(&str, &str); 6] = [
    ("process_update", "media"),
    ("add_rung", "media"),
    ("transcribe_update", "transcription"),
    ("purge_update", "light"),
    ("tidy_upload", "light"),
    ("forget_parts", "light"),
];

/// A job to enqueue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What to do.
    pub payload: Payload,
    /// Higher goes first: 100 what somebody waits for, 50 usual, 10 later.
    pub priority: i64,
    /// Not before (milliseconds since 1970, the database's real time); 0: at once.
    pub run_at_ms: i64,
    /// How many attempts before it is dead.
    pub max_attempts: i64,
    /// While a job with the same key waits or runs, another is not added.
    pub dedupe_key: Option<String>,
    /// Whose.
    pub workspace_id: Option<WorkspaceId>,
    /// For which update.
    pub update_id: Option<UpdateId>,
}

impl NewJob {
    /// A job with the usual priority and three attempts.
    pub fn new(payload: Payload) -> Self {
        Self {
            payload,
            priority: 50,
            run_at_ms: 0,
            max_attempts: 3,
            dedupe_key: None,
            workspace_id: None,
            update_id: None,
        }
    }
}

/// Adds a job; one with the dedupe key of a waiting or running one is not added twice.
pub async fn enqueue(tx: &Tx, new: &NewJob) -> Result<JobId, StoreError> {
    let id = JobId::new(tx.clock());
    let now_ms = database_now_ms(tx).await?;
    let row = jobs::ActiveModel {
        id: Set(id.0),
        kind: Set(new.payload.kind().to_owned()),
        payload: Set(json::write("jobs.payload", &new.payload)?),
        priority: Set(new.priority),
        run_at: Set(if new.run_at_ms == 0 { now_ms } else { new.run_at_ms }),
        attempt: Set(0),
        max_attempts: Set(new.max_attempts),
        lease_owner: Set(None),
        lease_until: Set(None),
        phase: Set("queued".to_owned()),
        progress: Set(0),
        last_error: Set(None),
        dedupe_key: Set(new.dedupe_key.clone()),
        state: Set("queued".to_owned()),
        workspace_id: Set(new.workspace_id.map(|id| id.0)),
        update_id: Set(new.update_id.map(|id| id.0)),
        created_at: Set(tx.clock().now_ms()),
        finished_at: Set(None),
    };
    jobs::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.raw())
        .await?;
    Ok(id)
}

/// The database's real time in milliseconds since 1970. An embedded database has the machine's.
pub async fn database_now_ms(conn: &impl Conn) -> Result<i64, StoreError> {
    if conn.dialect() == Dialect::Sqlite {
        return Ok(meridian_domain::clock::Clock::system().now_ms());
    }
    super::scalar_i64(conn, "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)").await
}

/// The state of the newest job with this dedupe key that is not settled: `queued`, `running` or `parked`, and its
/// phase.
pub async fn open_with_key(conn: &impl Conn, key: &str) -> Result<Option<(String, String)>, StoreError> {
    let found = jobs::Entity::find()
        .filter(jobs::Column::DedupeKey.eq(key))
        .filter(jobs::Column::State.is_in(["queued", "running", "parked"]))
        .one(conn.raw())
        .await?;
    Ok(found.map(|row| (row.state, row.phase)))
}

/// Whether a job waits whose time has come: cheap, to be asked before taking the write lock.
pub async fn any_due(conn: &impl Conn) -> Result<bool, StoreError> {
    let now_ms = database_now_ms(conn).await?;
    let due = jobs::Entity::find()
        .select_only()
        .column(jobs::Column::RunAt)
        .filter(jobs::Column::State.eq("queued"))
        .filter(jobs::Column::RunAt.lte(now_ms))
        .limit(1)
        .into_tuple::<i64>()
        .one(conn.raw())
        .await?;
    Ok(due.is_some())
}

/// Lets the parked job with this dedupe key go on. True when there was one.
pub async fn unpark(tx: &Tx, key: &str) -> Result<bool, StoreError> {
    let now_ms = database_now_ms(tx).await?;
    let sql = "UPDATE jobs SET state = 'queued', run_at = ? WHERE dedupe_key = ? AND state = 'parked'";
    Ok(execute(tx, sql, [now_ms.into(), key.into()]).await? > 0)
}

/// Calls off every job of an update that is not settled; a worker that holds one notices at its next write.
pub async fn cancel_for_update(tx: &Tx, update: UpdateId) -> Result<u64, StoreError> {
    let now_ms = tx.clock().now_ms();
    let sql = "UPDATE jobs SET state = 'cancelled', lease_owner = NULL, lease_until = NULL, finished_at = ? \
        WHERE update_id = ? AND state IN ('queued', 'running', 'parked')";
    execute(tx, sql, [now_ms.into(), update.0.into()]).await
}

/// Runs a statement and tells how many rows it changed.
pub(crate) async fn execute(
    conn: &impl Conn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, StoreError> {
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(raw.get_database_backend(), sql, values);
    Ok(raw.execute_raw(statement).await?.rows_affected())
}
