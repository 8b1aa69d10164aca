//! GET `/admin/jobs`, POST `/admin/jobs/{j}/retry|cancel`.

use actix_web::{HttpResponse, get, post, web};
use jiff::Timestamp;
use meridian_domain::ids::{JobId, UpdateId, WorkspaceId};
use meridian_store::repo::jobs::admin::{self, Wish};
use meridian_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{check, instant};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page, PageQuery, cut};
use crate::state::AppState;

/// A state of a job, or several.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobStateQuery)]
pub enum Wanted {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Waits for bytes.
    Parked,
    /// Done.
    Done,
    /// Given up after its last attempt.
    Dead,
    /// Called off.
    Cancelled,
    /// Queued, running or parked.
    Open,
}

impl Wanted {
    fn states(self) -> &'static [&'static str] {
        match self {
            Self::Queued => &["queued"],
            Self::Running => &["running"],
            Self::Parked => &["parked"],
            Self::Done => &["done"],
            Self::Dead => &["dead"],
            Self::Cancelled => &["cancelled"],
            Self::Open => &["queued", "running", "parked"],
        }
    }
}

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// In this state; where not given, in any.
    #[param(inline)]
    state: Option<Wanted>,
    /// How many, 1..100; 25 where not given.
    limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    cursor: Option<String>,
}

/// A job of the queue.
#[derive(Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    /// Its id.
    #[schema(value_type = Uuid)]
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
    /// How often a worker took it.
    pub attempt: i64,
    /// How often one may.
    pub max_attempts: i64,
    /// What went wrong last.
    pub reason: Option<String>,
    /// Which worker has it.
    pub worker: Option<String>,
    /// Until when that worker has to say that it is alive.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub lease_until: Option<Timestamp>,
    /// Not before.
    #[schema(value_type = String, format = DateTime)]
    pub run_at: Timestamp,
    /// Whose.
    #[schema(value_type = Option<Uuid>)]
    pub workspace_id: Option<WorkspaceId>,
    /// For which update.
    #[schema(value_type = Option<Uuid>)]
    pub update_id: Option<UpdateId>,
    /// Since when it exists.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Since when it is settled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// How long it has been there, or was until it was settled.
    pub age_ms: i64,
}

fn show(job: admin::Job, now_ms: i64) -> ApiResult<JobView> {
    let until = job.finished_at_ms.unwrap_or(now_ms);
    Ok(JobView {
        id: job.id,
        kind: job.kind,
        state: job.state,
        phase: job.phase,
        progress: job.progress,
        priority: job.priority,
        attempt: job.attempt,
        max_attempts: job.max_attempts,
        reason: job.last_error,
        worker: job.lease_owner,
        lease_until: job.lease_until_ms.map(instant).transpose()?,
        run_at: instant(job.run_at_ms)?,
        workspace_id: job.workspace_id,
        update_id: job.update_id,
        created_at: instant(job.created_at_ms)?,
        finished_at: job.finished_at_ms.map(instant).transpose()?,
        age_ms: until.saturating_sub(job.created_at_ms).max(0),
    })
}

/// Jobs, newest first.
#[utoipa::path(tag = "Administration", security(("bearer" = [])), params(JobQuery), responses(
    (status = 200, description = "A page", body = Page<JobView>), (status = 401, body = Problem),
    (status = 404, description = "For others than whoever runs the instance", body = Problem)))]
#[get("/admin/jobs")]
pub(super) async fn list(
    state: web::Data<AppState>,
    auth: Auth,
    query: ApiQuery<JobQuery>,
) -> ApiResult<web::Json<Page<JobView>>> {
    let conn = state.store.reader();
    check(conn, &auth).await?;
    let JobQuery { state: wanted, limit, cursor } = query.0;
    let states = wanted
        .map_or(&["queued", "running", "parked", "done", "dead", "cancelled"] as &[&str], Wanted::states);
    let (name, page) = (format!("jobs/{}", states.join(",")), PageQuery { limit, cursor });
    let (after, limit) = (page.position::<(i64, Uuid)>(&state.keys, &name)?, page.limit()?);
    let mut rows = admin::list(conn, states, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &name, &mut rows, limit, |row| (row.created_at_ms, row.id.0))?;
    let now_ms = state.clock().now_ms();
    let items = rows.into_iter().map(|row| show(row, now_ms)).collect::<Result<_, _>>()?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// Does it, if it may be done.
async fn act(
    state: &AppState,
    auth: &Auth,
    wish: impl AsyncFnOnce(&Tx) -> Result<Wish, StoreError>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    check(&tx, auth).await?;
    match wish(&tx).await? {
        Wish::Granted => tx.commit().await?,
        Wish::NotFound => return Err(ApiError::not_found()),
        Wish::WrongState => return Err(ApiError::conflict("The job's state does not allow this.")),
        Wish::AlreadyThere => return Err(ApiError::conflict("Another job does the same by now.")),
        Wish::NoBytes => return Err(ApiError::conflict("There are no bytes to process.")),
        Wish::Needed => {
            return Err(ApiError::conflict("It removes what people deleted, and cannot be called off."));
        }
    }
    Ok(HttpResponse::Accepted().finish())
}

/// Tries a given-up or called-off job again.
#[utoipa::path(tag = "Administration", security(("bearer" = [])),
    params(("job" = Uuid, Path, description = "The job")), responses(
    (status = 202, description = "Queued"), (status = 401, body = Problem),
    (status = 404, description = "No such job, or for others than whoever runs the instance", body = Problem),
    (status = 409, description = "It is not given up, or another does the same by now", body = Problem)))]
#[post("/admin/jobs/{job}/retry")]
pub(super) async fn retry_job(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<JobId>,
) -> ApiResult<HttpResponse> {
    act(&state, &auth, async |tx| admin::retry(tx, path.0).await).await
}

/// Calls a job off that is not settled; its update fails with that reason and keeps its bytes.
#[utoipa::path(tag = "Administration", security(("bearer" = [])),
    params(("job" = Uuid, Path, description = "The job")), responses(
    (status = 202, description = "Called off; a worker that has it stops at its next write"), (status = 401, body = Problem),
    (status = 404, description = "No such job, or for others than whoever runs the instance", body = Problem),
    (status = 409, description = "It is settled, or it removes what was deleted", body = Problem)))]
#[post("/admin/jobs/{job}/cancel")]
pub(super) async fn cancel_job(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<JobId>,
) -> ApiResult<HttpResponse> {
    act(&state, &auth, async |tx| admin::cancel(tx, path.0).await).await
}
