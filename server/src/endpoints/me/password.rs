//! POST `/api/v1/me/password`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use garde::Validate;
use meridian_store::repo::users;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::{Auth, password, session};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::ApiJson;
use crate::state::AppState;

/// The password of today and the one to come.
#[derive(Deserialize, Validate, ToSchema)]
pub struct ChangePassword {
    /// Of today.
    #[garde(length(max = 1024))]
    pub current_password: String,
    /// At least 8 characters.
    #[garde(skip)]
    pub new_password: String,
}

/// Changes the password. All sessions and API tokens end; this browser gets a new session by its cookie.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = ChangePassword, responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/me/password")]
pub async fn change_password(
    req: HttpRequest,
    auth: Auth,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<ChangePassword>,
) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    password::check_strength("new_password", &body.new_password)?;
    let limit_key = format!("password {}", auth.user);
    state.failures().check(&limit_key, 10).await?;
    let user = users::by_id(state.store.reader(), auth.user).await?.ok_or_else(ApiError::not_found)?;
    if !password::verify(body.current_password, user.password_hash).await? {
        state.failures().count(&limit_key).await?;
        return Err(ApiError::invalid("current_password", "wrong", "This is not your password of today."));
    }
    let hash = password::hash(body.new_password).await?;
    let tx = state.store.write().await?;
    users::set_password(&tx, auth.user, &hash).await?;
    let started = session::start(&state, &tx, &req, auth.user).await?;
    tx.commit().await?;
    Ok(session::no_content(started.cookie))
}
