//! POST `/updates/{u}/retry`.

use actix_web::{HttpResponse, post, web};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::processing::{self, Retry};

use super::{access, render_one, view::UpdateView};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, etag};
use crate::state::AppState;

/// Processes a failed update anew.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    responses(
        (status = 202, description = "Waits for a worker; look at `status`", body = UpdateView),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 409, description = "Not failed, or without bytes", body = Problem)))]
#[post("/updates/{update}/retry")]
pub(crate) async fn retry(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let row = access::managed(&tx, &auth, path.0).await?;
    match processing::retry(&tx, row.id).await? {
        Retry::Queued => {}
        Retry::NotFailed => return Err(ApiError::conflict("It has not failed.")),
        Retry::NoBytes => {
            return Err(ApiError::conflict("There are no bytes to process; upload the recording again."));
        }
        Retry::NotFound => return Err(ApiError::not_found()),
    }
    let row = access::visible(&tx, &auth, row.id).await?;
    let version = row.version;
    let shown = render_one(&state, &tx, &auth, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().insert_header(etag(version)).json(shown))
}
