//! GET `/api/v1/me/sessions`, DELETE `/api/v1/me/sessions/{id}`.

use actix_web::{HttpResponse, delete, get, web};
use jiff::Timestamp;
use meridian_domain::ids::SessionId;
use meridian_store::repo::sessions;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, Page, PageQuery, Pages};
use crate::state::AppState;

/// A signed-in browser.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: SessionId,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Its last refresh.
    #[schema(value_type = String, format = DateTime)]
    pub last_used_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Where one is signed in.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(PageQuery), responses(
    (status = 200, body = Page<Session>), (status = 401, body = Problem)))]
#[get("/me/sessions")]
pub async fn list_sessions(auth: Auth, state: web::Data<AppState>, pages: Pages) -> ApiResult<HttpResponse> {
    let found = sessions::list(state.store.reader(), auth.user, state.clock().now_ms()).await?;
    let items: Vec<Session> = found
        .into_iter()
        .map(|s| Session {
            id: s.id,
            user_agent: s.user_agent,
            created_at: s.created_at,
            last_used_at: s.last_used_at,
            current: auth.session == Some(s.id),
        })
        .collect();
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// Signs a browser out.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[delete("/me/sessions/{id}")]
pub async fn delete_session(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<SessionId>,
) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    let tx = state.store.write().await?;
    if !sessions::revoke(&tx, auth.user, id).await? {
        return Err(ApiError::not_found());
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
