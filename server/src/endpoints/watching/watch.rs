//! PUT `/updates/{u}/watch`.

use actix_web::{put, web};
use garde::Validate;
use meridian_domain::enums::{SeenBy, UpdateKind};
use meridian_domain::ids::UpdateId;
use meridian_domain::ranges;
use meridian_store::repo::updates::RowUpdate;
use meridian_store::repo::watching::{self, Watch};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::endpoints::updates::schema::SeenByWord;
use crate::endpoints::updates::view::MyWatchView;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath};
use crate::state::AppState;

/// From how much on an update counts as seen.
const SEEN_FROM: f64 = 0.9;
/// Most ranges of one request.
const MAX_RANGES: usize = 1000;
/// Most ranges that are kept; more are the traces of a machine.
const MAX_KEPT: usize = 5000;

/// What was taken in.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = Watch)]
pub struct WatchBody {
    /// Where the viewer is, on the source's time line.
    #[garde(range(min = 0))]
    #[serde(default)]
    position_ms: i64,
    /// `[start_ms, end_ms]` each, in any order; united with what was told before.
    #[garde(length(max = MAX_RANGES))]
    #[schema(value_type = Vec<(i64, i64)>)]
    #[serde(default)]
    seen_ranges: Vec<(i64, i64)>,
    /// How.
    #[garde(skip)]
    #[schema(value_type = SeenByWord)]
    by: SeenBy,
}

/// Tells how much of an update the viewer took in. From 0.9 of the time that is not silence on it counts as seen;
/// reading counts: a text is seen when it is read.
#[utoipa::path(tag = "Watching", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    request_body = WatchBody,
    responses(
        (status = 200, description = "What is known now", body = MyWatchView),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 422, description = "A field is not valid", body = Problem)))]
#[put("/updates/{update}/watch")]
pub(crate) async fn watch(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    body: ApiJson<WatchBody>,
) -> ApiResult<web::Json<MyWatchView>> {
    let body = body.0;
    if body.seen_ranges.iter().any(|(start, end)| *start < 0 || end < start) {
        let detail = "Each range is [start_ms, end_ms] with 0 <= start_ms <= end_ms.";
        return Err(ApiError::invalid("seen_ranges", "range", detail));
    }
    let tx = state.store.write().await?;
    let update = access::visible(&tx, &auth, path.0).await?;
    let before = watching::find(&tx, update.id, auth.user).await?;
    let known = before.as_ref().map(|watch| watch.seen_ranges.clone()).unwrap_or_default();
    let mut seen_ranges = ranges::unite(known.into_iter().chain(body.seen_ranges));
    if let Some(span) = update.visible_span() {
        seen_ranges = ranges::clip(&seen_ranges, span);
    }
    if seen_ranges.len() > MAX_KEPT {
        return Err(ApiError::invalid("seen_ranges", "too_many", "These are too many pieces."));
    }
    let seen_ratio = ratio(&update, &seen_ranges, body.by);
    let watch = Watch {
        user_id: auth.user,
        position_ms: update
            .visible_span()
            .map_or(body.position_ms, |(low, high)| body.position_ms.clamp(low.min(high), high)),
        // What was seen stays seen, also when an attempt replaces the media.
        seen: before.as_ref().is_some_and(|watch| watch.seen) || seen_ratio >= SEEN_FROM,
        seen_ratio,
        seen_ranges,
        by: body.by,
        last_at: state.clock().now_ms(),
    };
    watching::put(&tx, update.id, &watch).await?;
    tx.commit().await?;
    let Watch { position_ms, seen_ratio, seen, .. } = watch;
    Ok(web::Json(MyWatchView { position_ms, seen_ratio, seen }))
}

fn ratio(update: &RowUpdate, seen: &[ranges::Range], by: SeenBy) -> f64 {
    match update.visible_span() {
        Some(span) => ranges::seen_ratio(span, &ranges::unite(update.silence_map.clone()), seen),
        None if update.kind == UpdateKind::Text && by == SeenBy::Reading => 1.0,
        None => 0.0,
    }
}
