//! DELETE `/updates/{u}` and POST `/updates/{u}/restore`.

use actix_web::{HttpResponse, delete, post, web};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::updates;
use serde_json::json;

use super::{access, render_one, view::UpdateView};
use crate::auth::Auth;
use crate::endpoints::workspaces::audit_log::note;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, Edit, etag};
use crate::state::AppState;

/// Hides an update at once; words leave the search with it, bytes go after the grace time.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such update for you", body = Problem)))]
#[delete("/updates/{update}")]
pub(crate) async fn remove(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    condition: Edit,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let row = access::managed(&tx, &auth, path.0).await?;
    condition.check(row.version)?;
    let grace_ms = i64::from(state.settings.delete_grace_hours).saturating_mul(3_600_000);
    updates::delete(&tx, &row, state.clock().now_ms().saturating_add(grace_ms)).await?;
    let details = json!({"author_id": row.author_id});
    note(&tx, row.workspace_id, auth.user, "update.deleted", row.id, details).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a deletion back within the grace time.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    responses(
        (status = 200, description = "There again", body = UpdateView),
        (status = 404, description = "No such update for you, or too late", body = Problem),
        (status = 409, description = "Not deleted", body = Problem)))]
#[post("/updates/{update}/restore")]
pub(crate) async fn restore(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    if updates::find_visible(&tx, auth.user, path.0).await?.is_some() {
        access::managed(&tx, &auth, path.0).await?;
        return Err(ApiError::conflict("It is not deleted."));
    }
    let now_ms = state.clock().now_ms();
    let found =
        updates::find_deleted(&tx, auth.user, path.0, now_ms).await?.ok_or_else(ApiError::not_found)?;
    let row = updates::restore(&tx, found.id).await?.ok_or_else(ApiError::not_found)?;
    let details = json!({"author_id": row.author_id});
    note(&tx, row.workspace_id, auth.user, "update.restored", row.id, details).await?;
    let version = row.version;
    let shown = render_one(&state, &tx, &auth, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(version)).json(shown))
}
