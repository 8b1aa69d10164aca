//! GET `/check-ins/{k}/rounds`.

use std::collections::HashSet;

use actix_web::{HttpResponse, get, web};
use jiff::Timestamp;
use jiff::civil::Date;
use meridian_domain::enums::RoundState;
use meridian_domain::ids::{CheckInId, RoundId, TeamId, UserId};
use meridian_store::Conn;
use meridian_store::repo::rounds::{self, Round};
use serde::Serialize;
use utoipa::ToSchema;

use super::visible;
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page, PageQuery, cut};
use crate::state::AppState;

/// A round in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RoundBrief)]
#[expect(missing_docs, reason = "the fields are those of Round")]
pub struct RoundBrief {
    #[schema(value_type = Uuid)]
    pub id: RoundId,
    #[schema(value_type = Uuid)]
    pub check_in_id: CheckInId,
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    pub name: String,
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// `scheduled`, `open` or `closed`.
    #[schema(value_type = String)]
    pub state: RoundState,
    #[schema(value_type = String, format = DateTime)]
    pub closes_at: Timestamp,
    /// How many are expected, neither excused nor away.
    pub expected_count: usize,
    /// How many of all who are expected answered.
    pub answered_count: usize,
}

/// Rounds with their counts.
///
/// # Errors
/// The database is away.
pub async fn briefs(conn: &impl Conn, found: Vec<Round>) -> ApiResult<Vec<RoundBrief>> {
    let ids: Vec<RoundId> = found.iter().map(|round| round.id).collect();
    let answers = rounds::answers_of(conn, &ids).await?;
    let mut items = Vec::with_capacity(found.len());
    for round in found {
        let answered: HashSet<UserId> =
            answers.iter().filter(|answer| answer.0 == round.id).map(|answer| answer.1).collect();
        let members = rounds::members(conn, round.id).await?;
        items.push(RoundBrief {
            id: round.id,
            check_in_id: round.check_in_id,
            team_id: round.team_id,
            name: round.name,
            date: round.date,
            state: round.state,
            closes_at: Timestamp::from_millisecond(round.closes_at).map_err(ApiError::internal)?,
            expected_count: members
                .iter()
                .filter(|one| !one.is_out() || answered.contains(&one.user_id))
                .count(),
            answered_count: members.iter().filter(|one| answered.contains(&one.user_id)).count(),
        });
    }
    Ok(items)
}

/// The check-in's rounds, newest first.
#[utoipa::path(tag = "Rounds", security(("bearer" = [])), params(("k" = String, Path), PageQuery), responses(
    (status = 200, body = Page<RoundBrief>), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/check-ins/{k}/rounds")]
pub async fn list_rounds(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<CheckInId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    visible(reader, auth.user, id).await?;
    let list = format!("rounds/{id}");
    let (before, limit) = (query.position::<Date>(&state.keys, &list)?, query.limit()?);
    let mut found = rounds::list(reader, auth.user, id, before, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &list, &mut found, limit, |round| round.date)?;
    Ok(HttpResponse::Ok().json(Page { items: briefs(reader, found).await?, next_cursor }))
}
