//! GET `/webhooks/{h}/deliveries`, POST `/deliveries/{d}/redeliver`.

use actix_web::{HttpResponse, get, post, web};
use meridian_domain::ids::{DeliveryId, WebhookId};
use meridian_store::repo::webhooks;
use uuid::Uuid;

use super::view::{DeliveryView, show_delivery};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page, PageQuery, cut};
use crate::state::AppState;

/// The delivery log of a webhook, newest first; kept for 30 days.
#[utoipa::path(tag = "Webhooks", security(("bearer" = [])),
    params(("webhook" = Uuid, Path, description = "The webhook"), PageQuery),
    responses(
        (status = 200, description = "A page", body = Page<DeliveryView>),
        (status = 403, description = "For owners and admins", body = Problem),
        (status = 404, description = "No such webhook for you", body = Problem)))]
#[get("/webhooks/{webhook}/deliveries")]
pub(crate) async fn list(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<WebhookId>,
    query: ApiQuery<PageQuery>,
) -> ApiResult<web::Json<Page<DeliveryView>>> {
    auth.require_admin_scope()?;
    let conn = state.store.reader();
    let hook = super::managed(conn, auth.user, path.0).await?;
    let name = format!("deliveries/{}", hook.id);
    let after = query.0.position::<(i64, Uuid)>(&state.keys, &name)?;
    let limit = query.0.limit()?;
    let mut rows = webhooks::deliveries(conn, hook.id, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &name, &mut rows, limit, |row| (row.created_at, row.id.0))?;
    let items = rows.into_iter().map(show_delivery).collect::<Result<_, _>>()?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// Delivers an event again, as a new delivery with the same `webhook-id`.
#[utoipa::path(tag = "Webhooks", security(("bearer" = [])),
    params(("delivery" = Uuid, Path, description = "The delivery")),
    responses(
        (status = 202, description = "Queued: the new delivery", body = DeliveryView),
        (status = 403, description = "For owners and admins", body = Problem),
        (status = 404, description = "No such delivery for you", body = Problem),
        (status = 409, description = "The event is not kept any more, or the webhook is off", body = Problem)))]
#[post("/deliveries/{delivery}/redeliver")]
pub(crate) async fn redeliver(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<DeliveryId>,
) -> ApiResult<HttpResponse> {
    auth.require_admin_scope()?;
    let tx = state.store.write().await?;
    let old = webhooks::find_delivery(&tx, path.0).await?.ok_or_else(ApiError::not_found)?;
    let hook = super::managed(&tx, auth.user, old.webhook_id).await?;
    if !hook.enabled {
        return Err(ApiError::conflict("The webhook is turned off. Turn it on first."));
    }
    let new = webhooks::again(&tx, &hook, &old).await?;
    let new =
        new.ok_or_else(|| ApiError::conflict("The event is older than 7 days and not kept any more."))?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().json(show_delivery(new)?))
}
