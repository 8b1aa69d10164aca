//! GET `/admin/storage`.

use actix_web::{get, web};
use meridian_domain::ids::WorkspaceId;
use meridian_store::repo::storage;
use serde::Serialize;
use utoipa::ToSchema;

use super::check;
use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::state::AppState;

/// What a workspace takes.
#[derive(Serialize, ToSchema)]
pub struct StorageUse {
    /// Which workspace.
    #[schema(value_type = Uuid)]
    pub workspace_id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Updates that are there.
    pub updates: i64,
    /// Deleted ones whose bytes wait for the end of the grace time.
    pub deleted_updates: i64,
    /// Originals as uploaded: what the quota counts.
    pub original_bytes: i64,
    /// Renditions, pictures and everything else that was made of them.
    pub made_bytes: i64,
    /// The most that originals may take; null: no limit.
    pub quota_bytes: Option<i64>,
}

/// What the instance takes.
#[derive(Serialize, ToSchema)]
pub struct Storage {
    /// By workspace, the largest first.
    pub items: Vec<StorageUse>,
    /// Of all.
    pub total_bytes: i64,
}

/// What each workspace's objects take.
#[utoipa::path(tag = "Administration", security(("bearer" = [])), responses(
    (status = 200, body = Storage), (status = 401, body = Problem),
    (status = 404, description = "For others than whoever runs the instance", body = Problem)))]
#[get("/admin/storage")]
pub(super) async fn read(state: web::Data<AppState>, auth: Auth) -> ApiResult<web::Json<Storage>> {
    let conn = state.store.reader();
    check(conn, &auth).await?;
    let found = storage::by_workspace(conn).await?;
    let total_bytes = found
        .iter()
        .fold(0_i64, |sum, one| sum.saturating_add(one.original_bytes).saturating_add(one.made_bytes));
    let items = found.into_iter().map(|one| StorageUse {
        workspace_id: one.workspace_id,
        name: one.name,
        updates: one.updates,
        deleted_updates: one.deleted_updates,
        original_bytes: one.original_bytes,
        made_bytes: one.made_bytes,
        quota_bytes: one.quota_bytes,
    });
    Ok(web::Json(Storage { items: items.collect(), total_bytes }))
}
