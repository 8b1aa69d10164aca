//! GET `/updates/{u}/viewers`.

use actix_web::{get, web};
use jiff::Timestamp;
use meridian_domain::enums::SeenBy;
use meridian_domain::ids::{UpdateId, UserId};
use meridian_store::repo::updates;
use meridian_store::repo::watching::{self, Watch};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::endpoints::updates::schema::SeenByWord;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, PageQuery, cut};
use crate::state::AppState;

/// Somebody who took an update in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Viewer)]
pub struct ViewerView {
    /// Who.
    user: PersonView,
    /// Whether it counts as seen.
    seen: bool,
    /// How, the last time.
    #[schema(value_type = SeenByWord)]
    by: SeenBy,
    /// When, the last time.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
}

/// How many.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewerCounts {
    /// Took it in, wholly or partly.
    viewers: i64,
    /// So that it counts as seen.
    seen: i64,
}

/// Who took an update in: the author sees names, others see counts only.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Viewers)]
pub struct ViewersView {
    /// For the author: who.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    items: Option<Vec<ViewerView>>,
    /// Where the next page begins; null at the end.
    next_cursor: Option<String>,
    /// How many.
    counts: ViewerCounts,
}

/// Who took an update in; the author does not count.
#[utoipa::path(tag = "Watching", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"), PageQuery),
    responses(
        (status = 200, description = "Names for the author, counts for others", body = ViewersView),
        (status = 404, description = "No such update for you", body = Problem)))]
#[get("/updates/{update}/viewers")]
pub(crate) async fn viewers(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    query: ApiQuery<PageQuery>,
) -> ApiResult<web::Json<ViewersView>> {
    let conn = state.store.reader();
    let update = access::visible(conn, &auth, path.0).await?;
    let list = format!("viewers/{}", update.id);
    let (after, limit) = (query.0.position::<Uuid>(&state.keys, &list)?, query.0.limit()?);
    let (count, seen) = watching::viewer_counts(conn, update.id, update.author_id).await?;
    let counts = ViewerCounts { viewers: count, seen };
    if update.author_id != auth.user {
        return Ok(web::Json(ViewersView { items: None, next_cursor: None, counts }));
    }
    let mut rows =
        watching::viewers(conn, update.id, update.author_id, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &list, &mut rows, limit, |row| row.user_id)?;
    let ids: Vec<UserId> = rows.iter().map(|row| row.user_id).collect();
    let people = updates::people(conn, &ids).await?;
    let show = |row: Watch| -> ApiResult<ViewerView> {
        Ok(ViewerView {
            user: PersonView::of(&people, row.user_id),
            seen: row.seen,
            by: row.by,
            last_at: Timestamp::from_millisecond(row.last_at).map_err(ApiError::internal)?,
        })
    };
    let items = rows.into_iter().map(show).collect::<ApiResult<_>>()?;
    Ok(web::Json(ViewersView { items: Some(items), next_cursor, counts }))
}
