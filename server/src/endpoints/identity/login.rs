//! POST `/api/v1/auth/login`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use garde::Validate;
use meridian_store::repo::users;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{self, SignedIn};
use crate::auth::{password, session};
use crate::error::{ApiResult, Problem};
use crate::http::{ApiJson, client};
use crate::state::AppState;

/// Address and password.
#[derive(Deserialize, Validate, ToSchema)]
pub struct Login {
    /// The address.
    #[garde(length(max = 254))]
    pub email: String,
    /// The password.
    #[garde(length(max = 1024))]
    pub password: String,
}

/// Failures that an account, and an address on the network, may have in 15 minutes.
const MOST_BY_ACCOUNT: u32 = 10;
const MOST_BY_ADDRESS: u32 = 100;

/// Signs in with address and password.
#[utoipa::path(tag = "Identity", request_body = Login, responses(
    (status = 200, body = SignedIn), (status = 401, body = Problem), (status = 429, body = Problem)))]
#[post("/auth/login")]
pub async fn login(
    req: HttpRequest,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<Login>,
) -> ApiResult<HttpResponse> {
    client::check_origin(&req, &state)?;
    let by_account = format!("login {}", users::normal_email(&body.email));
    let by_address = format!("login from {}", client::address(&req, &state));
    state.failures().check(&by_account, MOST_BY_ACCOUNT).await?;
    state.failures().check(&by_address, MOST_BY_ADDRESS).await?;
    let found = users::by_email(state.store.reader(), &body.email).await?;
    let found = found.filter(|user| user.disabled_at.is_none());
    let hash = found.as_ref().and_then(|user| user.password_hash.clone());
    let fits = password::verify(body.password, hash).await?;
    let (true, Some(user)) = (fits, found) else {
        state.failures().count(&by_account).await?;
        state.failures().count(&by_address).await?;
        return Err(password::wrong());
    };
    state.failures().clear(&by_account).await?;
    let tx = state.store.write().await?;
    let started = session::start(&state, &tx, &req, user.id).await?;
    let user = view::me(&tx, user).await?;
    tx.commit().await?;
    Ok(view::signed_in(HttpResponse::Ok(), started, user, None))
}
