//! GET `/api/v1/auth/oidc/callback`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use meridian_store::repo::identities::{self, Attempt};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Refusal, account, binding, browser, provider};
use crate::auth::oidc::{Identity, OidcError};
use crate::auth::session::{self, Started};
use crate::error::{ApiResult, Problem};
use crate::http::ApiQuery;
use crate::state::AppState;

/// What the provider sends the browser back with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    /// What the session is asked for with.
    code: Option<String>,
    /// Which sign-in this is.
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// Which provider this is (RFC 9207).
    iss: Option<String>,
}

/// Ends a sign-in at the OpenID Connect provider: with the session's cookies to where it began, or back to the sign-in
/// page, which says what is wrong.
#[utoipa::path(tag = "Identity", params(CallbackQuery), responses(
    (status = 302, description = "To where the sign-in began, or to the sign-in page with `oidc=` and a word"),
    (status = 404, description = "The instance has no provider", body = Problem)))]
#[get("/auth/oidc/callback")]
pub async fn finish_oidc(
    req: HttpRequest,
    state: web::Data<AppState>,
    ApiQuery(query): ApiQuery<CallbackQuery>,
) -> ApiResult<HttpResponse> {
    provider(&state)?;
    match sign_in(&state, &req, query).await {
        Ok((started, path)) => Ok(session::with_cookie(HttpResponse::Found(), started.cookie)
            .insert_header((header::LOCATION, format!("{}{path}", state.settings.public_url)))
            .finish()),
        Err(refusal) => Ok(refusal.shown(&state)),
    }
}

async fn sign_in(
    state: &AppState,
    req: &HttpRequest,
    query: CallbackQuery,
) -> Result<(Started, String), Refusal> {
    let provider = provider(state)?;
    let token = query.state.ok_or(Refusal::Ended)?;
    let attempt = take(state, req, &token).await?;
    if query.iss.is_some_and(|issuer| issuer != provider.settings().issuer) {
        return Err(OidcError::Refused("the answer names another issuer".into()).into());
    }
    let code = match (query.code, query.error.as_deref()) {
        (Some(code), None) => code,
        (_, Some("access_denied")) => return Err(Refusal::Cancelled),
        (_, told) => {
            let told: String = told.unwrap_or("no code").chars().take(100).collect();
            return Err(OidcError::Refused(format!("the provider answered {told:?}").into()).into());
        }
    };
    let identity = provider.identify(code, binding(&state.keys, &token)).await?;
    enter(state, req, &identity, attempt).await
}

/// The browser's own sign-in, which is used up.
async fn take(state: &AppState, req: &HttpRequest, token: &str) -> Result<Attempt, Refusal> {
    let browser = browser(state, req).ok_or(Refusal::Ended)?;
    let hashes = (state.keys.hash_token(token), state.keys.hash_token(&browser));
    let tx = state.store.write_beside().await?;
    let attempt = identities::take(&tx, &hashes.0, &hashes.1).await?;
    tx.commit().await?;
    attempt.ok_or(Refusal::Ended)
}

async fn enter(
    state: &AppState,
    req: &HttpRequest,
    identity: &Identity,
    attempt: Attempt,
) -> Result<(Started, String), Refusal> {
    let settings = provider(state)?.settings();
    let tx = state.store.write().await?;
    let found = account::find_or_make(&tx, settings, identity, &attempt).await?;
    let started = session::start(state, &tx, req, found.user).await?;
    tx.commit().await?;
    // The invitation's page would say that it is used up.
    let path = if found.invited { "/".to_owned() } else { attempt.return_to };
    Ok((started, path))
}
