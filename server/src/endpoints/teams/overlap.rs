//! GET `/api/v1/teams/{t}/overlap`: who of a team works when, and when the most of them do.

use actix_web::{get, web};
use jiff::{Timestamp, ToSpan as _};
use meridian_domain::ids::{TeamId, UserId};
use meridian_domain::working_time::{Together, fullest, together};
use meridian_store::repo::{teams, working};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Auth;
use crate::endpoints::comments::talk::{LEAST_MS, WITHIN_DAYS};
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiPath, ApiQuery};
use crate::state::AppState;

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverlapQuery {
    /// Where the 24 hours begin that are looked at, RFC 3339; now where not given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
}

/// A time at which some of the team work.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverlapSpan {
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    /// Who.
    #[schema(value_type = Vec<Uuid>)]
    user_ids: Vec<UserId>,
}

/// When the people of a team work together. Who is away today is left out of everything but `away`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overlap {
    /// Where the 24 hours begin.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// How many are counted.
    people: usize,
    /// Who is away today.
    #[schema(value_type = Vec<Uuid>)]
    away: Vec<UserId>,
    /// The times of the 24 hours at which two or more work, in order.
    spans: Vec<OverlapSpan>,
    /// Of those of at least fifteen minutes that at which the most work.
    best: Option<OverlapSpan>,
    /// From now on, within `within_days`, the first time at which as many work as ever do then.
    next: Option<OverlapSpan>,
    /// How many days ahead was looked.
    within_days: i64,
}

/// When the people of a team work together: of 24 hours, and next.
#[utoipa::path(tag = "Teams", security(("bearer" = [])), params(("t" = String, Path), OverlapQuery), responses(
    (status = 200, body = Overlap), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 404, body = Problem)))]
#[get("/teams/{t}/overlap")]
pub async fn get_overlap(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
    ApiQuery(query): ApiQuery<OverlapQuery>,
) -> ApiResult<web::Json<Overlap>> {
    let conn = state.store.reader();
    super::visible(conn, auth.user, id).await?;
    let now = state.clock().now();
    let members: Vec<UserId> = teams::members(conn, id).await?.into_iter().map(|(user, ..)| user).collect();
    let mut hours = working::hours_of(conn, &members).await?;
    let (mut ids, mut people, mut away) = (Vec::new(), Vec::new(), Vec::new());
    for user in members {
        match hours.remove(&user) {
            Some(one) if one.is_away(now) => away.push(user),
            Some(one) => {
                ids.push(user);
                people.push(one);
            }
            None => {}
        }
    }
    let from = query.from.unwrap_or(now);
    let to = |from: Timestamp, days: i64| from.checked_add(days.saturating_mul(24).hours()).ok();
    let (Some(day_end), Some(end)) = (to(from, 1), to(now, WITHIN_DAYS)) else {
        return Err(ApiError::new(Code::Malformed, "from is too far away."));
    };
    let shown = |span: &Together| OverlapSpan {
        starts_at: span.start,
        ends_at: span.end,
        user_ids: span.people.iter().filter_map(|index| ids.get(*index).copied()).collect(),
    };
    let day = together(&people, from, day_end);
    let ahead = together(&people, now, end);
    Ok(web::Json(Overlap {
        from,
        people: people.len(),
        best: fullest(&day, LEAST_MS).map(shown),
        next: fullest(&ahead, LEAST_MS).map(shown),
        spans: day.iter().filter(|span| span.people.len() > 1).map(shown).collect(),
        away,
        within_days: WITHIN_DAYS,
    }))
}
