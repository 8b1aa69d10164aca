//! Access tokens: JWT with HS256, 15 minutes, bound to a session.

use jsonwebtoken::{Algorithm, Header, Validation};
use meridian_domain::ids::{SessionId, UserId};
use serde::{Deserialize, Serialize};

use super::keys::Keys;
use crate::error::{ApiError, Code};

/// How long an access token lives, in seconds.
pub const ACCESS_SECONDS: i64 = 15 * 60;

/// What an access token says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Whose.
    pub sub: UserId,
    /// Of which session.
    pub sid: SessionId,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Valid until, seconds since 1970.
    pub exp: i64,
    /// Valid from on, seconds since 1970. Ours have none; one that has it has to be right.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole_seconds")]
    pub nbf: Option<i64>,
}

/// Null is no time.
fn whole_seconds<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(value).map(Some)
}

/// Issues an access token at `now_s` (seconds since 1970).
pub fn issue(keys: &Keys, user: UserId, session: SessionId, now_s: i64) -> Result<String, ApiError> {
    let claims =
        Claims { sub: user, sid: session, iat: now_s, exp: now_s.saturating_add(ACCESS_SECONDS), nbf: None };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &keys.access_sign)
        .map_err(ApiError::internal)
}

/// Checks an access token: algorithm, signature and shape by the library, its time by the domain clock.
///
/// # Errors
/// 401 for anything but a valid one.
pub fn check(keys: &Keys, token: &str, now_s: i64) -> Result<Claims, ApiError> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let bad = || ApiError::new(Code::Unauthenticated, "The token is not valid. Sign in again.");
    let header = jsonwebtoken::decode_header(token).map_err(|error| {
        tracing::debug!(%error, "bad token header");
        bad()
    })?;
    if header.kid.is_some() || header.jku.is_some() || header.x5u.is_some() || header.jwk.is_some() {
        return Err(bad());
    }
    let data = jsonwebtoken::decode::<Claims>(token, &keys.access_check, &validation).map_err(|error| {
        tracing::debug!(%error, "bad token");
        bad()
    })?;
    if data.claims.nbf.is_some_and(|from| from > now_s) {
        return Err(bad());
    }
    if data.claims.exp <= now_s || data.claims.iat > now_s.saturating_add(60) {
        return Err(ApiError::new(Code::TokenExpired, "Refresh the token or sign in again."));
    }
    Ok(data.claims)
}
