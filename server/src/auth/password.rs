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
    "$argon2id$v=19$m=19456,t=2,p=1$bWVyaWRpYW4tbm9ib2R5IQ$QvTHrSKOvxg6JeBlVLUMpCFmtOH8GmrPe5XyA7hBbOo";

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
        compare(hash.as_deref(), |parsed| {
            Argon2::default().verify_password(password.as_bytes(), parsed).is_ok()
        })
    })
    .await?;
    Ok(fits)
}

/// Compares once, whether there is an account or not.
fn compare(hash: Option<&str>, once: impl FnOnce(&PasswordHash) -> bool) -> bool {
    let fits = PasswordHash::new(hash.unwrap_or(NOBODY)).is_ok_and(|parsed| once(&parsed));
    hash.is_some() && fits
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What decides how long a comparison takes: algorithm, version, memory, rounds, lanes, lengths.
    fn work(hash: &PasswordHash) -> (String, Option<u32>, String, usize, usize) {
        let lengths =
            (hash.salt.as_ref().unwrap().as_ref().len(), hash.hash.as_ref().unwrap().as_bytes().len());
        (hash.algorithm.to_string(), hash.version, hash.params.to_string(), lengths.0, lengths.1)
    }

    /// 6, by counting instead of a clock: one comparison with the same work, whether there is an account or not.
    #[tokio::test]
    async fn an_unknown_account_takes_the_same_work() {
        let real = hash("correct horse".to_owned()).await.unwrap();
        let mut done = Vec::new();
        for known in [Some(real.as_str()), None] {
            compare(known, |parsed| {
                done.push(work(parsed));
                false
            });
        }
        assert_eq!(done.len(), 2, "one comparison each");
        assert_eq!(done[0], done[1]);
        // And it never lets anybody in.
        assert!(!compare(None, |_| true));
        assert!(compare(Some(&real), |_| true));
    }
}
