//! POST `/transcript/suggestions/{id}/accept` and `/dismiss`.

use actix_web::{HttpResponse, post, web};
use meridian_domain::enums::{EventKind, Priority, SuggestionKind};
use meridian_domain::ids::SuggestionId;
use meridian_store::Tx;
use meridian_store::repo::comments::{self, NewComment};
use meridian_store::repo::rounds;
use meridian_store::repo::transcripts::{self, Suggestion};
use meridian_store::repo::updates::RowUpdate;

use crate::auth::Auth;
use crate::endpoints::comments::{CommentView, check, tell_of};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, etag};
use crate::markdown;
use crate::state::AppState;

/// Makes a comment of a suggestion, in your name.
#[utoipa::path(tag = "Transcript", security(("bearer" = [])),
    params(("suggestion" = Uuid, Path, description = "The suggestion")),
    responses(
        (status = 201, description = "The comment", body = CommentView),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such suggestion for you", body = Problem),
        (status = 409, description = "Accepted or dismissed already", body = Problem)))]
#[post("/transcript/suggestions/{suggestion}/accept")]
pub async fn accept(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<SuggestionId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (update, found) = managed(&tx, &auth, path.0).await?;
    let sounds_like: SuggestionKind = found.kind.parse().map_err(ApiError::internal)?;
    let kind = sounds_like.comment();
    let now_ms = state.clock().now_ms();
    let new = NewComment {
        author_id: auth.user,
        guest: None,
        body_html: markdown::kept_html(&found.text),
        body: found.text,
        at_ms: Some(found.start_ms),
        end_ms: Some(found.end_ms),
        kind,
        parent_id: None,
        assignee_id: None,
        due_on: None,
        expected_by: check::expected_by(&tx, &update, kind, None, now_ms).await?,
        mentions: Vec::new(),
        priority: Priority::Normal,
    };
    let row = comments::insert(&tx, &update, &new).await?;
    if !transcripts::accept(&tx, found.id, row.id).await? {
        return Err(settled());
    }
    if sounds_like == SuggestionKind::Plan {
        rounds::plan_from_suggestion(&tx, &update, row.id, &row.body).await?;
    }
    let shown = tell_of(&tx, EventKind::CommentCreated, &update, &row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().insert_header(etag(row.version)).json(shown))
}

/// Puts a suggestion away.
#[utoipa::path(tag = "Transcript", security(("bearer" = [])),
    params(("suggestion" = Uuid, Path, description = "The suggestion")),
    responses(
        (status = 204, description = "Put away"),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such suggestion for you", body = Problem),
        (status = 409, description = "Accepted or dismissed already", body = Problem)))]
#[post("/transcript/suggestions/{suggestion}/dismiss")]
pub async fn dismiss(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<SuggestionId>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (_, found) = managed(&tx, &auth, path.0).await?;
    if !transcripts::dismiss(&tx, found.id).await? {
        return Err(settled());
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

fn settled() -> ApiError {
    ApiError::conflict("It was accepted or dismissed already.")
}

async fn managed(tx: &Tx, auth: &Auth, id: SuggestionId) -> ApiResult<(RowUpdate, Suggestion)> {
    match transcripts::suggestion_for(tx, auth.user, id).await? {
        Some((update, true, found)) => Ok((update, found)),
        Some(_) => Err(ApiError::forbidden("Only its author and the team's admins can do this.")),
        None => Err(ApiError::not_found()),
    }
}
