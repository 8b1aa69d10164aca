//! POST `/api/v1/auth/password/reset`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use garde::Validate;
use meridian_store::repo::{credentials, users};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::{password, session};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, client};
use crate::state::AppState;

/// The link's token and the new password.
#[derive(Deserialize, Validate, ToSchema)]
pub struct Reset {
    /// From the link.
    #[garde(length(max = 200))]
    pub token: String,
    /// At least 8 characters.
    #[garde(skip)]
    pub new_password: String,
}

/// Sets a new password by a reset link, which is used up; all sessions and API tokens end.
#[utoipa::path(tag = "Identity", request_body = Reset, responses((status = 204), (status = 422, body = Problem)))]
#[post("/auth/password/reset")]
pub async fn reset(
    req: HttpRequest,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<Reset>,
) -> ApiResult<HttpResponse> {
    client::check_origin(&req, &state)?;
    password::check_strength("new_password", &body.new_password)?;
    let limit_key = format!("reset {}", client::address(&req, &state));
    state.failures().check(&limit_key, 30).await?;
    let hash = password::hash(body.new_password).await?;
    let tx = state.store.write().await?;
    let Some(user) = credentials::use_reset(&tx, &state.keys.hash_token(&body.token)).await? else {
        tx.rollback().await?;
        state.failures().count(&limit_key).await?;
        return Err(ApiError::invalid(
            "token",
            "invalid",
            "The link is not valid any more. Ask for a new one.",
        ));
    };
    users::set_password(&tx, user, &hash).await?;
    tx.commit().await?;
    Ok(session::no_content(session::no_cookie(&state)))
}
