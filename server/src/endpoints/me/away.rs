//! GET, PUT `/api/v1/me/away`; GET, PUT `/api/v1/me/holidays`.

use actix_web::{HttpResponse, get, put, web};
use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Date;
use meridian_domain::ids::UserId;
use meridian_store::Conn;
use meridian_store::repo::rounds::{self, AbsenceKind, holiday_feeds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::ApiJson;
use crate::state::AppState;
use crate::tell::webhooks::check_url;

/// Most holidays.
const MAX_HOLIDAYS: usize = 400;

/// Days on which one is not expected; both null: none.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
pub struct Away {
    /// The first day.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day; it counts.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// Single days on which one is not expected.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
pub struct Holidays {
    /// At most 400.
    #[garde(length(max = MAX_HOLIDAYS))]
    #[schema(value_type = Vec<String>)]
    pub dates: Vec<Date>,
    /// A calendar (iCalendar) whose whole days are holidays too; null: none. It is read once a day.
    #[garde(length(max = 2000))]
    #[serde(default)]
    pub feed_url: Option<String>,
}

/// One's holidays as they are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HolidaysView)]
pub struct HolidaysView {
    /// Those that one named.
    #[schema(value_type = Vec<String>)]
    pub dates: Vec<Date>,
    /// The calendar.
    pub feed_url: Option<String>,
    /// Its days.
    #[schema(value_type = Vec<String>)]
    pub feed_dates: Vec<Date>,
    /// When it was read last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub feed_read_at: Option<Timestamp>,
    /// Why it could not be read.
    pub feed_error: Option<String>,
}

/// When one is away.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), responses((status = 200, body = Away), (status = 401, body = Problem)))]
#[get("/me/away")]
pub async fn get_away(auth: Auth, state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    let found = rounds::absences(state.store.reader(), auth.user).await?;
    let range = found.iter().find(|absence| absence.kind == AbsenceKind::Away);
    Ok(HttpResponse::Ok().json(Away { from: range.map(|r| r.from), to: range.map(|r| r.to) }))
}

/// Sets when one is away: nobody waits for one in rounds of these dates, and no reminder comes.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = Away, responses(
    (status = 200, body = Away), (status = 401, body = Problem), (status = 422, body = Problem)))]
#[put("/me/away")]
pub async fn put_away(
    auth: Auth,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<Away>,
) -> ApiResult<HttpResponse> {
    let range = match (body.from, body.to) {
        (None, None) => None,
        (Some(from), Some(to)) if from <= to => Some((from, to)),
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid("to", "range", "It comes before from."));
        }
        (None, Some(_)) => return Err(ApiError::invalid("from", "required", "Say from when.")),
        (Some(_), None) => return Err(ApiError::invalid("to", "required", "Say until when.")),
    };
    let tx = state.store.write().await?;
    rounds::put_away(&tx, auth.user, range).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(body))
}

/// One's holidays.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), responses((status = 200, body = HolidaysView), (status = 401, body = Problem)))]
#[get("/me/holidays")]
pub async fn get_holidays(auth: Auth, state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(holidays(state.store.reader(), auth.user).await?))
}

async fn holidays(conn: &impl Conn, user: UserId) -> ApiResult<HolidaysView> {
    let found = rounds::absences(conn, user).await?;
    let of = |kind: AbsenceKind| found.iter().filter(move |a| a.kind == kind).map(|a| a.from).collect();
    let feed = holiday_feeds::find(conn, user).await?;
    let read_at = feed.as_ref().and_then(|feed| feed.read_at);
    Ok(HolidaysView {
        dates: of(AbsenceKind::Named),
        feed_dates: of(AbsenceKind::OfFeed),
        feed_read_at: read_at.map(Timestamp::from_millisecond).transpose().map_err(ApiError::internal)?,
        feed_error: feed.as_ref().and_then(|feed| feed.error.clone()),
        feed_url: feed.map(|feed| feed.url),
    })
}

/// Replaces one's holidays, named and by calendar.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = Holidays, responses(
    (status = 200, body = HolidaysView), (status = 401, body = Problem), (status = 422, body = Problem)))]
#[put("/me/holidays")]
pub async fn put_holidays(
    auth: Auth,
    state: web::Data<AppState>,
    ApiJson(mut body): ApiJson<Holidays>,
) -> ApiResult<HttpResponse> {
    body.dates.sort_unstable();
    body.dates.dedup();
    let url = body.feed_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
    // Calendars are offered under this scheme; they come by https.
    let url = url.map(|url| url.replacen("webcal://", "https://", 1));
    if let Some(url) = &url {
        check_url(&state.settings, url).map_err(|why| ApiError::invalid("feed_url", "not_allowed", why))?;
    }
    let tx = state.store.write().await?;
    rounds::put_holidays(&tx, auth.user, &body.dates).await?;
    holiday_feeds::put(&tx, auth.user, url.as_deref()).await?;
    let shown = holidays(&tx, auth.user).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(shown))
}
