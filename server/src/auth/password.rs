//! Passwords: argon2id off the async threads, at most two at a time, so that a flood of sign-ins takes neither the
//! event loop nor unbounded memory (19 MiB a hash).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use crate::error::{ApiError, ApiResult, Code};

static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A hash of no password: checking against it takes as long as against a real one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bWVyaWRpYW5ub2JvZHk$QvTHrSKOvxg6JeBlVLUMpCFmtOH8GmrPe5XyA7hBbOo";

async fn permit() -> ApiResult<tokio::sync::SemaphorePermit<'static>> {
    AT_ONCE.acquire().await.map_err(ApiError::internal)
}

/// Hashes a password to a PHC string.
///
/// # Errors
/// 500 where hashing fails.
pub async fn hash(password: String) -> ApiResult<String> {
    let _permit = permit().await?;
    let hashed = actix_web::web::block(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    })
    .await?;
    hashed.map_err(|error| ApiError::internal(format!("argon2: {error}")))
}

/// Whether a password fits. Without a hash (no such account) it takes the same time and says no.
///
/// # Errors
/// 503 where the thread pool is gone.
pub async fn verify(password: String, hash: Option<String>) -> ApiResult<bool> {
    let _permit = permit().await?;
    let fits = actix_web::web::block(move || {
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let fits = PasswordHash::new(&text)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
        known && fits
    })
    .await?;
    Ok(fits)
}

/// Refuses what is too short or too long.
///
/// # Errors
/// 422 naming the field.
pub fn check_strength(field: &str, password: &str) -> ApiResult<()> {
    let length = password.chars().count();
    if length < 8 {
        return Err(ApiError::invalid(field, "too_short", "A password needs at least 8 characters."));
    }
    if length > 256 {
        return Err(ApiError::invalid(field, "too_long", "A password may have at most 256 characters."));
    }
    Ok(())
}

/// 401 that does not tell whether the address or the password was wrong.
pub fn wrong() -> ApiError {
    ApiError::new(Code::BadCredentials, "Check the e-mail address and the password.")
}
