//! POST `/api/v1/auth/logout`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use meridian_store::repo::sessions::{self, Rotation};

use crate::auth::keys::random_token;
use crate::auth::session;
use crate::error::{ApiResult, Problem};
use crate::http::client;
use crate::state::AppState;

/// Ends the session of the refresh cookie, and takes the cookie away.
#[utoipa::path(tag = "Identity", responses((status = 204), (status = 403, body = Problem)))]
#[post("/auth/logout")]
pub async fn logout(req: HttpRequest, state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    client::check_origin(&req, &state)?;
    if let Some((id, secret)) = session::presented(&state, &req) {
        let tx = state.store.write().await?;
        // Who holds the newest token may end the family; an older one ends it anyway.
        let hashes = (state.keys.hash_token(&secret), state.keys.hash_token(&random_token()));
        if let Rotation::Fresh(user) = sessions::rotate(&tx, id, &hashes.0, &hashes.1).await? {
            sessions::revoke(&tx, user, id).await?;
        }
        tx.commit().await?;
    }
    Ok(session::no_content(session::no_cookie(&state)))
}
