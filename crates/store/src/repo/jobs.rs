//! The job queue: enqueue in the domain's transaction; claim, heartbeat, finish under a lease.

use meridian_domain::ids::{JobId, UpdateId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;
use serde::{Deserialize, Serialize};

use crate::entity::jobs;
use crate::{Conn, StoreError, Tx, json};

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
}

impl Payload {
    /// The queue's name for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ProcessUpdate { .. } => "process_update",
            Self::TranscribeUpdate { .. } => "transcribe_update",
            Self::PurgeUpdate { .. } => "purge_update",
        }
    }
}

/// A job to enqueue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What to do.
    pub payload: Payload,
    /// Higher goes first: 100 what somebody waits for, 50 usual, 10 later.
    pub priority: i64,
    /// Not before (milliseconds since 1970); 0: at once.
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
    let row = jobs::ActiveModel {
        id: Set(id.0),
        kind: Set(new.payload.kind().to_owned()),
        payload: Set(json::write("jobs.payload", &new.payload)?),
        priority: Set(new.priority),
        run_at: Set(new.run_at_ms),
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
