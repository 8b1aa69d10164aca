//! GET `/check-ins/{k}/next`, POST `/teams/{t}/check-ins/preview`: when windows open next.

use std::collections::HashSet;

use actix_web::{HttpResponse, get, post, web};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use meridian_domain::ids::{CheckInId, TeamId, UserId};
use meridian_domain::rounds::due_at;
use meridian_domain::schedule::Schedule;
use meridian_store::Conn;
use meridian_store::repo::check_ins::{self, CheckIn, Member, NewCheckIn};
use meridian_store::repo::rounds;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{self, CreateBody};
use super::crud::{new_of, today};
use super::visible;
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiJson, ApiPath, ApiQuery};
use crate::state::AppState;

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NextQuery {
    /// Openings of each member, 1..100; 10 where not given.
    count: Option<i64>,
}

/// Somebody by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NamedUser {
    /// Who.
    #[schema(value_type = Uuid)]
    pub id: UserId,
    /// The name.
    pub display_name: String,
}

/// One member's next window.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Opening {
    /// Whose.
    pub user: NamedUser,
    /// When it opens.
    #[schema(value_type = String, format = DateTime)]
    pub opens_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// Where the member is, with the offset.
    pub opens_local: String,
    /// The same for the end.
    pub due_local: String,
}

/// Openings in order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Openings {
    /// By instant, then user.
    pub items: Vec<Opening>,
}

/// An instant on a zone's clock, RFC 3339 with offset.
pub(crate) fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// When and how long windows are open.
struct Windows<'a> {
    schedule: &'a Schedule,
    made_on: Date,
    open_for_minutes: i64,
}

/// Windows that have begun, by whom and date.
type Begun = HashSet<(UserId, Date)>;

fn openings(
    windows: &Windows,
    people: &[Member],
    begun: &Begun,
    now: Timestamp,
    count: usize,
) -> ApiResult<Openings> {
    let rule = windows.schedule.rule(windows.made_on).map_err(ApiError::internal)?;
    let mut items = Vec::new();
    for member in people {
        let next = rule.after(&member.zone, now).filter(|one| !begun.contains(&(member.user_id, one.date)));
        for found in next.take(count) {
            let due = due_at(found.opens_at.as_millisecond(), windows.open_for_minutes);
            let due = Timestamp::from_millisecond(due).map_err(ApiError::internal)?;
            items.push(Opening {
                user: NamedUser { id: member.user_id, display_name: member.display_name.clone() },
                opens_at: found.opens_at,
                due_at: due,
                opens_local: local(found.opens_at, &member.zone),
                due_local: local(due, &member.zone),
            });
        }
    }
    items.sort_by_key(|item| (item.opens_at, item.user.id));
    Ok(Openings { items })
}

/// Whose windows of today have begun, wherever it still is today.
pub(crate) async fn begun(conn: &impl Conn, check_in: CheckInId, now: Timestamp) -> ApiResult<Begun> {
    let since = now.to_zoned(TimeZone::UTC).date().yesterday().unwrap_or(Date::MIN);
    Ok(rounds::begun(conn, check_in, since, now.as_millisecond()).await?)
}

/// The next openings of each expected member.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(("k" = String, Path), NextQuery), responses(
    (status = 200, body = Openings), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 404, body = Problem)))]
#[get("/check-ins/{k}/next")]
pub async fn next_openings(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<CheckInId>,
    ApiQuery(query): ApiQuery<NextQuery>,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    let found = visible(reader, auth.user, id).await?;
    let count = match query.count.unwrap_or(10) {
        count @ 1..=100 => usize::try_from(count).unwrap_or(100),
        _ => return Err(ApiError::new(Code::Malformed, "count has to be between 1 and 100.")),
    };
    let people = check_ins::expected(reader, &found).await?;
    let CheckIn { schedule, made_on, open_for_minutes, .. } = &found;
    let windows = Windows { schedule, made_on: *made_on, open_for_minutes: *open_for_minutes };
    let now = state.clock().now();
    let begun = begun(reader, found.id, now).await?;
    Ok(HttpResponse::Ok().json(openings(&windows, &people, &begun, now, count)?))
}

/// The next five openings of each member of a check-in that is not made yet; its fields are checked as for making it.
#[utoipa::path(tag = "Check-ins", security(("bearer" = [])), params(("t" = String, Path)), request_body = CreateBody,
    responses((status = 200, body = Openings), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
#[post("/teams/{t}/check-ins/preview")]
pub async fn preview(
    auth: Auth,
    state: web::Data<AppState>,
    ApiPath(id): ApiPath<TeamId>,
    ApiJson(body): ApiJson<CreateBody>,
) -> ApiResult<HttpResponse> {
    let reader = state.store.reader();
    let team = access::posting_team(reader, &auth, id).await?;
    let now = state.clock().now();
    let mut new = new_of(&team, today(reader, now, auth.user).await?, body);
    body::check(reader, auth.user, &team, &mut new).await?;
    let people = check_ins::expected_of_new(reader, &new).await?;
    let NewCheckIn { schedule, made_on, open_for_minutes, .. } = &new;
    let windows = Windows { schedule, made_on: *made_on, open_for_minutes: *open_for_minutes };
    Ok(HttpResponse::Ok().json(openings(&windows, &people, &Begun::new(), now, 5)?))
}
