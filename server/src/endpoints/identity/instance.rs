//! GET `/api/v1/instance`: what a page has to know before anybody signs in.

use actix_web::{HttpResponse, get, web};
use meridian_config::Signup;
use meridian_store::repo::users;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoints::words::SignupWord;
use crate::error::ApiResult;
use crate::state::AppState;

/// What a page has to know before anybody signs in.
#[derive(Serialize, ToSchema)]
pub struct Instance {
    /// The server's version.
    pub version: &'static str,
    /// `invite` or `open`.
    #[schema(value_type = SignupWord)]
    pub signup: &'static str,
    /// Nobody has signed up yet: the first account owns the instance.
    pub first_account: bool,
    /// The first account needs the code that start-up printed.
    pub setup_code_needed: bool,
    /// The largest upload, in bytes.
    pub max_upload_bytes: u64,
    /// Sign-in by an OpenID Connect provider; null: there is none.
    pub oidc: Option<OidcView>,
}

/// Sign-in by the instance's OpenID Connect provider.
#[derive(Serialize, ToSchema)]
#[schema(as = Oidc)]
pub struct OidcView {
    /// What it is called.
    pub label: String,
    /// Where a browser goes to sign in; takes `return_to`, `invite_token` and `time_zone`.
    pub start_url: &'static str,
}

/// What a page has to know before anybody signs in.
#[utoipa::path(tag = "Identity", responses((status = 200, body = Instance)))]
#[get("/instance")]
pub async fn get_instance(state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    let first_account = users::count(state.store.reader()).await? == 0;
    Ok(HttpResponse::Ok().json(Instance {
        version: env!("CARGO_PKG_VERSION"),
        signup: match state.settings.signup {
            Signup::Invite => "invite",
            Signup::Open => "open",
        },
        first_account,
        setup_code_needed: first_account && state.setup_code.is_some(),
        max_upload_bytes: state.settings.max_upload_bytes,
        oidc: state
            .settings
            .oidc
            .as_ref()
            .map(|oidc| OidcView { label: oidc.label.clone(), start_url: "/api/v1/auth/oidc/start" }),
    }))
}
