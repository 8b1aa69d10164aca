//! PUT, DELETE `/rounds/{r}/goals/{item}`.

use actix_web::{HttpResponse, delete, put, web};
use garde::Validate;
use jiff::civil::Date;
use meridian_domain::ids::{PlanItemId, RoundId};
use meridian_store::repo::rounds::{self, PlanItem};
use meridian_store::repo::updates;
use serde::Deserialize;
use utoipa::ToSchema;

use super::carried_over::plan;
use super::view::CarriedOverView;
use super::visible;
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath};
use crate::state::AppState;

/// Until when it is to be done.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = Goal)]
pub struct GoalBody {
    /// A date.
    #[garde(skip)]
    #[schema(value_type = String, format = Date)]
    due_on: Date,
}

/// Pins a plan as a goal, or changes its date: it heads each round of the check-in until it is done or dropped.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), params(("r" = String, Path), ("item" = String, Path)),
    request_body = GoalBody,
    responses((status = 200, body = CarriedOverView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
#[put("/rounds/{r}/goals/{item}")]
pub async fn put_goal(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath((id, item)): ApiPath<(RoundId, PlanItemId)>,
    ApiJson(body): ApiJson<GoalBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let round = visible(&tx, auth.user, id).await?;
    let found = plan(&tx, &auth, &round, item).await?;
    rounds::pin_plan(&tx, &found, Some(body.due_on), auth.user).await?;
    let people = updates::people(&tx, &[found.user_id]).await?;
    tx.commit().await?;
    let pinned = PlanItem { due_on: Some(body.due_on), ..found };
    Ok(HttpResponse::Ok().json(CarriedOverView::of(&people, &pinned)))
}

/// Takes a goal off the head of the rounds; the plan stays.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), params(("r" = String, Path), ("item" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
#[delete("/rounds/{r}/goals/{item}")]
pub async fn delete_goal(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath((id, item)): ApiPath<(RoundId, PlanItemId)>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let round = visible(&tx, auth.user, id).await?;
    let found = plan(&tx, &auth, &round, item).await?;
    if found.due_on.is_none() {
        return Err(ApiError::not_found());
    }
    rounds::pin_plan(&tx, &found, None, auth.user).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
