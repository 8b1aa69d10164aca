//! GET `/updates/{u}`.

use actix_web::{HttpResponse, get, web};
use meridian_domain::ids::UpdateId;

use super::{access, render_one, view::UpdateView};
use crate::auth::Auth;
use crate::error::{ApiResult, Problem};
use crate::http::{ApiPath, etag};
use crate::state::AppState;

/// An update.
#[utoipa::path(tag = "Updates", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    responses(
        (status = 200, description = "The update; its version is in ETag", body = UpdateView),
        (status = 404, description = "No such update for you", body = Problem)))]
#[get("/updates/{update}")]
pub(crate) async fn read(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
) -> ApiResult<HttpResponse> {
    let conn = state.store.pages();
    let row = access::visible(conn, &auth, path.0).await?;
    let version = row.version;
    let shown = render_one(&state, conn, &auth, row).await?;
    Ok(HttpResponse::Ok().insert_header(etag(version)).json(shown))
}
