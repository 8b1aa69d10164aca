//! GET `/api/v1/invites/{token}`, POST `/api/v1/invites/{token}/accept`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use meridian_domain::enums::WorkspaceRole;
use meridian_store::repo::{invites, users, workspaces};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::audit_log::note;
use super::crud::Workspace;
use crate::auth::Auth;
use crate::endpoints::words::WorkspaceRoleWord;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, client};
use crate::state::AppState;

/// What an invitation is to, for the page that accepts it.
#[derive(Serialize, ToSchema)]
pub struct InvitePreview {
    /// The workspace's name.
    pub workspace_name: String,
    /// As what.
    #[schema(value_type = WorkspaceRoleWord)]
    pub role: WorkspaceRole,
    /// For one address only.
    pub email: Option<String>,
}

/// What an invitation is to. Whoever has the token may know.
#[utoipa::path(tag = "Workspaces", params(("token" = String, Path)), responses(
    (status = 200, body = InvitePreview), (status = 404, body = Problem), (status = 429, body = Problem)))]
#[get("/invites/{token}")]
pub async fn get_invite(
    req: HttpRequest,
    state: web::Data<AppState>,
    ApiPath(token): ApiPath<String>,
) -> ApiResult<HttpResponse> {
    let limit_key = format!("invite {}", client::address(&req, &state));
    state.failures().check(&limit_key, 60).await?;
    let reader = state.store.reader();
    let hash = state.keys.hash_token(&token);
    let Some(invite) = invites::by_hash(reader, &hash, state.clock().now_ms()).await? else {
        state.failures().count(&limit_key).await?;
        return Err(ApiError::not_found());
    };
    let workspace_name =
        workspaces::name(reader, invite.workspace_id).await?.ok_or_else(ApiError::not_found)?;
    let answer = InvitePreview { workspace_name, role: invite.role, email: invite.email };
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(answer))
}

/// Joins the workspace. An invitation works once; one for another address is refused.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("token" = String, Path)), responses(
    (status = 200, body = Workspace), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/invites/{token}/accept")]
pub async fn accept_invite(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(token): ApiPath<String>,
) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    let tx = state.store.write().await?;
    let hash = state.keys.hash_token(&token);
    let invite = invites::by_hash(&tx, &hash, tx.clock().now_ms()).await?.ok_or_else(ApiError::not_found)?;
    let user = users::by_id(&tx, auth.user).await?.ok_or_else(ApiError::not_found)?;
    if invite.email.as_ref().is_some_and(|wanted| *wanted != user.email) {
        return Err(ApiError::forbidden("The invitation is for another address."));
    }
    if workspaces::role(&tx, auth.user, invite.workspace_id).await?.is_some() {
        return Err(ApiError::conflict("You are a member of this workspace already."));
    }
    if !invites::accept(&tx, &invite, auth.user).await? {
        return Err(ApiError::not_found());
    }
    let joined = super::visible(&tx, auth.user, invite.workspace_id).await?;
    let details = json!({"role": joined.role, "invite_id": invite.id});
    note(&tx, joined.id, auth.user, "member.joined", auth.user, details).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(Workspace::from(joined)))
}
