//! POST `/webhooks/{h}/test`.

use actix_web::{post, web};
use meridian_domain::ids::WebhookId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::http::ApiPath;
use crate::state::AppState;
use crate::tell::webhooks::{self, Client};

/// How many tests one person may send in 15 minutes.
const MOST: u32 = 20;

/// How a test was answered. What the other side wrote is not shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestResult {
    /// Whether the other side took it (2xx).
    pub delivered: bool,
    /// What it answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<&'static str>,
    /// How long it took.
    pub took_ms: i64,
}

/// Sends a test at once, beside the queue and the log.
#[utoipa::path(tag = "Webhooks", security(("bearer" = [])),
    params(("webhook" = Uuid, Path, description = "The webhook")),
    responses(
        (status = 200, description = "How it was answered", body = TestResult),
        (status = 403, description = "For owners and admins", body = Problem),
        (status = 404, description = "No such webhook for you", body = Problem),
        (status = 429, description = "Too many tests", body = Problem)))]
#[post("/webhooks/{webhook}/test")]
pub(crate) async fn test(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<WebhookId>,
) -> ApiResult<web::Json<TestResult>> {
    auth.require_admin_scope()?;
    let hook = super::managed(state.store.reader(), auth.user, path.0).await?;
    let key = format!("webhook test {}", auth.user);
    state.failures().check(&key, MOST).await?;
    state.failures().count(&key).await?;
    let answered = webhooks::test(&state, &Client::new(&state.settings), &hook).await?;
    Ok(web::Json(TestResult {
        delivered: answered.is_success(),
        status: answered.status,
        error: answered.error,
        took_ms: answered.took_ms,
    }))
}
