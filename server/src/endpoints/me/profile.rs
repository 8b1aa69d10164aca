//! GET, PATCH, DELETE `/api/v1/me`.

use actix_web::{HttpResponse, delete, get, patch, web};
use garde::Validate;
use meridian_store::repo::users::{self, UserPatch};
use meridian_store::repo::workspaces;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::{Auth, session};
use crate::endpoints::identity::view::{self, Me, WorkingHours};
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiJson, Edit, check, etag};
use crate::state::AppState;

/// Fields to change; what is missing stays.
#[derive(Deserialize, Validate, ToSchema)]
pub struct PatchMe {
    /// As others see it.
    #[garde(custom(check::name_opt))]
    pub display_name: Option<String>,
    /// IANA name.
    #[garde(custom(check::time_zone_opt))]
    pub time_zone: Option<String>,
    /// When this person works.
    #[garde(custom(hours))]
    pub working_hours: Option<WorkingHours>,
    /// When the digest comes.
    #[garde(custom(check::time_of_day_opt))]
    pub digest_at: Option<String>,
    /// Such as `en`.
    #[garde(inner(length(min = 2, max = 20)))]
    pub locale: Option<String>,
}

const DAYS: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];

/// Days are words of two letters, each once; the end comes after the start.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::ref_option,
    reason = "garde passes field and context by reference"
)]
fn hours(value: &Option<WorkingHours>, context: &()) -> garde::Result {
    let Some(value) = value else { return Ok(()) };
    let mut seen = Vec::new();
    for day in &value.days {
        if !DAYS.contains(&day.as_str()) || seen.contains(&day) {
            return Err(garde::Error::new("days are mo, tu, we, th, fr, sa, su, each once"));
        }
        seen.push(day);
    }
    check::time_of_day(&value.start, context)?;
    check::time_of_day(&value.end, context)?;
    if value.end <= value.start {
        return Err(garde::Error::new("the end has to come after the start"));
    }
    Ok(())
}

/// The signed-in account.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), responses((status = 200, body = Me), (status = 401, body = Problem)))]
#[get("/me")]
pub async fn get_me(auth: Auth, state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    let user = users::by_id(reader, auth.user).await?.ok_or_else(ApiError::not_found)?;
    let tag = etag(user.version);
    Ok(HttpResponse::Ok().insert_header(tag).json(view::me(reader, user).await?))
}

/// Changes the account.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = PatchMe, responses(
    (status = 200, body = Me), (status = 401, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
#[patch("/me")]
pub async fn patch_me(
    auth: Auth,
    edit: Edit,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<PatchMe>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let current = users::by_id(&tx, auth.user).await?.ok_or_else(ApiError::not_found)?;
    edit.check(current.version)?;
    let patch = UserPatch {
        display_name: body.display_name.map(|name| name.trim().to_owned()),
        time_zone: body.time_zone,
        working_hours: body.working_hours.map(|hours| users::WorkingHours {
            days: hours.days,
            start: hours.start,
            end: hours.end,
        }),
        digest_at: body.digest_at,
        locale: body.locale,
    };
    let user = users::update(&tx, auth.user, patch).await?.ok_or_else(ApiError::not_found)?;
    let tag = etag(user.version);
    let me = view::me(&tx, user).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(tag).json(me))
}

/// Closes the account: it is signed out everywhere, its name and address are forgotten, what it published stays.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), responses(
    (status = 204), (status = 401, body = Problem), (status = 409, body = Problem)))]
#[delete("/me")]
pub async fn delete_me(auth: Auth, state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    auth.require_session()?;
    let tx = state.store.write().await?;
    let alone = workspaces::sole_ownerships(&tx, auth.user).await?;
    if !alone.is_empty() {
        let detail = format!("Make somebody else an owner first: {}.", alone.join(", "));
        return Err(ApiError::new(Code::LastOwner, detail));
    }
    users::close(&tx, auth.user).await?;
    tx.commit().await?;
    Ok(session::no_content(session::no_cookie(&state)))
}
