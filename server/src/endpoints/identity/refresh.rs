//! POST `/api/v1/auth/refresh`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use meridian_store::repo::sessions::{self, Rotation};
use meridian_store::repo::users;

use super::view::{self, SignedIn};
use crate::auth::keys::random_token;
use crate::auth::session;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::client;
use crate::state::AppState;

/// A new access token for the refresh cookie, which is replaced; one that was used before ends its family.
#[utoipa::path(tag = "Identity", responses(
    (status = 200, body = SignedIn), (status = 401, body = Problem), (status = 403, body = Problem)))]
#[post("/auth/refresh")]
pub async fn refresh(req: HttpRequest, state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    client::check_origin(&req, &state)?;
    let ended = || ApiError::new(Code::Unauthenticated, "The session has ended. Sign in again.");
    let (id, secret) = session::presented(&state, &req).ok_or_else(ended)?;
    let next = random_token();
    let tx = state.store.write().await?;
    let rotated =
        sessions::rotate(&tx, id, &state.keys.hash_token(&secret), &state.keys.hash_token(&next)).await?;
    let user = match rotated {
        Rotation::Fresh(user) => users::by_id(&tx, user).await?.filter(|user| user.disabled_at.is_none()),
        Rotation::Refused => None,
    };
    let Some(user) = user else {
        // What ends a family has to last, so the transaction commits here too.
        tx.commit().await?;
        return Err(ended());
    };
    let started = session::started(&state, user.id, id, &next)?;
    let user = view::me(&tx, user).await?;
    tx.commit().await?;
    Ok(view::signed_in(HttpResponse::Ok(), started, user, None))
}
