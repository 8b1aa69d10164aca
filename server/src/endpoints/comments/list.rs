//! GET `/updates/{u}/comments`.

use actix_web::{get, web};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::comments::{self, CommentKey};

use super::{CommentView, render};
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery, Page, PageQuery, cut};
use crate::state::AppState;

/// The comments of an update, flat, oldest first; answers name their `parent_id`. A deleted comment is there, without
/// its words and with `deleted_at`, as long as answers to it are.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"), PageQuery),
    responses(
        (status = 200, description = "A page", body = Page<CommentView>),
        (status = 404, description = "No such update for you", body = Problem)))]
#[get("/updates/{update}/comments")]
pub(crate) async fn list(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    query: ApiQuery<PageQuery>,
) -> ApiResult<web::Json<Page<CommentView>>> {
    let conn = state.store.pages();
    let update = access::visible(conn, &auth, path.0).await?;
    let list = format!("comments/{}", update.id);
    let (after, limit) = (query.0.position::<CommentKey>(&state.keys, &list)?, query.0.limit()?);
    let mut rows = comments::list(conn, &update, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &list, &mut rows, limit, CommentKey::of)?;
    Ok(web::Json(Page { items: render(conn, rows).await?, next_cursor }))
}
