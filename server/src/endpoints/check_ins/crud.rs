//! POST, GET `/teams/{t}/check-ins`; GET, PATCH, DELETE `/check-ins/{k}`.

use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, patch, post, web};
use jiff::civil::Date;
use meridian_domain::ids::{CheckInId, TeamId, UserId};
use meridian_store::repo::check_ins::{self, CheckIn, NewCheckIn};
use meridian_store::repo::updates::TeamAccess;
use meridian_store::repo::users;

use super::body::{self, CreateBody, PatchBody};
use super::view::{CheckInView, show};
use super::{managed, manages, visible};
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, Page, PageQuery, Pages, etag};
use crate::state::AppState;

/// The date of now where somebody is.
pub(super) async fn today(
    tx: &impl meridian_store::Conn,
    now: jiff::Timestamp,
    user: UserId,
) -> ApiResult<Date> {
    let user = users::by_id(tx, user).await?.ok_or_else(ApiError::not_found)?;
    Ok(now.to_zoned(check_ins::zone_of(&user.time_zone)).date())
}

/// Puts a new check-in together; it is not checked yet.
pub(super) fn new_of(team: &TeamAccess, made_on: Date, body: CreateBody) -> NewCheckIn {
    NewCheckIn {
        workspace_id: team.workspace_id,
        team_id: team.team_id,
        team_audience_id: team.audience_id,
        private_to: body.private_to,
        name: body.name,
        prompts: body::prompts(body.prompts, &[]),
        schedule: body.schedule.into(),
        made_on,
        open_for_minutes: body.open_for_minutes,
        remind_before_minutes: body.remind_before_minutes,
        expected: body.expected,
        max_duration_ms: body.max_duration_ms,
        replaces_meeting_minutes: body.replaces_meeting_minutes,
    }
}

/// Makes a check-in; everybody in the team may.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(("t" = String, Path)), request_body = CreateBody,
    responses((status = 201, body = CheckInView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/teams/{t}/check-ins")]
pub async fn create_check_in(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
    ApiJson(body): ApiJson<CreateBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let team = access::posting_team(&tx, &auth, id).await?;
    let made_on = today(&tx, state.clock().now(), auth.user).await?;
    let mut new = new_of(&team, made_on, body);
    body::check(&tx, auth.user, &team, &mut new).await?;
    let made = check_ins::create(&tx, auth.user, &new).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header(etag(made.version))
        .insert_header((header::LOCATION, format!("/api/v1/check-ins/{}", made.id)))
        .json(show(made, true)?))
}

/// The team's check-ins that one sees, by name.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(("t" = String, Path), PageQuery), responses(
    (status = 200, body = Page<CheckInView>), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/teams/{t}/check-ins")]
pub async fn list_check_ins(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
    pages: Pages,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    access::readable_team(reader, &auth, id).await?;
    let mut items = Vec::new();
    for found in check_ins::list(reader, auth.user, id).await? {
        let can_edit = manages(reader, auth.user, &found).await?;
        items.push(show(found, can_edit)?);
    }
    Ok(HttpResponse::Ok().json(pages.of(items)?))
}

/// One check-in.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(("k" = String, Path)), responses(
    (status = 200, body = CheckInView), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/check-ins/{k}")]
pub async fn get_check_in(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<CheckInId>,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    let found = visible(reader, auth.user, id).await?;
    let can_edit = manages(reader, auth.user, &found).await?;
    Ok(HttpResponse::Ok().insert_header(etag(found.version)).json(show(found, can_edit)?))
}

/// Changes a check-in; windows that have opened stay as they are.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(("k" = String, Path)), request_body = PatchBody,
    responses((status = 200, body = CheckInView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
#[patch("/check-ins/{k}")]
pub async fn patch_check_in(
    auth: Auth,
    edit: Edit,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<CheckInId>,
    ApiJson(body): ApiJson<PatchBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let old = managed(&tx, auth.user, id).await?;
    edit.check(old.version)?;
    let team = access::readable_team(&tx, &auth, old.team_id).await?;
    let mut new = changed(&team, &old, body)?;
    // A private check-in keeps its author, not whoever edits it.
    body::check(&tx, old.created_by, &team, &mut new).await?;
    let now = check_ins::update(&tx, &old, &new).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(now.version)).json(show(now, true)?))
}

fn changed(team: &TeamAccess, old: &CheckIn, body: PatchBody) -> ApiResult<NewCheckIn> {
    if body.private_to.is_some() && old.private_to.is_none() {
        let detail = "A check-in of the team does not become private: make a new one.";
        return Err(ApiError::invalid("private_to", "unexpected", detail));
    }
    Ok(NewCheckIn {
        workspace_id: old.workspace_id,
        team_id: old.team_id,
        team_audience_id: team.audience_id,
        private_to: body.private_to.or_else(|| old.private_to.clone()),
        name: body.name.unwrap_or_else(|| old.name.clone()),
        prompts: body.prompts.map_or_else(|| old.prompts.clone(), |given| body::prompts(given, &old.prompts)),
        schedule: body.schedule.map_or_else(|| old.schedule.clone(), Into::into),
        made_on: old.made_on,
        open_for_minutes: body.open_for_minutes.unwrap_or(old.open_for_minutes),
        remind_before_minutes: body
            .remind_before_minutes
            .unwrap_or_else(|| old.remind_before_minutes.clone()),
        expected: body.expected.change().unwrap_or_else(|| old.expected.clone()),
        max_duration_ms: body.max_duration_ms.change().unwrap_or(old.max_duration_ms),
        replaces_meeting_minutes: body
            .replaces_meeting_minutes
            .change()
            .unwrap_or(old.replaces_meeting_minutes),
    })
}

/// Deletes a check-in: no more rounds; open ones close, what was answered stays.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(("k" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[delete("/check-ins/{k}")]
pub async fn delete_check_in(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<CheckInId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    managed(&tx, auth.user, id).await?;
    check_ins::delete(&tx, id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
