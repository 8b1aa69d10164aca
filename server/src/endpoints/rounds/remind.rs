//! POST `/rounds/{r}/remind`.

use std::collections::{BTreeSet, HashMap};

use actix_web::{post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::{PassedOver, RoundState};
use meridian_domain::ids::{RoundId, UserId};
use meridian_store::repo::rounds::{self, Reminded};
use meridian_store::repo::updates::{self, Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{manages, visible};
use crate::auth::Auth;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath};
use crate::state::AppState;

/// Whom to remind.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = Remind)]
pub struct RemindBody {
    /// Those who are expected and have not answered, but oneself, where not given.
    #[garde(length(max = 1000))]
    #[schema(value_type = Option<Vec<Uuid>>)]
    user_ids: Option<Vec<UserId>>,
}

/// Somebody who was not reminded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PassedOver)]
pub struct PassedOverView {
    /// Who.
    user: PersonView,
    /// `answered`, `excused`, `away`, `not_open`, `ended`, `recent` (reminded within the hour, or the window has just
    /// opened), `quiet_hours` (night, or a day off) or `unwanted` (their settings).
    #[schema(value_type = String)]
    reason: PassedOver,
    /// From when on they may be, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    again_at: Option<Timestamp>,
}

/// Who was reminded, and who was not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reminded)]
pub struct RemindedView {
    /// They are told as they wish: in the inbox, by mail.
    reminded: Vec<PersonView>,
    /// The others, with the reason.
    passed_over: Vec<PassedOverView>,
}

/// Reminds those who are missing: the team's admins, and who made the check-in. Nobody is reminded of a window twice
/// within an hour, at night, on a day off, or while away or excused; 409 unless the round is open.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), params(("r" = String, Path)), request_body = Option<RemindBody>,
    responses((status = 200, body = RemindedView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/rounds/{r}/remind")]
pub async fn remind(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<RoundId>,
    ApiJson(body): ApiJson<RemindBody>,
) -> ApiResult<web::Json<RemindedView>> {
    let tx = state.store.write().await?;
    let round = visible(&tx, auth.user, id).await?;
    if !manages(&tx, auth.user, &round).await? {
        return Err(ApiError::forbidden("The team's admins and who made the check-in remind others."));
    }
    if round.state != RoundState::Open {
        return Err(ApiError::conflict("The round is not open."));
    }
    let all = rounds::remind(&tx, &round, auth.user, body.user_ids.as_deref()).await?;
    let asked: BTreeSet<UserId> = body.user_ids.into_iter().flatten().collect();
    if asked.len() > all.len() {
        return Err(ApiError::invalid(
            "user_ids",
            "unknown",
            "Somebody of these is not expected in this round.",
        ));
    }
    let ids: Vec<UserId> = all.iter().map(|one| one.user_id).collect();
    let people = updates::people(&tx, &ids).await?;
    tx.commit().await?;
    Ok(web::Json(view(&people, &all)?))
}

fn view(people: &HashMap<UserId, Person>, all: &[Reminded]) -> ApiResult<RemindedView> {
    let (mut reminded, mut passed_over) = (Vec::new(), Vec::new());
    for one in all {
        let user = PersonView::of(people, one.user_id);
        let again_at = one.again_at.map(Timestamp::from_millisecond).transpose();
        match one.passed_over {
            None => reminded.push(user),
            Some(reason) => passed_over.push(PassedOverView {
                user,
                reason,
                again_at: again_at.map_err(ApiError::internal)?,
            }),
        }
    }
    Ok(RemindedView { reminded, passed_over })
}
