//! POST, GET `/api/v1/workspaces/{w}/teams`; GET, PATCH, DELETE `/api/v1/teams/{t}`.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::{TeamRole, TeamVisibility};
use meridian_domain::ids::{TeamId, WorkspaceId};
use meridian_domain::policy::{self, Standing};
use meridian_store::repo::teams::{self, TeamPatch};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::words::{TeamRoleWord, TeamVisibilityWord};
use crate::endpoints::workspaces::{self, audit_log::note};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, Given, Page, PageQuery, Pages, check, etag};
use crate::state::AppState;

/// A team.
#[derive(Serialize, ToSchema)]
pub struct Team {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: TeamId,
    /// Where.
    #[schema(value_type = String, format = Uuid)]
    pub workspace_id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// open or private.
    #[schema(value_type = TeamVisibilityWord)]
    pub visibility: TeamVisibility,
    /// The longest update; null: no limit.
    pub max_duration_ms: Option<i64>,
    /// One's role in it; null: not in it.
    #[schema(value_type = Option<TeamRoleWord>)]
    pub role: Option<TeamRole>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

fn view(team: teams::Team, role: Option<TeamRole>) -> Team {
    Team {
        id: team.id,
        workspace_id: team.workspace_id,
        name: team.name,
        visibility: team.visibility,
        max_duration_ms: team.max_duration_ms,
        role,
        created_at: team.created_at,
    }
}

/// A team to make.
#[derive(Deserialize, Validate, ToSchema)]
pub struct NewTeam {
    /// Its name.
    #[garde(custom(check::name))]
    pub name: String,
    /// open or private.
    #[garde(skip)]
    #[serde(default = "open")]
    #[schema(value_type = TeamVisibilityWord)]
    pub visibility: TeamVisibility,
}

fn open() -> TeamVisibility {
    TeamVisibility::Open
}

/// Fields to change; what is missing stays.
#[derive(Deserialize, Validate, ToSchema)]
pub struct PatchTeam {
    /// Its name.
    #[garde(custom(check::name_opt))]
    pub name: Option<String>,
    /// open or private.
    #[garde(skip)]
    #[schema(value_type = Option<TeamVisibilityWord>)]
    pub visibility: Option<TeamVisibility>,
    /// The longest update, from one second on; null: no limit.
    #[serde(default)]
    #[garde(custom(duration))]
    #[schema(value_type = Option<i64>)]
    pub max_duration_ms: Given<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes its context by reference")]
fn duration(value: &Given<i64>, _: &()) -> garde::Result {
    match value {
        Given::Value(ms) if *ms < 1000 => Err(garde::Error::new("has to be at least 1000 ms")),
        _ => Ok(()),
    }
}

/// Makes a team; its creator is its admin.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("w" = String, Path)), request_body = NewTeam, responses(
    (status = 201, body = Team), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/workspaces/{w}/teams")]
pub async fn create_team(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiJson(body): ApiJson<NewTeam>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    workspaces::inside(&tx, auth.user, id).await?;
    let made = teams::create(&tx, id, body.name.trim(), body.visibility, auth.user).await?;
    let details = json!({"name": made.name, "visibility": made.visibility});
    note(&tx, id, auth.user, "team.made", made.id, details).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().insert_header(etag(made.version)).json(view(made, Some(TeamRole::Admin))))
}

/// The teams of a workspace that one sees.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("w" = String, Path), PageQuery), responses(
    (status = 200, body = Page<Team>), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/workspaces/{w}/teams")]
pub async fn list_teams(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    pages: Pages,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    let workspace = workspaces::visible(reader, auth.user, id).await?;
    let items: Vec<Team> = teams::list(reader, auth.user, id)
        .await?
        .into_iter()
        .filter(|(team, role)| {
            policy::sees_team(Standing { workspace: Some(workspace.role), team: *role }, team.visibility)
        })
        .map(|(team, role)| view(team, role))
        .collect();
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// One team.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path)), responses(
    (status = 200, body = Team), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/teams/{t}")]
pub async fn get_team(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
) -> ApiResult<HttpResponse> {
    let (team, who) = super::visible(state.store.reader(), auth.user, id).await?;
    Ok(HttpResponse::Ok().insert_header(etag(team.version)).json(view(team, who.team)))
}

/// Changes a team.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path)), request_body = PatchTeam, responses(
    (status = 200, body = Team), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
#[patch("/teams/{t}")]
pub async fn patch_team(
    auth: Auth,
    edit: Edit,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
    ApiJson(body): ApiJson<PatchTeam>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (team, who) = super::managed(&tx, auth.user, id).await?;
    // Who manages the workspace but is not in a private team cannot open it to read it.
    if body.visibility == Some(TeamVisibility::Open) && !policy::reads_team(who, team.visibility) {
        return Err(ApiError::forbidden("A private team is opened from within."));
    }
    edit.check(team.version)?;
    let patch = TeamPatch {
        name: body.name.map(|name| name.trim().to_owned()),
        visibility: body.visibility,
        max_duration_ms: body.max_duration_ms.change(),
        ..TeamPatch::default()
    };
    teams::update(&tx, id, patch).await?;
    let (team, who) = super::visible(&tx, auth.user, id).await?;
    let details =
        json!({"name": team.name, "visibility": team.visibility, "max_duration_ms": team.max_duration_ms});
    note(&tx, team.workspace_id, auth.user, "team.changed", id, details).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(team.version)).json(view(team, who.team)))
}

/// Deletes a team and hides everything in it.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[delete("/teams/{t}")]
pub async fn delete_team(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (team, _) = super::managed(&tx, auth.user, id).await?;
    teams::delete(&tx, id).await?;
    note(&tx, team.workspace_id, auth.user, "team.deleted", id, json!({"name": team.name})).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
