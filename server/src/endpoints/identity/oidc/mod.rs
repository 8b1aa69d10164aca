//! Sign-in by the instance's OpenID Connect provider. A browser goes to `start`, from there to the provider, and comes
//! back to `callback`, which begins a session as a password does. State, nonce and code verifier belong to one row
//! that the browser's cookie opens once; nonce and verifier are made from the state and the instance's secret, so the
//! database holds neither.

pub mod account;
pub mod callback;
pub mod start;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::auth::keys::{Keys, mac};
use crate::auth::oidc::{Binding, OidcError, Provider};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// How long one may stay at the provider, in ms: ten minutes.
const LIFETIME_MS: i64 = 10 * 60 * 1000;

/// Why nobody was signed in. The sign-in page has a sentence for each.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The person said no at the provider.
    #[error("called off at the provider")]
    Cancelled,
    /// No sign-in of this browser, used before, or out of time.
    #[error("no sign-in that this browser began and has not ended")]
    Ended,
    /// See [`OidcError`].
    #[error(transparent)]
    Provider(#[from] OidcError),
    /// The provider names no address, or does not vouch for it.
    #[error("no verified address")]
    NoVerifiedEmail,
    /// The address is in a domain that may not come in.
    #[error("the address is in another domain")]
    OtherDomain,
    /// Nobody has invited this person.
    #[error("no account and no invitation")]
    NoAccount,
    /// The account with this address belongs to another identity of the provider.
    #[error("the account belongs to another identity")]
    OtherIdentity,
    /// Ours.
    #[error(transparent)]
    Failed(#[from] ApiError),
}

impl From<meridian_store::StoreError> for Refusal {
    fn from(error: meridian_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Refusal {
    /// The word for the sign-in page.
    fn word(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Ended => "ended",
            Self::Provider(OidcError::Unreachable(_)) => "unreachable",
            Self::Provider(OidcError::Refused(_)) => "refused",
            Self::NoVerifiedEmail => "unverified",
            Self::OtherDomain => "domain",
            Self::NoAccount => "no_account",
            Self::OtherIdentity => "other_identity",
            Self::Failed(_) => "failed",
        }
    }

    /// Back to the sign-in page, which says what happened.
    fn shown(&self, state: &AppState) -> HttpResponse {
        match self {
            Self::Cancelled | Self::Ended => tracing::debug!(why = self.word(), "nobody was signed in"),
            Self::Provider(_) | Self::Failed(_) => {
                tracing::warn!(error = %crate::error::chain(self), "signing in at the provider failed");
            }
            _ => tracing::info!(why = self.word(), "the provider's answer lets nobody in"),
        }
        HttpResponse::Found()
            .insert_header((
                header::LOCATION,
                format!("{}/sign-in?oidc={}", state.settings.public_url, self.word()),
            ))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish()
    }
}

/// The provider, where the settings name one.
fn provider(state: &AppState) -> ApiResult<&Provider> {
    state.oidc.as_ref().ok_or_else(ApiError::not_found)
}

/// What belongs to a state.
fn binding(keys: &Keys, state: &str) -> Binding {
    let made = |what: &str| hex::encode(mac(&keys.sign_in, format!("{what} {state}").as_bytes()));
    Binding { nonce: made("nonce"), verifier: made("verifier") }
}

fn cookie_name(state: &AppState) -> &'static str {
    if state.settings.is_https() { "__Host-meridian_oidc" } else { "meridian_oidc" }
}

/// Lax, since the browser comes back from another site.
fn cookie(state: &AppState, browser: String) -> Cookie<'static> {
    Cookie::build(cookie_name(state), browser)
        .path("/")
        .http_only(true)
        .secure(state.settings.is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::milliseconds(LIFETIME_MS))
        .finish()
}

/// The token of the browser, if it has begun a sign-in lately.
fn browser(state: &AppState, req: &HttpRequest) -> Option<String> {
    let cookie = req.cookie(cookie_name(state))?;
    // As long as `random_token` makes them.
    (cookie.value().len() == 43).then(|| cookie.value().to_owned())
}
