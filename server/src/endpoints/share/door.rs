//! Who comes in by a share link: the link has to stand, and its password to be known.
//!
//! Whoever knew the password has a cookie that names the link and the password's version, so that a changed password
//! and a revoked link end it.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use meridian_domain::ids::ShareLinkId;
use meridian_store::repo::share_links::{self, ShareLink};
use meridian_store::repo::updates::RowUpdate;
use subtle::ConstantTimeEq as _;

use crate::auth::keys::mac;
use crate::error::{ApiError, ApiResult, Code};
use crate::state::AppState;

/// How long a password is remembered, in milliseconds: 12 hours.
const REMEMBERED_MS: i64 = 12 * 60 * 60 * 1000;

/// The link of a token and its update, whoever asks.
///
/// # Errors
/// 404: unknown, revoked, out of time, or what it showed is gone; all alike.
pub(super) async fn behind(state: &AppState, token: &str) -> ApiResult<(ShareLink, RowUpdate)> {
    let hash = state.keys.hash_token(token);
    let found = share_links::open_by_hash(state.store.reader(), &hash, state.clock().now_ms()).await?;
    found.ok_or_else(ApiError::not_found)
}

/// The same for a guest who needs no password, or brings its cookie.
///
/// # Errors
/// 404 as [`behind`]; 401 without the password.
pub(super) async fn enter(
    state: &AppState,
    req: &HttpRequest,
    token: &str,
) -> ApiResult<(ShareLink, RowUpdate)> {
    let (link, update) = behind(state, token).await?;
    if link.password_hash.is_some() && !remembered(state, req, &link) {
        return Err(ApiError::new(Code::PasswordRequired, "Ask whoever sent you the link for the password."));
    }
    Ok((link, update))
}

fn cookie_name(state: &AppState, link: ShareLinkId) -> String {
    let prefix = if state.settings.is_https() { "__Host-" } else { "" };
    format!("{prefix}meridian_share_{}", link.0.simple())
}

fn sign(state: &AppState, link: &ShareLink, until_ms: i64) -> String {
    let said = format!("{}/{}/{until_ms}", link.id, link.password_version);
    hex::encode(mac(&state.keys.share, said.as_bytes()))
}

fn remembered(state: &AppState, req: &HttpRequest, link: &ShareLink) -> bool {
    let Some(cookie) = req.cookie(&cookie_name(state, link.id)) else { return false };
    let Some((until, signature)) = cookie.value().split_once('.') else { return false };
    let Ok(until_ms) = until.parse::<i64>() else { return false };
    let right = sign(state, link, until_ms);
    until_ms > state.clock().now_ms() && bool::from(right.as_bytes().ct_eq(signature.as_bytes()))
}

/// What lets in whoever knew the password.
pub(super) fn remember(state: &AppState, link: &ShareLink) -> Cookie<'static> {
    let until_ms = state.clock().now_ms().saturating_add(REMEMBERED_MS);
    Cookie::build(cookie_name(state, link.id), format!("{until_ms}.{}", sign(state, link, until_ms)))
        .path("/")
        .http_only(true)
        .secure(state.settings.is_https())
        .same_site(SameSite::Strict)
        .max_age(Duration::milliseconds(REMEMBERED_MS))
        .finish()
}
