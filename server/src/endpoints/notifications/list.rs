//! GET `/notifications`.

use actix_web::{get, web};
use meridian_domain::ids::WorkspaceId;
use meridian_store::repo::notifications::{self, Key, Wanted};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::{self, Material, NotificationView};
use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiQuery, PageQuery, cut};
use crate::state::AppState;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// Of this workspace; of all where not given.
    #[param(value_type = Option<Uuid>)]
    workspace_id: Option<WorkspaceId>,
    /// Only those that are not read.
    unread: Option<bool>,
    /// How many, 1..100; 25 where not given.
    limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    cursor: Option<String>,
}

/// A page of an inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inbox {
    /// The threads, what happened last first.
    pub items: Vec<NotificationView>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
    /// How many threads are not read, on all pages.
    pub unread: u64,
}

/// One's inbox: what concerns oneself, bundled by thread. Only what one sees now.
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), params(InboxQuery),
    responses((status = 200, description = "A page", body = Inbox), (status = 401, body = Problem)))]
#[get("/notifications")]
pub(crate) async fn list(
    state: web::Data<AppState>,
    auth: Auth,
    query: ApiQuery<InboxQuery>,
) -> ApiResult<web::Json<Inbox>> {
    let InboxQuery { workspace_id, unread, limit, cursor } = query.0;
    let wanted = Wanted { workspace: workspace_id, unread: unread.unwrap_or(false), hidden: false };
    let name = format!("notifications/{}/{workspace_id:?}/{}", auth.user, wanted.unread);
    let page = PageQuery { limit, cursor };
    let (after, limit) = (page.position::<Key>(&state.keys, &name)?, page.limit()?);
    let conn = state.store.reader();
    let mut rows = notifications::list(conn, auth.user, wanted, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &name, &mut rows, limit, Key::of)?;
    let material = Material::read(conn, auth.user, &rows, state.clock().now_ms()).await?;
    let items = rows.iter().map(|row| view::show(row, &material)).collect::<Result<_, _>>()?;
    let unread = notifications::unread(conn, auth.user, workspace_id).await?;
    Ok(web::Json(Inbox { items, next_cursor, unread }))
}
