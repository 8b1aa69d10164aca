//! GET, PUT `/api/v1/teams/{t}/agreement`: the working agreement.

use actix_web::{HttpResponse, get, put, web};
use garde::Validate;
use meridian_domain::ids::{TeamId, UpdateId, UserId};
use meridian_store::Conn;
use meridian_store::repo::teams::{self, TeamPatch};
use meridian_store::repo::updates;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::updates::render;
use crate::endpoints::updates::view::UpdateView;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, etag};
use crate::markdown;
use crate::state::AppState;

/// What the team agreed on.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(default)]
pub struct Agreement {
    /// An answer is expected within this many working hours of the one asked.
    #[garde(range(min = 1, max = 400))]
    pub reply_within_working_hours: u32,
    /// Whoever is asked something urgent says "got it" within this many minutes; else the backup is told.
    #[garde(range(min = 5, max = 10080))]
    pub acknowledge_within_minutes: u32,
    /// Whom to ask when it is urgent.
    #[garde(skip)]
    #[schema(value_type = Option<String>)]
    pub urgent_contact: Option<UserId>,
    /// Who is told when nobody took note of something urgent.
    #[garde(skip)]
    #[schema(value_type = Option<String>)]
    pub backup_contact: Option<UserId>,
    /// Where the team meets live.
    #[garde(custom(web_address))]
    pub call_url: Option<String>,
    /// What the team does in writing and recordings. Markdown.
    #[garde(length(max = 5000))]
    pub goes_async: String,
    /// What the team meets for. Markdown.
    #[garde(length(max = 5000))]
    pub goes_live: String,
    /// Everything else. Markdown.
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
            acknowledge_within_minutes: 60,
            urgent_contact: None,
            backup_contact: None,
            call_url: None,
            goes_async: String::new(),
            goes_live: String::new(),
            text: String::new(),
            pinned_update_ids: Vec::new(),
        }
    }
}

impl Agreement {
    /// The agreement of a team, or the usual one where the team is gone.
    ///
    /// # Errors
    /// The database is away.
    pub(crate) async fn of_team(conn: &impl Conn, viewer: UserId, team: TeamId) -> ApiResult<Self> {
        match teams::find(conn, viewer, team).await? {
            Some((team, _)) => serde_json::from_value(team.agreement).map_err(ApiError::internal),
            None => Ok(Self::default()),
        }
    }
}

/// The agreement as it is read.
#[derive(Serialize, ToSchema)]
pub struct AgreementView {
    #[serde(flatten)]
    agreement: Agreement,
    /// As safe HTML.
    goes_async_html: String,
    /// As safe HTML.
    goes_live_html: String,
    /// As safe HTML.
    text_html: String,
    /// The pinned updates that the viewer sees, in their order.
    pinned: Vec<UpdateView>,
}

async fn view(
    state: &AppState,
    conn: &impl Conn,
    auth: &Auth,
    agreement: Agreement,
) -> ApiResult<AgreementView> {
    let mut rows = Vec::new();
    for id in &agreement.pinned_update_ids {
        rows.extend(updates::find_visible(conn, auth.user, *id).await?);
    }
    Ok(AgreementView {
        goes_async_html: markdown::kept_html(&agreement.goes_async),
        goes_live_html: markdown::kept_html(&agreement.goes_live),
        text_html: markdown::kept_html(&agreement.text),
        pinned: render(state, conn, auth, rows).await?,
        agreement,
    })
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
    (status = 200, body = AgreementView), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/teams/{t}/agreement")]
pub async fn get_agreement(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
) -> ApiResult<HttpResponse> {
    let conn = state.store.reader();
    let (team, _) = super::readable(conn, auth.user, id).await?;
    let agreement: Agreement = serde_json::from_value(team.agreement).map_err(ApiError::internal)?;
    let shown = view(&state, conn, &auth, agreement).await?;
    Ok(HttpResponse::Ok().insert_header(etag(team.version)).json(shown))
}

/// Replaces the team's working agreement.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path)), request_body = Agreement, responses(
    (status = 200, body = AgreementView), (status = 401, body = Problem), (status = 403, body = Problem),
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
    let before: Agreement = serde_json::from_value(team.agreement).map_err(ApiError::internal)?;
    for (field, person) in [("urgent_contact", body.urgent_contact), ("backup_contact", body.backup_contact)]
    {
        if let Some(person) = person
            && teams::member_role(&tx, id, person).await?.is_none()
        {
            return Err(ApiError::invalid(field, "unknown", "This person is not in the team."));
        }
    }
    for pinned in &body.pinned_update_ids {
        // What was pinned and is deleted or hidden since does not stand in the way.
        let known = before.pinned_update_ids.contains(pinned);
        let found = updates::find_visible(&tx, auth.user, *pinned).await?;
        if !known && found.is_none_or(|update| update.team_id != id) {
            let detail = "There is no such update in this team.";
            return Err(ApiError::invalid("pinned_update_ids", "unknown", detail));
        }
    }
    let kept = serde_json::to_value(&body).map_err(ApiError::internal)?;
    teams::update(&tx, id, TeamPatch { agreement: Some(kept), ..TeamPatch::default() }).await?;
    let shown = view(&state, &tx, &auth, body).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(team.version.saturating_add(1))).json(shown))
}
