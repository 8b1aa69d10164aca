//! GET, PUT `/api/v1/teams/{t}/agreement`: the working agreement.

use actix_web::{HttpResponse, get, put, web};
use garde::Validate;
use meridian_domain::ids::{TeamId, UpdateId, UserId};
use meridian_store::repo::teams::{self, TeamPatch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, etag};
use crate::state::AppState;

/// What the team agreed on.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(default)]
pub struct Agreement {
    /// An answer is expected within this many working hours of the one asked.
    #[garde(range(min = 1, max = 400))]
    pub reply_within_working_hours: u32,
    /// Whom to ask when it is urgent.
    #[garde(skip)]
    #[schema(value_type = Option<String>)]
    pub urgent_contact: Option<UserId>,
    /// And who, when that person is away.
    #[garde(skip)]
    #[schema(value_type = Option<String>)]
    pub backup_contact: Option<UserId>,
    /// Where the team meets live.
    #[garde(custom(web_address))]
    pub call_url: Option<String>,
    /// Markdown.
    #[garde(length(max = 20000))]
    pub text: String,
    /// Updates that newcomers watch first.
    #[garde(length(max = 50))]
    #[schema(value_type = Vec<String>)]
    pub pinned_update_ids: Vec<UpdateId>,
}

impl Default for Agreement {
    fn default() -> Self {
        Self {
            reply_within_working_hours: 8,
            urgent_contact: None,
            backup_contact: None,
            call_url: None,
            text: String::new(),
            pinned_update_ids: Vec::new(),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::ref_option,
    reason = "garde passes field and context by reference"
)]
fn web_address(value: &Option<String>, _: &()) -> garde::Result {
    match value.as_deref().map(url::Url::parse) {
        None => Ok(()),
        Some(Ok(url)) if matches!(url.scheme(), "http" | "https") => Ok(()),
        Some(_) => Err(garde::Error::new("is no address that begins with https://")),
    }
}

/// The team's working agreement.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path)), responses(
    (status = 200, body = Agreement), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/teams/{t}/agreement")]
pub async fn get_agreement(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
) -> ApiResult<HttpResponse> {
    let (team, _) = super::readable(state.store.reader(), auth.user, id).await?;
    let agreement: Agreement = serde_json::from_value(team.agreement).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().insert_header(etag(team.version)).json(agreement))
}

/// Replaces the team's working agreement.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path)), request_body = Agreement, responses(
    (status = 200, body = Agreement), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
#[put("/teams/{t}/agreement")]
pub async fn put_agreement(
    auth: Auth,
    edit: Edit,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
    ApiJson(body): ApiJson<Agreement>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    // Nobody replaces what they may not read.
    super::readable(&tx, auth.user, id).await?;
    let (team, _) = super::managed(&tx, auth.user, id).await?;
    edit.check(team.version)?;
    for (field, person) in [("urgent_contact", body.urgent_contact), ("backup_contact", body.backup_contact)]
    {
        if let Some(person) = person
            && teams::member_role(&tx, id, person).await?.is_none()
        {
            return Err(ApiError::invalid(field, "unknown", "This person is not in the team."));
        }
    }
    let kept = serde_json::to_value(&body).map_err(ApiError::internal)?;
    teams::update(&tx, id, TeamPatch { agreement: Some(kept), ..TeamPatch::default() }).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(team.version.saturating_add(1))).json(body))
}
