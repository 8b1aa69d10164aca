//! GET `/admin/workers`.

use actix_web::{get, web};
use jiff::Timestamp;
use meridian_store::repo::{jobs, workers};
use serde::Serialize;
use utoipa::ToSchema;

use super::{check, instant};
use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::state::AppState;

/// Who was silent for so long, in milliseconds, is taken for dead: a lease's length.
const SILENT_MS: i64 = 30_000;
/// Most running jobs that are read.
const MOST_RUNNING: u64 = 1_000;

/// A worker process.
#[derive(Serialize, ToSchema)]
#[schema(as = Worker)]
pub struct WorkerView {
    /// Its name, new with each start.
    pub id: String,
    /// Its build.
    pub version: String,
    /// Media jobs at the same time.
    pub slots: i64,
    /// The speech model that it found; null: it recognises nothing.
    pub model: Option<String>,
    /// Whether it was heard of in the last half minute.
    pub alive: bool,
    /// How many jobs it has.
    pub running_jobs: u64,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it was last heard of.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
}

/// Jobs of one kind that wait.
#[derive(Serialize, ToSchema)]
pub struct QueueView {
    /// What they do.
    pub kind: String,
    /// How many.
    pub waiting: u64,
    /// For how long the oldest could have run: add workers when it grows.
    pub oldest_age_ms: i64,
}

/// The workers and what waits for them.
#[derive(Serialize, ToSchema)]
pub struct Workers {
    /// Those that were heard of in the last hour, the newest first.
    pub items: Vec<WorkerView>,
    /// What waits, by kind.
    pub queue: Vec<QueueView>,
}

/// The workers, and what waits for them.
#[utoipa::path(tag = "Administration", security(("bearer" = [])), responses(
    (status = 200, body = Workers), (status = 401, body = Problem),
    (status = 404, description = "For others than whoever runs the instance", body = Problem)))]
#[get("/admin/workers")]
pub(super) async fn list(state: web::Data<AppState>, auth: Auth) -> ApiResult<web::Json<Workers>> {
    let conn = state.store.reader();
    check(conn, &auth).await?;
    let now_ms = jobs::database_now_ms(conn).await?;
    let running = jobs::admin::list(conn, &["running"], None, MOST_RUNNING).await?;
    let held = |id: &str| running.iter().filter(|job| job.lease_owner.as_deref() == Some(id)).count();
    let mut items = Vec::new();
    for worker in workers::all(conn).await? {
        items.push(WorkerView {
            alive: now_ms.saturating_sub(worker.seen_at_ms) <= SILENT_MS,
            running_jobs: u64::try_from(held(&worker.id)).unwrap_or(u64::MAX),
            started_at: instant(worker.started_at_ms)?,
            seen_at: instant(worker.seen_at_ms)?,
            id: worker.id,
            version: worker.version,
            slots: worker.slots,
            model: worker.model,
        });
    }
    let queue = jobs::admin::waiting(conn).await?.into_iter();
    let queue =
        queue.map(|(kind, waiting, oldest_age_ms)| QueueView { kind, waiting, oldest_age_ms }).collect();
    Ok(web::Json(Workers { items, queue }))
}
