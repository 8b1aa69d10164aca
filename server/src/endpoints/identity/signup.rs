//! POST `/api/v1/auth/signup`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use garde::Validate;
use meridian_config::Signup;
use meridian_domain::ids::WorkspaceId;
use meridian_store::repo::users::NewUser;
use meridian_store::repo::{invites, users, workspaces};
use meridian_store::{StoreError, Tx};
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;

use super::view::{self, SignedIn};
use crate::auth::{password, session};
use crate::endpoints::workspaces::audit_log::note;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiJson, check, client};
use crate::state::AppState;

/// A new account.
#[derive(Deserialize, Validate, ToSchema)]
pub struct SignUp {
    /// The address.
    #[garde(custom(check::email))]
    pub email: String,
    /// At least 8 characters.
    #[garde(skip)]
    pub password: String,
    /// As others see it.
    #[garde(custom(check::name))]
    pub display_name: String,
    /// IANA name.
    #[garde(custom(check::time_zone))]
    pub time_zone: String,
    /// Makes a workspace of this name.
    #[garde(custom(check::name_opt))]
    pub workspace_name: Option<String>,
    /// Or joins by invitation.
    #[garde(skip)]
    pub invite_token: Option<String>,
    /// Off loopback the first account needs the code that start-up printed.
    #[garde(skip)]
    pub setup_code: Option<String>,
}

/// Makes an account with a workspace, or joins one by invitation.
#[utoipa::path(tag = "Identity", request_body = SignUp, responses(
    (status = 201, body = SignedIn), (status = 403, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/auth/signup")]
pub async fn signup(
    req: HttpRequest,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<SignUp>,
) -> ApiResult<HttpResponse> {
    client::check_origin(&req, &state)?;
    password::check_strength("password", &body.password)?;
    let limit_key = format!("signup {}", client::address(&req, &state));
    state.failures().check(&limit_key, 30).await?;
    if body.workspace_name.is_none() && body.invite_token.is_none() {
        return Err(ApiError::invalid(
            "workspace_name",
            "missing",
            "Name a workspace or bring an invitation.",
        ));
    }
    if users::by_email(state.store.reader(), &body.email).await?.is_some() {
        state.failures().count(&limit_key).await?;
        return Err(email_taken());
    }
    let hash = password::hash(body.password.clone()).await?;
    let tx = state.store.write().await?;
    if let Err(refused) = check_right(&state, &tx, &body).await {
        // There is one writer, and the count is to last.
        tx.rollback().await?;
        state.failures().count(&limit_key).await?;
        return Err(refused);
    }
    let new = NewUser {
        email: body.email.clone(),
        display_name: body.display_name.trim().to_owned(),
        password_hash: Some(hash),
        time_zone: body.time_zone.clone(),
    };
    let user = users::create(&tx, new).await.map_err(|error: StoreError| {
        if error.is_unique_violation() { email_taken() } else { error.into() }
    })?;
    let workspace_id = join(&state, &tx, &body, user.id).await?;
    let started = session::start(&state, &tx, &req, user.id).await?;
    let user = view::me(&tx, user).await?;
    tx.commit().await?;
    let workspace = user.workspaces.iter().find(|found| found.id == workspace_id).cloned();
    Ok(view::signed_in(HttpResponse::Created(), started, user, workspace))
}

fn email_taken() -> ApiError {
    ApiError::new(Code::EmailTaken, "Sign in, or reset the password.")
}

/// The first account needs the set-up code where there is one; later ones an invitation, unless sign-up is open.
async fn check_right(state: &AppState, tx: &Tx, body: &SignUp) -> ApiResult<()> {
    if users::count(tx).await? == 0 {
        let Some(wanted) = &state.setup_code else { return Ok(()) };
        let given = body.setup_code.as_deref().unwrap_or("").trim();
        if bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) {
            return Ok(());
        }
        let detail = if given.is_empty() {
            "The server printed the set-up code when it started."
        } else {
            "This is not the set-up code. The server printed it when it started, and prints another at each start."
        };
        return Err(ApiError::new(Code::SetupCodeNeeded, detail));
    }
    if body.invite_token.is_none() && state.settings.signup == Signup::Invite {
        return Err(ApiError::new(
            Code::SignupClosed,
            "Ask an admin of your workspace for an invitation link.",
        ));
    }
    Ok(())
}

async fn join(
    state: &AppState,
    tx: &Tx,
    body: &SignUp,
    user: meridian_domain::ids::UserId,
) -> ApiResult<WorkspaceId> {
    let Some(token) = &body.invite_token else {
        let name = body.workspace_name.as_deref().unwrap_or("Workspace").trim();
        return Ok(workspaces::create(tx, name, user).await?.id);
    };
    let not_valid = || ApiError::invalid("invite_token", "invalid", "The invitation is not valid any more.");
    let hash = state.keys.hash_token(token);
    let invite = invites::by_hash(tx, &hash, tx.clock().now_ms()).await?.ok_or_else(not_valid)?;
    let other = |wanted: &String| *wanted != users::normal_email(&body.email);
    if invite.email.as_ref().is_some_and(other) {
        return Err(ApiError::invalid("email", "invitation", "The invitation is for another address."));
    }
    if !invites::accept(tx, &invite, user).await? {
        return Err(not_valid());
    }
    let details = json!({"role": invite.role, "invite_id": invite.id});
    note(tx, invite.workspace_id, user, "member.joined", user, details).await?;
    Ok(invite.workspace_id)
}
