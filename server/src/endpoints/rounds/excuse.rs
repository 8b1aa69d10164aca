//! POST `/rounds/{r}/excuse`.

use actix_web::{HttpResponse, post, web};
use garde::Validate;
use meridian_domain::enums::RoundState;
use meridian_domain::ids::{RoundId, UserId};
use meridian_store::repo::rounds;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{manages, visible};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath};
use crate::state::AppState;

/// Whom to excuse.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = Excuse)]
pub struct ExcuseBody {
    /// Oneself where not given; others by the team's admins and who made the check-in.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<UserId>,
    /// `false` takes it back.
    #[garde(skip)]
    excused: Option<bool>,
}

/// Excuses somebody from this one round: nobody waits for them, and no reminder comes.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), params(("r" = String, Path)),
    request_body = Option<ExcuseBody>,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/rounds/{r}/excuse")]
pub async fn excuse(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<RoundId>,
    ApiJson(body): ApiJson<ExcuseBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let round = visible(&tx, auth.user, id).await?;
    let who = body.user_id.unwrap_or(auth.user);
    if who != auth.user && !manages(&tx, auth.user, &round).await? {
        return Err(ApiError::forbidden(
            "Others are excused by the team's admins and who made the check-in.",
        ));
    }
    if round.state == RoundState::Closed {
        return Err(ApiError::conflict("The round is closed."));
    }
    if !rounds::excuse(&tx, &round, who, body.excused.unwrap_or(true)).await? {
        return Err(ApiError::conflict("Nobody waits for this person in this round."));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
