//! GET, PUT `/api/v1/me/away`; GET, PUT `/api/v1/me/holidays`.

use actix_web::{HttpResponse, get, put, web};
use garde::Validate;
use jiff::civil::Date;
use meridian_store::repo::rounds;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::ApiJson;
use crate::state::AppState;

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
}

/// When one is away.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), responses((status = 200, body = Away), (status = 401, body = Problem)))]
#[get("/me/away")]
pub async fn get_away(auth: Auth, state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    let found = rounds::absences(state.store.reader(), auth.user).await?;
    let range = found.iter().find(|absence| !absence.holiday);
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
#[utoipa::path(tag = "Identity", security(("bearer" = [])), responses((status = 200, body = Holidays), (status = 401, body = Problem)))]
#[get("/me/holidays")]
pub async fn get_holidays(auth: Auth, state: web::Data<AppState>) -> ApiResult<HttpResponse> {
    let found = rounds::absences(state.store.reader(), auth.user).await?;
    let dates = found.into_iter().filter(|absence| absence.holiday).map(|absence| absence.from).collect();
    Ok(HttpResponse::Ok().json(Holidays { dates }))
}

/// Replaces one's holidays.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = Holidays, responses(
    (status = 200, body = Holidays), (status = 401, body = Problem), (status = 422, body = Problem)))]
#[put("/me/holidays")]
pub async fn put_holidays(
    auth: Auth,
    state: web::Data<AppState>,
    ApiJson(mut body): ApiJson<Holidays>,
) -> ApiResult<HttpResponse> {
    body.dates.sort_unstable();
    body.dates.dedup();
    let tx = state.store.write().await?;
    rounds::put_holidays(&tx, auth.user, &body.dates).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(body))
}
