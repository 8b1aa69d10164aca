//! GET `/events?workspace_id=`.

use actix_web::{HttpResponse, get, web};
use meridian_domain::ids::WorkspaceId;
use meridian_store::repo::visibility;
use serde::Deserialize;
use utoipa::IntoParams;

use super::stream::{EventStream, Scope};
use super::{LastEventId, answer};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::ApiQuery;
use crate::state::AppState;

/// Which workspace.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// The workspace.
    #[param(value_type = Uuid)]
    workspace_id: WorkspaceId,
}

/// What happens in a workspace, as far as the viewer sees it. Each frame has `id`, `event` and `data`: `{type, at,
/// workspace_id, update_id?, ...the object's JSON}`. An update's JSON comes without what differs from viewer to viewer
/// (`media`, `counts`, `my_watch`, `body_html`): read the update for that. Without Last-Event-ID it begins now; events
/// are kept for 7 days, and where older ones are asked for the event `reset` says to read everything anew. A comment line
/// comes every 15 seconds. It ends when the token expires or the right is lost.
#[utoipa::path(tag = "Events", security(("bearer" = [])),
    params(EventsQuery, ("Last-Event-ID" = Option<String>, Header, description = "The last event that you have")),
    responses(
        (status = 200, description = "Events", body = String, content_type = "text/event-stream"),
        (status = 404, description = "No such workspace for you", body = Problem)))]
#[get("/events")]
pub(crate) async fn events(
    state: web::Data<AppState>,
    auth: Auth,
    query: ApiQuery<EventsQuery>,
    after: LastEventId,
) -> ApiResult<HttpResponse> {
    let workspace = query.0.workspace_id;
    if !visibility::is_member(state.store.reader(), auth.user, workspace).await? {
        return Err(ApiError::not_found());
    }
    let state = AppState::clone(&state);
    Ok(answer(EventStream::begin(state, auth, Scope::Workspace(workspace), after).await?))
}
