//! PUT `/updates/{u}/watch`.

use actix_web::{put, web};
use garde::Validate;
use meridian_domain::engagement::played;
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
/// Most stretches of one request that were played.
const MAX_PLAYED: usize = 200;

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
    /// Each stretch as it was played since the last request, `[start_ms, end_ms]`: what is told twice was played twice.
    #[garde(length(max = MAX_PLAYED))]
    #[schema(value_type = Vec<(i64, i64)>)]
    #[serde(default)]
    played_ranges: Vec<(i64, i64)>,
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
    check("seen_ranges", &body.seen_ranges)?;
    check("played_ranges", &body.played_ranges)?;
    let tx = state.store.write().await?;
    let update = access::visible(&tx, &auth, path.0).await?;
    let before = watching::find(&tx, update.id, auth.user).await?;
    let watch = told(&update, before.unwrap_or_else(|| Watch::nothing(auth.user)), body)?;
    let watch = Watch { last_at: state.clock().now_ms(), ..watch };
    watching::put(&tx, update.id, &watch).await?;
    tx.commit().await?;
    let Watch { position_ms, seen_ratio, seen, .. } = watch;
    Ok(web::Json(MyWatchView { position_ms, seen_ratio, seen }))
}

fn check(field: &str, given: &[ranges::Range]) -> ApiResult<()> {
    if given.iter().any(|(start, end)| *start < 0 || end < start) {
        let detail = "Each range is [start_ms, end_ms] with 0 <= start_ms <= end_ms.";
        return Err(ApiError::invalid(field, "range", detail));
    }
    Ok(())
}

/// What is known of a viewer after what they told.
fn told(update: &RowUpdate, before: Watch, body: WatchBody) -> ApiResult<Watch> {
    let span = update.visible_span();
    let visible = |list: Vec<ranges::Range>| match span {
        Some(span) => ranges::clip(&list, span),
        None => list,
    };
    let taken_in = body.seen_ranges.into_iter().chain(body.played_ranges.iter().copied());
    let seen_ranges = visible(ranges::unite(before.seen_ranges.into_iter().chain(taken_in)));
    let (all, again) = played(before.played_ranges, before.replayed_ranges, &body.played_ranges);
    let (played_ranges, replayed_ranges) = (visible(all), visible(again));
    if seen_ranges.len().max(played_ranges.len()) > MAX_KEPT {
        return Err(ApiError::invalid("seen_ranges", "too_many", "These are too many pieces."));
    }
    let seen_ratio = ratio(update, &seen_ranges, body.by);
    Ok(Watch {
        position_ms: span.map_or(body.position_ms, |(low, high)| body.position_ms.clamp(low.min(high), high)),
        // What was seen stays seen, also when an attempt replaces the media.
        seen: before.seen || seen_ratio >= SEEN_FROM,
        seen_ratio,
        seen_ranges,
        played_ranges,
        replayed_ranges,
        by: body.by,
        ..before
    })
}

fn ratio(update: &RowUpdate, seen: &[ranges::Range], by: SeenBy) -> f64 {
    match update.visible_span() {
        Some(span) => ranges::seen_ratio(span, &ranges::unite(update.silence_map.clone()), seen),
        None if update.kind == UpdateKind::Text && by == SeenBy::Reading => 1.0,
        None => 0.0,
    }
}
