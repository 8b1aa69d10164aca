//! POST `/notifications/read`.

use actix_web::{post, web};
use garde::Validate;
use meridian_domain::ids::{NotificationId, UpdateId, WorkspaceId};
use meridian_store::repo::notifications::{self, Which};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::ApiJson;
use crate::state::AppState;

/// What was read: some entries, those about an update, or all that are there now.
#[derive(Debug, Deserialize, ToSchema, Validate)]
pub struct ReadBody {
    /// These; of others nothing is told.
    #[garde(length(max = 100))]
    #[schema(value_type = Option<Vec<Uuid>>)]
    #[serde(default)]
    ids: Vec<NotificationId>,
    /// Those about an update.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    update_id: Option<UpdateId>,
    /// All of them.
    #[garde(skip)]
    #[serde(default)]
    all: bool,
    /// With `all`: of this workspace only.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    workspace_id: Option<WorkspaceId>,
}

/// What is left.
#[derive(Debug, Serialize, ToSchema)]
pub struct Left {
    /// How many threads are not read, in all workspaces.
    pub unread: u64,
}

/// Marks entries of one's inbox as read.
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), request_body = ReadBody,
    responses(
        (status = 200, description = "Marked", body = Left),
        (status = 401, body = Problem),
        (status = 422, description = "Nothing was named", body = Problem)))]
#[post("/notifications/read")]
pub(crate) async fn read(
    state: web::Data<AppState>,
    auth: Auth,
    body: ApiJson<ReadBody>,
) -> ApiResult<web::Json<Left>> {
    let ReadBody { ids, update_id, all, workspace_id } = body.0;
    let which = match (ids.is_empty(), update_id, all) {
        (false, None, false) => Which::These(ids),
        (true, Some(update), false) => Which::About(update),
        (true, None, true) => Which::Until(state.clock().now_ms(), workspace_id),
        _ => return Err(ApiError::invalid("ids", "invalid", "Name ids, an update_id, or all.")),
    };
    let tx = state.store.write().await?;
    notifications::mark_read(&tx, auth.user, &which).await?;
    let unread = notifications::unread(&tx, auth.user, None).await?;
    tx.commit().await?;
    Ok(web::Json(Left { unread }))
}
