//! DELETE `/comments/{c}`.

use actix_web::{HttpResponse, delete, web};
use meridian_domain::enums::EventKind;
use meridian_domain::ids::CommentId;
use meridian_domain::policy;
use meridian_store::repo::{comments, updates};
use serde_json::json;

use super::{tell, visible};
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, Edit};
use crate::state::AppState;

/// Deletes a comment with its text and history, which its author, admins of the team, admins and owners of the workspace
/// may; a guest's the update's author too. Answers to it stay: they are other people's words.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "The comment")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such comment for you", body = Problem)))]
#[delete("/comments/{comment}")]
pub(crate) async fn remove(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
    condition: Edit,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let (row, update) = visible(&tx, &auth, path.0).await?;
    let own = row.author_id == auth.user || (row.guest_name.is_some() && update.author_id == auth.user);
    if !own {
        let team = updates::team_access(&tx, auth.user, update.team_id).await?;
        if !team.is_some_and(|team| policy::manages_team(team.standing)) {
            return Err(ApiError::forbidden("Only its author and the team's admins can delete a comment."));
        }
    }
    condition.check(row.version)?;
    comments::delete(&tx, &row).await?;
    let data = json!({"id": row.id, "update_id": row.update_id, "parent_id": row.parent_id});
    tell(&tx, EventKind::CommentDeleted, &update, data);
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
