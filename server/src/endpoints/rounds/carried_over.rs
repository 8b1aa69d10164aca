//! PUT `/rounds/{r}/carried-over/{item}`.

use actix_web::{HttpResponse, put, web};
use garde::Validate;
use meridian_domain::enums::{EventKind, PlanState};
use meridian_domain::ids::{PlanItemId, RoundId};
use meridian_store::Tx;
use meridian_store::repo::rounds::{self, PlanItem, Round};
use meridian_store::repo::{comments, updates};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::CarriedOverView;
use super::{manages, visible};
use crate::auth::Auth;
use crate::endpoints::comments::tell_of;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath};
use crate::state::AppState;

/// What became of a plan.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = PlanChange)]
pub struct PlanBody {
    /// `open`, `done` or `dropped`.
    #[garde(skip)]
    #[schema(value_type = String)]
    state: PlanState,
}

/// Says what became of a plan from an earlier round or of this one. The action that it came from is closed with it.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), params(("r" = String, Path), ("item" = String, Path)),
    request_body = PlanBody,
    responses((status = 200, body = CarriedOverView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
#[put("/rounds/{r}/carried-over/{item}")]
pub async fn put_carried_over(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath((id, item)): ApiPath<(RoundId, PlanItemId)>,
    ApiJson(body): ApiJson<PlanBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let round = visible(&tx, auth.user, id).await?;
    let found = plan(&tx, &auth, &round, item).await?;
    rounds::settle_plan(&tx, item, body.state).await?;
    follow(&tx, &auth, &found, body.state).await?;
    let people = updates::people(&tx, &[found.user_id]).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(CarriedOverView::of(&people, &PlanItem { state: body.state, ..found })))
}

/// A plan of a round, for whose it is and those who manage the round; 404 where there is none, 403 for others.
pub(super) async fn plan(tx: &Tx, auth: &Auth, round: &Round, item: PlanItemId) -> ApiResult<PlanItem> {
    let plans = rounds::plans(tx, round).await?;
    let found = plans.into_iter().find(|one| one.id == item).ok_or_else(ApiError::not_found)?;
    if found.user_id != auth.user && !manages(tx, auth.user, round).await? {
        return Err(ApiError::forbidden("Whose plan it is and the team's admins can do this."));
    }
    Ok(found)
}

/// Closes or opens the action that the plan came from.
async fn follow(tx: &Tx, auth: &Auth, item: &PlanItem, state: PlanState) -> ApiResult<()> {
    let Some(id) = item.comment_id else { return Ok(()) };
    let Some((comment, update)) = comments::find_visible(tx, auth.user, id).await? else { return Ok(()) };
    let now = match state {
        PlanState::Open => comments::reopen(tx, &comment).await?,
        PlanState::Done | PlanState::Dropped => comments::resolve(tx, &comment, auth.user).await?,
    };
    tell_of(tx, EventKind::CommentUpdated, &update, &now).await?;
    Ok(())
}
