//! GET `/updates/{u}/events`.

use actix_web::{HttpResponse, get, web};
use meridian_domain::ids::UpdateId;

use super::stream::{EventStream, Scope};
use super::{LastEventId, answer};
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiResult, Problem};
use crate::http::ApiPath;
use crate::state::AppState;

/// What happens to one update: as the workspace's stream, and `update.progress` and `transcript.segment` too. It ends
/// after `update.deleted`.
#[utoipa::path(operation_id = "update_events", tag = "Events", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that you have")),
    responses(
        (status = 200, description = "Events", body = String, content_type = "text/event-stream"),
        (status = 404, description = "No such update for you", body = Problem)))]
#[get("/updates/{update}/events")]
pub(crate) async fn events(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    after: LastEventId,
) -> ApiResult<HttpResponse> {
    let update = access::visible(state.store.reader(), &auth, path.0).await?;
    let state = AppState::clone(&state);
    Ok(answer(EventStream::begin(state, auth, Scope::Update(update.id), after).await?))
}
