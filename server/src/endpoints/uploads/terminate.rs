//! DELETE `/uploads/{id}`: takes an upload back.

use actix_web::{HttpRequest, HttpResponse, delete, web};
use meridian_blobs::{Blobs, layout};
use meridian_store::repo::uploads;

use super::errors::TusError;
use super::head::id_of;
use super::headers;
use crate::auth::Auth;
use crate::state::AppState;

/// Ends an open upload and removes its bytes; the update waits for another one.
#[utoipa::path(tag = "Uploads", security(("bearer" = [])), params(("id" = String, Path)), responses(
    (status = 204, description = "Gone"),
    (status = 404, description = "Not there, or somebody else's"),
    (status = 409, description = "It is complete"),
    (status = 410, description = "It has ended")))]
#[delete("/{id}")]
pub async fn terminate(
    req: HttpRequest,
    state: web::Data<AppState>,
    auth: Auth,
    id: web::Path<String>,
) -> Result<HttpResponse, TusError> {
    headers::check_version(&req)?;
    let id = id_of(&id)?;
    let tx = state.store.write().await?;
    uploads::terminate(&tx, auth.user, id).await?;
    tx.commit().await?;
    remove_objects(&state.blobs, id).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Removes the objects of an ended upload. What fails here is left to the purge of the update.
pub(super) async fn remove_objects(blobs: &Blobs, id: meridian_domain::ids::UploadId) {
    if let Err(error) = blobs.delete_prefix(&layout::upload_prefix(id.into())).await {
        tracing::warn!(%error, upload = %id, "objects of an ended upload are left");
    }
}
