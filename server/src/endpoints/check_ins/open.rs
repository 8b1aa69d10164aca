//! POST `/check-ins/{k}/open`: today's round, now.

use actix_web::http::header;
use actix_web::{HttpResponse, post, web};
use meridian_domain::ids::CheckInId;
use meridian_store::repo::{check_ins, rounds};

use super::crud::today;
use super::managed;
use super::rounds::{RoundBrief, briefs};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::ApiPath;
use crate::state::AppState;

/// Opens today's round now, for everybody who is expected, instead of at its own time; today is the date in the check-in's
/// zone, else where the caller is. 409 where today has a round.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(("k" = String, Path)), responses(
    (status = 201, body = RoundBrief), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/check-ins/{k}/open")]
pub async fn open_check_in(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<CheckInId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let found = managed(&tx, auth.user, id).await?;
    let now = state.clock().now();
    let date = if found.schedule.follows_members() {
        today(&tx, now, auth.user).await?
    } else {
        now.to_zoned(check_ins::zone_of(&found.schedule.zone)).date()
    };
    let Some(round) = rounds::open_now(&tx, &found, date).await? else {
        return Err(ApiError::conflict("Today has its round, or nobody is expected to answer."));
    };
    let brief = briefs(&tx, vec![round]).await?.pop().ok_or_else(ApiError::not_found)?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/rounds/{}", brief.id)))
        .json(brief))
}
