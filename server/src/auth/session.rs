//! Sessions: the refresh cookie and the answer that begins or continues one.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use meridian_domain::ids::{SessionId, UserId};
use meridian_store::Tx;
use meridian_store::repo::sessions;

use super::keys::random_token;
use super::tokens;
use crate::error::ApiResult;
use crate::state::AppState;

/// A new session: its access token and its cookie.
pub struct Started {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// The refresh token.
    pub cookie: Cookie<'static>,
}

/// Begins a session in the transaction.
pub async fn start(state: &AppState, tx: &Tx, req: &HttpRequest, user: UserId) -> ApiResult<Started> {
    let agent = req.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let secret = random_token();
    let id = sessions::create(tx, user, &state.keys.hash_token(&secret), agent).await?;
    started(state, user, id, &secret)
}

/// The access token and cookie of a session whose newest secret is `secret`.
pub fn started(state: &AppState, user: UserId, id: SessionId, secret: &str) -> ApiResult<Started> {
    let access_token = tokens::issue(&state.keys, user, id, state.clock().now().as_second())?;
    Ok(Started { access_token, cookie: cookie(state, format!("{id}.{secret}"), sessions::LIFETIME_MS) })
}

/// The cookie that takes the refresh token away.
pub fn no_cookie(state: &AppState) -> Cookie<'static> {
    cookie(state, String::new(), 0)
}

fn name(state: &AppState) -> &'static str {
    if state.settings.is_https() { "__Host-meridian_refresh" } else { "meridian_refresh" }
}

fn cookie(state: &AppState, value: String, lifetime_ms: i64) -> Cookie<'static> {
    Cookie::build(name(state), value)
        .path("/")
        .http_only(true)
        .secure(state.settings.is_https())
        .same_site(SameSite::Strict)
        .max_age(Duration::milliseconds(lifetime_ms))
        .finish()
}

/// The session and secret in the request's cookie.
pub fn presented(state: &AppState, req: &HttpRequest) -> Option<(SessionId, String)> {
    let cookie = req.cookie(name(state))?;
    let (id, secret) = cookie.value().split_once('.')?;
    Some((id.parse().ok()?, secret.to_owned()))
}

/// What the pages can read: that there is a session to be renewed. Without it they need not ask.
const MARKER: &str = "meridian_signed_in";

/// An answer that no cache keeps, with a refresh cookie (or its end) and the marker that goes with it.
pub fn with_cookie(mut answer: HttpResponseBuilder, cookie: Cookie<'static>) -> HttpResponseBuilder {
    let mut marker = Cookie::build(MARKER, if cookie.value().is_empty() { "" } else { "1" })
        .path("/")
        .secure(cookie.secure().unwrap_or(false))
        .same_site(SameSite::Strict)
        .finish();
    marker.set_max_age(cookie.max_age());
    answer.cookie(cookie).cookie(marker).insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}

/// 204 with a cookie.
pub fn no_content(cookie: Cookie<'static>) -> HttpResponse {
    with_cookie(HttpResponse::NoContent(), cookie).finish()
}
