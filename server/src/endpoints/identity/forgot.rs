//! POST `/api/v1/auth/password/forgot`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use garde::Validate;
use meridian_domain::ids::UserId;
use meridian_store::repo::{credentials, users};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::keys::random_token;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiJson, client};
use crate::mail::Mail;
use crate::state::AppState;
use crate::tell::speech::Language;

/// Whose password was forgotten.
#[derive(Deserialize, Validate, ToSchema)]
pub struct Forgot {
    /// The address.
    #[garde(length(max = 254))]
    pub email: String,
}

/// How long a reset link is valid, in ms: one hour.
pub const RESET_LIFETIME_MS: i64 = 3600 * 1000;

/// Sends a link that sets a new password. The answer never tells whether the account exists.
#[utoipa::path(tag = "Identity", request_body = Forgot, responses((status = 204), (status = 429, body = Problem)))]
#[post("/auth/password/forgot")]
pub async fn forgot(
    req: HttpRequest,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<Forgot>,
) -> ApiResult<HttpResponse> {
    client::check_origin(&req, &state)?;
    for key in [
        format!("forgot {}", users::normal_email(&body.email)),
        format!("forgot from {}", client::address(&req, &state)),
    ] {
        state.failures().check(&key, 20).await?;
        state.failures().count(&key).await?;
    }
    // After the answer, so that its time tells nothing.
    let state = state.get_ref().clone();
    actix_web::rt::spawn(async move {
        if let Err(error) = send(&state, &body.email).await {
            tracing::error!(%error, "a reset link could not be sent");
        }
    });
    Ok(HttpResponse::NoContent().finish())
}

async fn send(state: &AppState, email: &str) -> ApiResult<()> {
    let Some(user) = users::by_email(state.store.reader(), email).await? else { return Ok(()) };
    if user.disabled_at.is_some() {
        return Ok(());
    }
    let link = make_link(state, user.id).await?;
    let (subject, text) = Language::of(&user.locale).reset(&user.display_name, &link);
    state.mailer.send(Mail { to: user.email, subject, text }).await;
    Ok(())
}

/// A link that sets a new password, on the configured public address.
///
/// # Errors
/// The database refuses.
pub async fn make_link(state: &AppState, user: UserId) -> ApiResult<String> {
    let token = random_token();
    let tx = state.store.write().await?;
    credentials::create_reset(&tx, user, &state.keys.hash_token(&token), RESET_LIFETIME_MS).await?;
    tx.commit().await?;
    Ok(format!("{}/reset-password#{token}", state.settings.public_url))
}
