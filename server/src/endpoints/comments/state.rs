//! POST `/comments/{c}/resolve`, `/reopen`, `/acknowledge`.

use actix_web::{HttpResponse, post, web};
use meridian_domain::enums::EventKind;
use meridian_domain::ids::CommentId;
use meridian_store::repo::comments;

use super::{CommentView, tell_of, visible};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, etag};
use crate::state::AppState;

/// What is done to a comment.
enum Step {
    Resolve,
    Reopen,
    Acknowledge,
}

async fn go(state: &AppState, auth: &Auth, id: CommentId, step: Step) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (row, update) = visible(&tx, auth, id).await?;
    let after = match step {
        Step::Resolve => comments::resolve(&tx, &row, auth.user).await?,
        Step::Reopen if row.resolved_at.is_none() => row.clone(),
        Step::Reopen => comments::reopen(&tx, &row).await?,
        Step::Acknowledge if !row.is_ask() || row.assignee_id.is_none() => {
            return Err(ApiError::conflict("It asks nobody for anything."));
        }
        Step::Acknowledge if row.assignee_id != Some(auth.user) => {
            return Err(ApiError::forbidden("It is addressed to somebody else."));
        }
        Step::Acknowledge => comments::acknowledge(&tx, &row).await?,
    };
    let shown = if after == row {
        super::render_one(&tx, row).await?
    } else {
        tell_of(&tx, EventKind::CommentUpdated, &update, &after).await?
    };
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(after.version)).json(shown))
}

/// Closes a comment; whoever sees it may. One that is closed stays as it is.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "The comment")),
    responses(
        (status = 200, description = "Closed", body = CommentView),
        (status = 404, description = "No such comment for you", body = Problem)))]
#[post("/comments/{comment}/resolve")]
pub(crate) async fn resolve(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
) -> ApiResult<HttpResponse> {
    go(&state, &auth, path.0, Step::Resolve).await
}

/// Opens a closed comment; whoever sees it may.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "The comment")),
    responses(
        (status = 200, description = "Open", body = CommentView),
        (status = 404, description = "No such comment for you", body = Problem)))]
#[post("/comments/{comment}/reopen")]
pub(crate) async fn reopen(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
) -> ApiResult<HttpResponse> {
    go(&state, &auth, path.0, Step::Reopen).await
}

/// "Got it": the assignee has taken note of an ask.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "The comment")),
    responses(
        (status = 200, description = "Taken note of", body = CommentView),
        (status = 403, description = "Addressed to somebody else", body = Problem),
        (status = 404, description = "No such comment for you", body = Problem),
        (status = 409, description = "No ask", body = Problem)))]
#[post("/comments/{comment}/acknowledge")]
pub(crate) async fn acknowledge(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
) -> ApiResult<HttpResponse> {
    go(&state, &auth, path.0, Step::Acknowledge).await
}
