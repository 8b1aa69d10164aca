//! POST, GET, PATCH `/api/v1/workspaces[/{w}]`.

use actix_web::{HttpResponse, get, patch, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::WorkspaceId;
use meridian_store::repo::workspaces;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::audit_log::note;
use crate::auth::Auth;
use crate::endpoints::words::WorkspaceRoleWord;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, Given, Page, PageQuery, Pages, check, etag};
use crate::state::AppState;

/// A workspace.
#[derive(Serialize, ToSchema)]
pub struct Workspace {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// One's role in it.
    #[schema(value_type = WorkspaceRoleWord)]
    pub role: WorkspaceRole,
    /// The most that its uploads may take; null: no limit.
    pub quota_bytes: Option<i64>,
    /// What its uploads take.
    pub used_bytes: i64,
    /// Whether its members see what their teams did, in totals.
    pub insights: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<workspaces::Workspace> for Workspace {
    fn from(found: workspaces::Workspace) -> Self {
        Self {
            id: found.id,
            name: found.name,
            role: found.role,
            quota_bytes: found.quota_bytes,
            used_bytes: found.used_bytes,
            insights: found.insights,
            created_at: found.created_at,
        }
    }
}

/// A workspace to make.
#[derive(Deserialize, Validate, ToSchema)]
pub struct NewWorkspace {
    /// Its name.
    #[garde(custom(check::name))]
    pub name: String,
}

/// Fields to change; what is missing stays.
#[derive(Deserialize, Validate, ToSchema)]
pub struct PatchWorkspace {
    /// Its name.
    #[garde(custom(check::name_opt))]
    pub name: Option<String>,
    /// The most that its uploads may take; null: no limit.
    #[serde(default)]
    #[garde(custom(quota))]
    #[schema(value_type = Option<i64>)]
    pub quota_bytes: Given<i64>,
    /// Whether its members see what their teams did, in totals.
    #[garde(skip)]
    pub insights: Option<bool>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes its context by reference")]
fn quota(value: &Given<i64>, _: &()) -> garde::Result {
    match value {
        Given::Value(bytes) if *bytes < 0 => Err(garde::Error::new("must not be negative")),
        _ => Ok(()),
    }
}

/// Makes a workspace; its creator owns it.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), request_body = NewWorkspace, responses(
    (status = 201, body = Workspace), (status = 401, body = Problem), (status = 422, body = Problem)))]
#[post("/workspaces")]
pub async fn create_workspace(
    auth: Auth,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<NewWorkspace>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let made = workspaces::create(&tx, body.name.trim(), auth.user).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().insert_header(etag(made.version)).json(Workspace::from(made)))
}

/// One's workspaces.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(PageQuery), responses(
    (status = 200, body = Page<Workspace>), (status = 401, body = Problem)))]
#[get("/workspaces")]
pub async fn list_workspaces(
    auth: Auth,
    state: web::Data<AppState>,
    pages: Pages,
) -> ApiResult<HttpResponse> {
    let found = workspaces::list(state.store.reader(), auth.user).await?;
    let items: Vec<Workspace> = found.into_iter().map(Workspace::from).collect();
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// One workspace.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path)), responses(
    (status = 200, body = Workspace), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/workspaces/{w}")]
pub async fn get_workspace(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
) -> ApiResult<HttpResponse> {
    let found = super::visible(state.store.reader(), auth.user, id).await?;
    Ok(HttpResponse::Ok().insert_header(etag(found.version)).json(Workspace::from(found)))
}

/// Changes a workspace.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path)), request_body = PatchWorkspace, responses(
    (status = 200, body = Workspace), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
#[patch("/workspaces/{w}")]
pub async fn patch_workspace(
    auth: Auth,
    edit: Edit,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiJson(body): ApiJson<PatchWorkspace>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let current = super::managed(&tx, auth.user, id).await?;
    edit.check(current.version)?;
    let name = body.name.map(|name| name.trim().to_owned());
    workspaces::update(&tx, id, name, body.quota_bytes.change(), body.insights).await?;
    let changed = super::visible(&tx, auth.user, id).await?;
    let details =
        json!({"name": changed.name, "quota_bytes": changed.quota_bytes, "insights": changed.insights});
    note(&tx, id, auth.user, "workspace.changed", id, details).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(changed.version)).json(Workspace::from(changed)))
}
