//! POST, GET, DELETE `/api/v1/me/api-tokens`.

use actix_web::{HttpResponse, delete, get, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::Scope;
use meridian_domain::ids::ApiTokenId;
use meridian_store::repo::{credentials, workspaces};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::auth::keys::random_token;
use crate::endpoints::words::ScopeWord;
use crate::endpoints::workspaces::audit_log::note;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Page, PageQuery, Pages, check};
use crate::state::AppState;

/// A token to make.
#[derive(Deserialize, Validate, ToSchema)]
pub struct NewApiToken {
    /// What it is for.
    #[garde(custom(check::name))]
    pub name: String,
    /// What it may do: read, write, upload, admin.
    #[garde(length(min = 1, max = 4))]
    #[schema(value_type = Vec<ScopeWord>)]
    pub scopes: Vec<Scope>,
    /// When it ends.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// An API token.
#[derive(Serialize, ToSchema)]
pub struct ApiToken {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ApiTokenId,
    /// The secret, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub token: Option<String>,
    /// What it is for.
    pub name: String,
    /// What it may do.
    #[schema(value_type = Vec<ScopeWord>)]
    pub scopes: Vec<Scope>,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

fn view(found: credentials::ApiToken, token: Option<String>) -> ApiToken {
    ApiToken {
        id: found.id,
        token,
        name: found.name,
        scopes: found.scopes,
        expires_at: found.expires_at,
        created_at: found.created_at,
    }
}

/// Makes an API token. Its secret is in this answer only.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = NewApiToken, responses(
    (status = 201, body = ApiToken), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/me/api-tokens")]
pub async fn create_api_token(
    auth: Auth,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<NewApiToken>,
) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    if body.expires_at.is_some_and(|at| at <= state.clock().now()) {
        return Err(ApiError::invalid("expires_at", "past", "This instant has passed."));
    }
    let token = format!("mrd_{}", random_token());
    let hash = state.keys.hash_token(&token);
    let tx = state.store.write().await?;
    let name = body.name.trim();
    let made =
        credentials::create_api_token(&tx, auth.user, name, &body.scopes, &hash, body.expires_at).await?;
    for workspace in workspaces::list(&tx, auth.user).await? {
        let details = json!({"scopes": made.scopes, "expires_at": made.expires_at});
        note(&tx, workspace.id, auth.user, "api_token.made", made.id, details).await?;
    }
    tx.commit().await?;
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(view(made, Some(token))))
}

/// One's API tokens, without their secrets.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(PageQuery), responses(
    (status = 200, body = Page<ApiToken>), (status = 401, body = Problem), (status = 403, body = Problem)))]
#[get("/me/api-tokens")]
pub async fn list_api_tokens(
    auth: Auth,
    state: web::Data<AppState>,
    pages: Pages,
) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    let found = credentials::list_api_tokens(state.store.reader(), auth.user).await?;
    let items: Vec<ApiToken> = found.into_iter().map(|token| view(token, None)).collect();
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// Ends an API token.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[delete("/me/api-tokens/{id}")]
pub async fn delete_api_token(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<ApiTokenId>,
) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    let tx = state.store.write().await?;
    if !credentials::revoke_api_token(&tx, auth.user, id).await? {
        return Err(ApiError::not_found());
    }
    for workspace in workspaces::list(&tx, auth.user).await? {
        note(&tx, workspace.id, auth.user, "api_token.ended", id, json!({})).await?;
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
