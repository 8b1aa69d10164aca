//! GET `/updates/{u}/reactions`.

use actix_web::{get, web};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::reactions::{self, Tally};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiPath, Page};
use crate::state::AppState;

/// How many people reacted in one way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reaction)]
pub struct ReactionView {
    /// With what.
    emoji: String,
    /// The moment, on the source's time line; null: the whole update.
    at_ms: Option<i64>,
    /// How many.
    count: i64,
    /// Whether the viewer is among them.
    mine: bool,
}

impl From<Tally> for ReactionView {
    fn from(tally: Tally) -> Self {
        Self { emoji: tally.emoji, at_ms: tally.at_ms, count: tally.count, mine: tally.mine }
    }
}

/// The reactions on an update.
#[utoipa::path(tag = "Reactions", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    responses(
        (status = 200, description = "All of them", body = Page<ReactionView>),
        (status = 404, description = "No such update for you", body = Problem)))]
#[get("/updates/{update}/reactions")]
pub(crate) async fn list(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
) -> ApiResult<web::Json<Page<ReactionView>>> {
    let conn = state.store.reader();
    let update = access::visible(conn, &auth, path.0).await?;
    let tallies = reactions::list(conn, auth.user, update.id).await?;
    let items = tallies.into_iter().map(ReactionView::from).collect();
    Ok(web::Json(Page { items, next_cursor: None }))
}
