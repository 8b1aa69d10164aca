//! POST `/updates/{u}/publish`, `/updates/{u}/unschedule`.

use actix_web::{HttpResponse, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::ids::UpdateId;
use meridian_store::repo::updates;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{access, render_one, view::UpdateView};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, etag};
use crate::state::AppState;

/// When.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = Publish)]
pub struct PublishBody {
    /// Null or left out: now.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    publish_at: Option<Timestamp>,
}

/// Publishes a draft now, or sets when it is published.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    request_body = Option<PublishBody>,
    responses(
        (status = 200, description = "Published or scheduled", body = UpdateView),
        (status = 403, description = "Not yours, or no longer in the team", body = Problem),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 409, description = "Published already", body = Problem),
        (status = 412, description = "Changed in between", body = Problem),
        (status = 422, description = "publish_at is not in the future", body = Problem),
        (status = 429, description = "Urgent too often within a day", body = Problem)))]
#[post("/updates/{update}/publish")]
pub(crate) async fn publish(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    condition: Edit,
    body: ApiJson<PublishBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let row = access::own(&tx, &auth, path.0).await?;
    condition.check(row.version)?;
    access::posting_team(&tx, &auth, row.team_id).await?;
    let done = match body.0.publish_at.map(Timestamp::as_millisecond) {
        None => updates::publish(&tx, row.id).await?,
        Some(at_ms) if at_ms > state.clock().now_ms() => updates::schedule(&tx, row.id, at_ms).await?,
        Some(_) => return Err(ApiError::invalid("publish_at", "past", "It has to be in the future.")),
    };
    let row = done.ok_or_else(|| ApiError::conflict("It is published already."))?;
    access::press(&tx, &row).await?;
    let version = row.version;
    let shown = render_one(&state, &tx, &auth, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(version)).json(shown))
}

/// Takes back the time at which an update was to be published: it is a draft again.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    responses(
        (status = 200, description = "A draft again", body = UpdateView),
        (status = 403, description = "Not yours", body = Problem),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 409, description = "Not scheduled", body = Problem)))]
#[post("/updates/{update}/unschedule")]
pub(crate) async fn unschedule(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let row = access::own(&tx, &auth, path.0).await?;
    let done = updates::unschedule(&tx, row.id).await?;
    let row = done.ok_or_else(|| ApiError::conflict("No time is set for it."))?;
    let version = row.version;
    let shown = render_one(&state, &tx, &auth, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(version)).json(shown))
}
