//! GET, PUT `/workspaces/{w}/retention`, and the sweep that keeps to it.

use std::time::Duration;

use actix_web::{HttpResponse, get, put, web};
use garde::Validate;
use meridian_domain::ids::WorkspaceId;
use meridian_store::repo::audit::{self, NewEntry};
use meridian_store::repo::retention::{self, Rules};
use meridian_store::repo::updates;
use meridian_store::{Conn, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::audit_log::note;
use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, etag};
use crate::repeat;
use crate::state::AppState;

/// How often the sweep looks.
const EVERY: Duration = Duration::from_mins(10);
/// Updates of one transaction: others write in between.
const BATCH: u64 = 20;
const DAY_MS: i64 = 86_400_000;

/// What is deleted when. Days are whole, 1..36500; null: never.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
#[schema(as = RetentionRules)]
pub struct RulesBody {
    /// Published updates, by when they were published. They go as if their author had deleted them: the grace time lets
    /// them be restored.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = 36_500)))]
    pub delete_updates_after_days: Option<i64>,
    /// Drafts, by when they were last changed.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = 36_500)))]
    pub delete_drafts_after_days: Option<i64>,
    /// Entries of the audit log.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = 36_500)))]
    pub delete_audit_log_after_days: Option<i64>,
    /// Updates that a team's working agreement pins stay.
    #[serde(default = "yes")]
    #[garde(skip)]
    pub keep_pinned: bool,
}

fn yes() -> bool {
    true
}

impl From<RulesBody> for Rules {
    fn from(body: RulesBody) -> Self {
        Self {
            updates_days: body.delete_updates_after_days,
            drafts_days: body.delete_drafts_after_days,
            audit_days: body.delete_audit_log_after_days,
            keep_pinned: body.keep_pinned,
            version: 0,
        }
    }
}

/// A workspace's rules.
#[derive(Serialize, ToSchema)]
pub struct Retention {
    /// After how many days updates go; null: never.
    pub delete_updates_after_days: Option<i64>,
    /// After how many days drafts go; null: never.
    pub delete_drafts_after_days: Option<i64>,
    /// After how many days entries of the audit log go; null: never.
    pub delete_audit_log_after_days: Option<i64>,
    /// Updates that a team's working agreement pins stay.
    pub keep_pinned: bool,
    /// How many updates these rules would delete now.
    pub due_updates: u64,
    /// How long a deleted update can be restored.
    pub grace_hours: u32,
}

async fn show(state: &AppState, conn: &impl Conn, id: WorkspaceId, rules: Rules) -> ApiResult<HttpResponse> {
    let due_updates = retention::count_due(conn, id, &rules, state.clock().now_ms()).await?;
    let shown = Retention {
        delete_updates_after_days: rules.updates_days,
        delete_drafts_after_days: rules.drafts_days,
        delete_audit_log_after_days: rules.audit_days,
        keep_pinned: rules.keep_pinned,
        due_updates,
        grace_hours: state.settings.delete_grace_hours,
    };
    Ok(HttpResponse::Ok().insert_header(etag(rules.version)).json(shown))
}

/// What is deleted when.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path)), responses(
    (status = 200, body = Retention), (status = 401, body = Problem),
    (status = 403, description = "For owners and admins", body = Problem), (status = 404, body = Problem)))]
#[get("/workspaces/{w}/retention")]
pub async fn get_retention(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
) -> ApiResult<HttpResponse> {
    let conn = state.store.reader();
    super::managed(conn, auth.user, id).await?;
    let rules = retention::find(conn, id).await?;
    show(&state, conn, id, rules).await
}

/// Sets what is deleted when. What is due goes within ten minutes.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path)), request_body = RulesBody, responses(
    (status = 200, body = Retention), (status = 401, body = Problem),
    (status = 403, description = "For owners and admins", body = Problem), (status = 404, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem)))]
#[put("/workspaces/{w}/retention")]
pub async fn put_retention(
    auth: Auth,
    edit: Edit,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiJson(body): ApiJson<RulesBody>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let tx = state.store.write().await?;
    super::managed(&tx, auth.user, id).await?;
    edit.check(retention::find(&tx, id).await?.version)?;
    let details = json!(&body);
    let rules = retention::set(&tx, id, &Rules::from(body)).await?;
    note(&tx, id, auth.user, "retention.changed", id, details).await?;
    let answer = show(&state, &tx, id, rules).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    repeat::every(EVERY, || async {
        match sweep(&state).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "updates were deleted by retention rules"),
            Err(error) => tracing::warn!(%error, "retention rules could not be kept"),
        }
    })
    .await;
}

/// Deletes what is due now in every workspace; by how many servers ever, each update once. Returns how many.
///
/// # Errors
/// Those of the database.
pub async fn sweep(state: &AppState) -> Result<usize, StoreError> {
    let now_ms = state.clock().now_ms();
    let purge_at =
        now_ms.saturating_add(i64::from(state.settings.delete_grace_hours).saturating_mul(3_600_000));
    let mut deleted = 0;
    for (workspace, rules) in retention::all(state.store.reader()).await? {
        while !retention::due(state.store.reader(), workspace, &rules, now_ms, 1).await?.is_empty() {
            let tx = state.store.write().await?;
            for row in retention::due(&tx, workspace, &rules, now_ms, BATCH).await? {
                if updates::delete(&tx, &row, purge_at).await? {
                    deleted += 1;
                    let entry = NewEntry {
                        workspace_id: workspace,
                        actor_id: None,
                        action: "update.deleted",
                        target_id: Some(row.id.0),
                        details: json!({"author_id": row.author_id, "by": "retention"}),
                    };
                    audit::record(&tx, entry).await?;
                }
            }
            tx.commit().await?;
        }
        if let Some(days) = rules.audit_days {
            let tx = state.store.write().await?;
            audit::forget(&tx, workspace, now_ms.saturating_sub(days.saturating_mul(DAY_MS))).await?;
            tx.commit().await?;
        }
    }
    Ok(deleted)
}
