//! POST `/me/catch-up/seen`.

use actix_web::{HttpResponse, post, web};
use garde::Validate;
use meridian_domain::enums::SeenBy;
use meridian_domain::ids::UpdateId;
use meridian_domain::ranges;
use meridian_store::repo::updates;
use meridian_store::repo::watching::{self, Watch};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::updates::schema::SeenByWord;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::ApiJson;
use crate::state::AppState;

/// What was taken in.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = Seen)]
pub struct SeenBody {
    /// At most 300.
    #[garde(length(min = 1, max = 300))]
    #[schema(value_type = Vec<Uuid>)]
    update_ids: Vec<UpdateId>,
    /// How; reading where not given.
    #[garde(skip)]
    #[schema(value_type = Option<SeenByWord>)]
    by: Option<SeenBy>,
}

/// Marks updates as seen, however they were taken in.
#[utoipa::path(tag = "Catch-up", security(("bearer" = [])), request_body = SeenBody, responses(
    (status = 204), (status = 401, body = Problem), (status = 422, body = Problem)))]
#[post("/me/catch-up/seen")]
pub async fn post_seen(
    auth: Auth,
    state: web::Data<AppState>,
    ApiJson(body): ApiJson<SeenBody>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let mut ids = body.update_ids;
    ids.sort_unstable();
    ids.dedup();
    let rows = updates::find_visible_of(&tx, auth.user, &ids).await?;
    if rows.len() != ids.len() {
        return Err(ApiError::invalid("update_ids", "unknown", "One of them is nothing that you can see."));
    }
    for row in rows {
        let before = watching::find(&tx, row.id, auth.user).await?;
        let known = before.unwrap_or_else(|| Watch::nothing(auth.user));
        let watch = Watch {
            seen_ranges: ranges::unite(known.seen_ranges.iter().copied().chain(row.visible_span())),
            seen_ratio: 1.0,
            seen: true,
            by: body.by.unwrap_or(SeenBy::Reading),
            last_at: state.clock().now_ms(),
            ..known
        };
        watching::put(&tx, row.id, &watch).await?;
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
