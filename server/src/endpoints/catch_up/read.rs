//! GET `/me/catch-up`.

use actix_web::{get, web};
use meridian_domain::catch_up::{Entry, at_speed, choose, value};
use meridian_domain::enums::{Priority, Reason, UpdateKind};
use meridian_domain::ids::UpdateId;
use meridian_domain::ranges::{self, Range};
use meridian_domain::rounds;
use meridian_store::repo::catch_up::{self, Unseen};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Auth;
use crate::endpoints::updates::{UpdateView, render};
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::ApiQuery;
use crate::state::AppState;

/// What is older is not caught up with.
const DAYS_MS: i64 = 30 * 24 * 3_600_000;

/// How much time, and how fast.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CatchUpQuery {
    /// 1..480; 5 where not given.
    minutes: Option<i64>,
    /// 0.5..3; 1 where not given.
    speed: Option<f64>,
}

/// One update to take in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatchUpItem {
    /// Which.
    #[schema(value_type = Uuid)]
    pub update_id: UpdateId,
    /// The first moment that one has not taken in; 0 in a text.
    pub from_ms: i64,
    /// The last one; 0 in a text.
    pub to_ms: i64,
    /// What of it is played: neither silent nor seen. Empty for a text.
    #[schema(value_type = Vec<(i64, i64)>)]
    pub parts: Vec<Range>,
    /// How long it takes at this speed without silence and what was seen; a text: to read.
    pub length_ms: i64,
    /// `ask`, `blocker`, `decision`, `answer` or `update`.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// The update itself.
    pub update: UpdateView,
}

/// The queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatchUp {
    /// What the items take; never more than was asked for.
    pub total_ms: i64,
    /// By reason, then the oldest first.
    pub items: Vec<CatchUpItem>,
    /// What did not fit, in the same order.
    pub later: Vec<CatchUpItem>,
    /// What everything unseen takes.
    pub all_ms: i64,
}

struct Weighed {
    unseen: Unseen,
    span: (i64, i64),
    parts: Vec<Range>,
    length_ms: i64,
}

/// The updates worth most that fit into the time one has: asks to me, blockers, decisions, then the rest. The same
/// request gives the same queue until something changes.
#[utoipa::path(tag = "Catch-up", security(("bearer" = [])), params(CatchUpQuery), responses(
    (status = 200, body = CatchUp), (status = 400, body = Problem), (status = 401, body = Problem)))]
#[get("/me/catch-up")]
pub async fn get_catch_up(
    auth: Auth,
    state: web::Data<AppState>,
    ApiQuery(query): ApiQuery<CatchUpQuery>,
) -> ApiResult<web::Json<CatchUp>> {
    let minutes = query.minutes.unwrap_or(5);
    if !(1..=480).contains(&minutes) {
        return Err(ApiError::new(Code::Malformed, "minutes has to be between 1 and 480."));
    }
    let speed = percent(query.speed.unwrap_or(1.0))?;
    let conn = state.store.pages();
    let since = state.clock().now_ms().saturating_sub(DAYS_MS);
    let mut all: Vec<Weighed> =
        catch_up::unseen(conn, auth.user, since).await?.into_iter().map(|one| weigh(one, speed)).collect();
    let worth = |one: &Weighed| value(one.unseen.reason, one.unseen.update.priority == Priority::Urgent);
    // What is worth most first, then the oldest: of equal choices this order decides.
    all.sort_by_key(|one| {
        let update = &one.unseen.update;
        (std::cmp::Reverse(worth(one)), update.published_at, update.id)
    });
    let entries: Vec<Entry> =
        all.iter().map(|one| Entry { value: worth(one), length_ms: one.length_ms }).collect();
    let chosen = choose(&entries, minutes.saturating_mul(60_000));
    let all_ms = all.iter().map(|one| one.length_ms).sum();
    let rows = all.iter().map(|one| one.unseen.update.clone()).collect();
    let views = render(&state, conn, &auth, rows).await?;
    let (mut items, mut later) = (Vec::new(), Vec::new());
    for (at, (one, update)) in all.into_iter().zip(views).enumerate() {
        let item = CatchUpItem {
            update_id: update.id,
            from_ms: one.span.0,
            to_ms: one.span.1,
            parts: one.parts,
            length_ms: one.length_ms,
            reason: one.unseen.reason,
            update,
        };
        if chosen.contains(&at) { items.push(item) } else { later.push(item) }
    }
    Ok(web::Json(CatchUp { total_ms: items.iter().map(|item| item.length_ms).sum(), items, later, all_ms }))
}

/// A speed as whole percent.
fn percent(speed: f64) -> ApiResult<i64> {
    // Through text: what people type has two places at most.
    let text = format!("{:.0}", speed * 100.0);
    match text.parse::<i64>() {
        Ok(percent @ 50..=300) => Ok(percent),
        _ => Err(ApiError::new(Code::Malformed, "speed has to be between 0.5 and 3.")),
    }
}

fn weigh(unseen: Unseen, speed_percent: i64) -> Weighed {
    let update = &unseen.update;
    if update.kind == UpdateKind::Text {
        let words = i64::try_from(update.body.split_whitespace().count()).unwrap_or(i64::MAX);
        return Weighed {
            length_ms: rounds::reading_ms(words).max(1000),
            span: (0, 0),
            parts: Vec::new(),
            unseen,
        };
    }
    let span = update.visible_span().unwrap_or((0, 0));
    let audible = rounds::audible(span, &ranges::unite(update.silence_map.clone()));
    let left = ranges::subtract(&audible, &unseen.seen);
    let from = left.first().map_or(span.0, |range| range.0);
    let length_ms = at_speed(ranges::length(&left), speed_percent);
    Weighed { length_ms, span: (from, span.1), parts: left, unseen }
}
