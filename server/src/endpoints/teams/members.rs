//! GET, PUT, DELETE `/api/v1/teams/{t}/members[/{user}]`.

use actix_web::{HttpResponse, delete, get, put, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::TeamRole;
use meridian_domain::ids::{TeamId, UserId};
use meridian_domain::policy;
use meridian_store::repo::{teams, users, workspaces};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::identity::view::WorkingHours;
use crate::endpoints::words::TeamRoleWord;
use crate::endpoints::workspaces::audit_log::note;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Page, PageQuery, Pages};
use crate::state::AppState;

/// A member of a team.
#[derive(Serialize, ToSchema)]
pub struct TeamMember {
    /// Who.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// As others see it.
    pub display_name: String,
    /// IANA name.
    pub time_zone: String,
    /// When this person works.
    pub working_hours: WorkingHours,
    /// admin or member.
    #[schema(value_type = TeamRoleWord)]
    pub role: TeamRole,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
}

/// What to be in the team.
#[derive(Deserialize, Validate, ToSchema)]
pub struct PutTeamMember {
    /// admin or member; without it a new member is a member and an old one stays as they are.
    #[garde(skip)]
    #[schema(value_type = Option<TeamRoleWord>)]
    pub role: Option<TeamRole>,
}

/// Who is in a team.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path), PageQuery), responses(
    (status = 200, body = Page<TeamMember>), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/teams/{t}/members")]
pub async fn list_team_members(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
    pages: Pages,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    super::visible(reader, auth.user, id).await?;
    let rows = teams::members(reader, id).await?;
    let ids: Vec<UserId> = rows.iter().map(|(user, _, _)| *user).collect();
    let people = users::by_ids(reader, &ids).await?;
    let items: Vec<TeamMember> = rows
        .into_iter()
        .filter_map(|(user, role, joined_at)| {
            let found = people.iter().find(|person| person.id == user)?;
            Some(TeamMember {
                id: user,
                display_name: found.display_name.clone(),
                time_zone: found.time_zone.clone(),
                working_hours: found.working_hours.clone().into(),
                role,
                joined_at,
            })
        })
        .collect();
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// Joins an open team (oneself), adds a member, or changes a role (those who manage the team).
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path), ("user" = String, Path)), request_body = PutTeamMember, responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[put("/teams/{t}/members/{user}")]
pub async fn put_team_member(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath((id, user)): ApiPath<(TeamId, UserId)>,
    ApiJson(body): ApiJson<PutTeamMember>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (team, who) = super::visible(&tx, auth.user, id).await?;
    let joins =
        user == auth.user && body.role != Some(TeamRole::Admin) && policy::joins_team(who, team.visibility);
    // A private team takes people in from within: who manages the workspace but is not in the team cannot slip in.
    let manages = policy::manages_team(who) && policy::reads_team(who, team.visibility);
    if !joins && !manages {
        return Err(ApiError::forbidden("Admins of the team add members and change roles."));
    }
    if workspaces::role(&tx, user, team.workspace_id).await?.is_none() {
        return Err(ApiError::invalid("user", "unknown", "This person is no member of the workspace."));
    }
    teams::put_member(&tx, id, user, body.role.filter(|_| manages)).await?;
    let details = json!({"team": team.name, "user_id": user, "role": body.role.filter(|_| manages)});
    note(&tx, team.workspace_id, auth.user, "team_member.put", id, details).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Leaves (oneself), or takes a member out (those who manage the team).
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path), ("user" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[delete("/teams/{t}/members/{user}")]
pub async fn delete_team_member(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath((id, user)): ApiPath<(TeamId, UserId)>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (team, _) = if user == auth.user {
        super::visible(&tx, auth.user, id).await?
    } else {
        super::managed(&tx, auth.user, id).await?
    };
    if !teams::remove_member(&tx, id, user).await? {
        return Err(ApiError::not_found());
    }
    let details = json!({"team": team.name, "user_id": user});
    note(&tx, team.workspace_id, auth.user, "team_member.removed", id, details).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
