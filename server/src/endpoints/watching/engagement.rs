//! GET `/updates/{u}/engagement`.

use actix_web::{get, web};
use meridian_domain::engagement::{LEAST_VIEWERS, Viewer, graph};
use meridian_domain::ids::UpdateId;
use meridian_domain::ranges;
use meridian_store::repo::{watching, workspaces};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiResult, Problem};
use crate::http::ApiPath;
use crate::state::AppState;

/// The most viewers that a graph is made of.
const MOST_VIEWERS: u64 = 1000;

/// Which parts of a recording were taken in, and which again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Engagement)]
pub struct EngagementView {
    /// For each hundredth of the visible part, how many of its viewers but the author took it in, 0 to 1; silence has the
    /// value before it. Null for fewer than `least_viewers`, for texts, and where the workspace has turned insights off.
    points: Option<Vec<f64>>,
    /// For each hundredth, how many of them played it more than once, 0 to 1; null where `points` is.
    replayed: Option<Vec<f64>>,
    /// How many viewers a graph needs.
    least_viewers: usize,
}

/// Which parts of a recording its viewers took in, played again and left out: from five viewers on, without names, for
/// everybody who sees it.
#[utoipa::path(tag = "Watching", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    responses(
        (status = 200, description = "The graph, where there is one", body = EngagementView),
        (status = 404, description = "No such update for you", body = Problem)))]
#[get("/updates/{update}/engagement")]
pub(crate) async fn engagement(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
) -> ApiResult<web::Json<EngagementView>> {
    let conn = state.store.reader();
    let update = access::visible(conn, &auth, path.0).await?;
    let allowed =
        workspaces::find(conn, auth.user, update.workspace_id).await?.is_some_and(|found| found.insights);
    let made = match update.visible_span().filter(|_| allowed) {
        Some(span) => {
            let rows = watching::viewers(conn, update.id, update.author_id, None, MOST_VIEWERS).await?;
            let viewer =
                |row: watching::Watch| Viewer { seen: row.seen_ranges, replayed: row.replayed_ranges };
            let viewers: Vec<Viewer> = rows.into_iter().map(viewer).collect();
            graph(span, &ranges::unite(update.silence_map), &viewers)
        }
        None => None,
    };
    let (points, replayed) = made.map(|made| (made.seen, made.replayed)).unzip();
    Ok(web::Json(EngagementView { points, replayed, least_viewers: LEAST_VIEWERS }))
}
