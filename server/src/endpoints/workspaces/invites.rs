//! POST, GET, DELETE `/api/v1/workspaces/{w}/invites`.

use actix_web::{HttpResponse, delete, get, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::{InviteId, TeamId, WorkspaceId};
use meridian_domain::policy;
use meridian_store::Tx;
use meridian_store::repo::invites::{self, NewInvite};
use meridian_store::repo::{teams, users, workspaces};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::audit_log::note;
use crate::auth::Auth;
use crate::auth::keys::random_token;
use crate::endpoints::words::WorkspaceRoleWord;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Page, PageQuery, Pages, check};
use crate::mail::Mail;
use crate::state::AppState;
use crate::tell::speech::Language;

/// How long an invitation is valid, in ms: 7 days.
const LIFETIME_MS: i64 = 7 * 24 * 3600 * 1000;

/// An invitation to make.
#[derive(Deserialize, Validate, ToSchema)]
pub struct CreateInvite {
    /// For one address only, which gets a mail; without it the link is for whoever has it.
    #[garde(inner(custom(check::email)))]
    pub email: Option<String>,
    /// owner, admin, member or guest.
    #[garde(skip)]
    #[schema(value_type = WorkspaceRoleWord)]
    pub role: WorkspaceRole,
    /// Teams to join with it.
    #[garde(inner(length(max = 50)))]
    #[schema(value_type = Option<Vec<Uuid>>)]
    pub team_ids: Option<Vec<TeamId>>,
}

/// An invitation.
#[derive(Serialize, ToSchema)]
pub struct Invite {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: InviteId,
    /// The secret, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub token: Option<String>,
    /// The link to hand on, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub url: Option<String>,
    /// For one address only.
    pub email: Option<String>,
    /// As what.
    #[schema(value_type = WorkspaceRoleWord)]
    pub role: WorkspaceRole,
    /// Into which teams.
    #[schema(value_type = Vec<Uuid>)]
    pub team_ids: Vec<TeamId>,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

fn view(found: invites::Invite, token: Option<String>, public_url: &str) -> Invite {
    Invite {
        id: found.id,
        url: token.as_ref().map(|token| format!("{public_url}/invite/{token}")),
        token,
        email: found.email,
        role: found.role,
        team_ids: found.team_ids,
        expires_at: found.expires_at,
        created_at: found.created_at,
    }
}

/// Invites somebody, by link or by mail. The token works once.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path)), request_body = CreateInvite, responses(
    (status = 201, body = Invite), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/workspaces/{w}/invites")]
pub async fn create_invite(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    ApiJson(body): ApiJson<CreateInvite>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let tx = state.store.write().await?;
    let workspace = super::managed(&tx, auth.user, id).await?;
    if body.role == WorkspaceRole::Owner && workspace.role != WorkspaceRole::Owner {
        return Err(ApiError::forbidden("Only owners invite owners."));
    }
    if let Some(email) = &body.email
        && workspaces::has_email(&tx, id, email).await?
    {
        return Err(ApiError::conflict("Somebody with this address is a member already."));
    }
    let team_ids = body.team_ids.unwrap_or_default();
    check_teams(&tx, &auth, id, &team_ids).await?;
    let inviter = users::by_id(&tx, auth.user).await?.ok_or_else(ApiError::not_found)?;
    let token = random_token();
    let new = NewInvite {
        workspace_id: id,
        email: body.email,
        role: body.role,
        team_ids,
        created_by: auth.user,
        lifetime_ms: LIFETIME_MS,
    };
    let made = invites::create(&tx, new, &state.keys.hash_token(&token)).await?;
    let details = json!({"role": made.role, "email": made.email, "team_ids": made.team_ids});
    note(&tx, id, auth.user, "invite.made", made.id, details).await?;
    tx.commit().await?;
    let answer = view(made, Some(token), &state.settings.public_url);
    if let (Some(email), Some(url)) = (answer.email.clone(), answer.url.clone()) {
        // Who is invited has no profile yet: it is written as who invites them writes.
        let language = Language::of(&inviter.locale);
        let (subject, text) = language.invitation(&workspace.name, &url);
        let mail = Mail { to: email, subject, text };
        let state = state.get_ref().clone();
        actix_web::rt::spawn(async move { state.mailer.send(mail).await });
    }
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(answer))
}

/// One invites into teams that one manages; into a private one only from within.
async fn check_teams(tx: &Tx, auth: &Auth, id: WorkspaceId, team_ids: &[TeamId]) -> ApiResult<()> {
    for team in team_ids {
        let found = teams::find(tx, auth.user, *team).await?;
        let fits = found.is_some_and(|(team, who)| {
            team.workspace_id == id && policy::reads_team(who, team.visibility) && policy::manages_team(who)
        });
        if !fits {
            return Err(ApiError::invalid(
                "team_ids",
                "unknown",
                format!("{team} is no team that you manage."),
            ));
        }
    }
    Ok(())
}

/// Invitations that are still open.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path), PageQuery), responses(
    (status = 200, body = Page<Invite>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/workspaces/{w}/invites")]
pub async fn list_invites(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<WorkspaceId>,
    pages: Pages,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    super::managed(reader, auth.user, id).await?;
    let found = invites::list(reader, id, state.clock().now_ms()).await?;
    let items: Vec<Invite> = found.into_iter().map(|invite| view(invite, None, "")).collect();
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// Calls an invitation back.
#[utoipa::path(tag = "Workspaces", security(("bearer" = [])), params(("w" = String, Path), ("id" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[delete("/workspaces/{w}/invites/{id}")]
pub async fn delete_invite(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath((id, invite)): ApiPath<(WorkspaceId, InviteId)>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let tx = state.store.write().await?;
    super::managed(&tx, auth.user, id).await?;
    if !invites::revoke(&tx, id, invite).await? {
        return Err(ApiError::not_found());
    }
    note(&tx, id, auth.user, "invite.called_back", invite, json!({})).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
