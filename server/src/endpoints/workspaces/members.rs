//! GET, PATCH, DELETE `/api/v1/workspaces/{w}/members[/{user}]`.

use actix_web::{HttpResponse, delete, get, patch, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::{UserId, WorkspaceId};
use meridian_store::Tx;
use meridian_store::repo::workspaces;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::audit_log::note;
use crate::auth::Auth;
use crate::endpoints::identity::view::WorkingHours;
use crate::endpoints::words::WorkspaceRoleWord;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiJson, ApiPath, ApiQuery, Page, PageQuery};
use crate::state::AppState;

/// A member of a workspace.
#[derive(Serialize, ToSchema)]
pub struct Member {
    /// Who.
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    /// As others see it.
    pub display_name: String,
    /// The address.
    pub email: String,
    /// IANA name.
    pub time_zone: String,
    /// When this person works.
    pub working_hours: WorkingHours,
    /// The role.
    #[schema(value_type = WorkspaceRoleWord)]
    pub role: WorkspaceRole,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
}

impl From<workspaces::Member> for Member {
    fn from(found: workspaces::Member) -> Self {
        Self {
            id: found.user_id,
            display_name: found.display_name,
            email: found.email,
            time_zone: found.time_zone,
            working_hours: found.working_hours.into(),
            role: found.role,
            joined_at: found.joined_at,
        }
    }
}

/// The role to be.
#[derive(Deserialize, Validate, ToSchema)]
pub struct PatchMember {
    /// owner, admin, member or guest.
    #[garde(skip)]
    #[schema(value_type = WorkspaceRoleWord)]
    pub role: WorkspaceRole,
}

/// The members of a workspace; not for guests.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path), PageQuery), responses(
    (status = 200, body = Page<Member>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/workspaces/{w}/members")]
pub async fn list_members(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    super::inside(reader, auth.user, id).await?;
    let limit = page.limit()?;
    let after: Option<UserId> = page.position(&state.keys, "members")?;
    let rows = workspaces::members(reader, id, after, limit.saturating_add(1)).await?;
    let answer = Page::of(&state.keys, "members", rows, limit, |row| row.user_id, Member::from)?;
    Ok(HttpResponse::Ok().json(answer))
}

/// Refuses what would leave a workspace without an owner, and changes of owners by others than owners.
async fn check_owners(
    tx: &Tx,
    id: WorkspaceId,
    actor: WorkspaceRole,
    subject: WorkspaceRole,
    to: Option<WorkspaceRole>,
) -> ApiResult<()> {
    let touches_owner = subject == WorkspaceRole::Owner || to == Some(WorkspaceRole::Owner);
    if touches_owner && actor != WorkspaceRole::Owner {
        return Err(ApiError::forbidden("Only owners make or unmake owners."));
    }
    let loses_one = subject == WorkspaceRole::Owner && to != Some(WorkspaceRole::Owner);
    if loses_one && workspaces::owners(tx, id).await? <= 1 {
        return Err(ApiError::new(Code::LastOwner, "Make somebody else an owner first."));
    }
    Ok(())
}

/// Changes a member's role.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path), ("user" = String, Path)), request_body = PatchMember, responses(
    (status = 200, body = Member), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[patch("/workspaces/{w}/members/{user}")]
pub async fn patch_member(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath((id, user)): ApiPath<(WorkspaceId, UserId)>,
    ApiJson(body): ApiJson<PatchMember>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let tx = state.store.write().await?;
    let actor = super::managed(&tx, auth.user, id).await?.role;
    let subject = workspaces::role(&tx, user, id).await?.ok_or_else(ApiError::not_found)?;
    check_owners(&tx, id, actor, subject, Some(body.role)).await?;
    workspaces::set_role(&tx, id, user, body.role).await?;
    let member = workspaces::member(&tx, id, user).await?.ok_or_else(ApiError::not_found)?;
    let details = json!({"from": subject, "to": body.role, "name": member.display_name});
    note(&tx, id, auth.user, "member.role_changed", user, details).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(Member::from(member)))
}

/// Takes a member out of the workspace and its teams; everybody may leave by themselves.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path), ("user" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[delete("/workspaces/{w}/members/{user}")]
pub async fn delete_member(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath((id, user)): ApiPath<(WorkspaceId, UserId)>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let tx = state.store.write().await?;
    let actor = if user == auth.user {
        super::visible(&tx, auth.user, id).await?.role
    } else {
        super::managed(&tx, auth.user, id).await?.role
    };
    let subject = workspaces::role(&tx, user, id).await?.ok_or_else(ApiError::not_found)?;
    check_owners(&tx, id, actor, subject, None).await?;
    workspaces::remove_member(&tx, id, user).await?;
    note(&tx, id, auth.user, "member.removed", user, json!({"role": subject})).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
