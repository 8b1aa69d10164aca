//! GET `/comments/{c}/history`.

use actix_web::{get, web};
use jiff::Timestamp;
use meridian_domain::enums::CommentKind;
use meridian_domain::ids::{CommentId, UserId};
use meridian_store::repo::comments;
use meridian_store::repo::updates::people;
use serde::Serialize;
use utoipa::ToSchema;

use super::visible;
use crate::auth::Auth;
use crate::endpoints::updates::schema::CommentKindWord;
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, Page};
use crate::state::AppState;

/// What a comment said before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CommentVersion)]
pub struct VersionView {
    /// Markdown.
    body: String,
    /// What it was.
    #[schema(value_type = CommentKindWord)]
    kind: CommentKind,
    /// Who changed it.
    editor: PersonView,
    /// Until when it said that.
    #[schema(value_type = String, format = DateTime)]
    replaced_at: Timestamp,
}

/// What a comment said before, newest first.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "The comment")),
    responses(
        (status = 200, description = "All earlier texts", body = Page<VersionView>),
        (status = 404, description = "No such comment for you", body = Problem)))]
#[get("/comments/{comment}/history")]
pub(crate) async fn history(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
) -> ApiResult<web::Json<Page<VersionView>>> {
    let conn = state.store.reader();
    let (row, _) = visible(conn, &auth, path.0).await?;
    let entries = comments::history(conn, row.id).await?;
    let editors: Vec<UserId> = entries.iter().map(|entry| entry.editor_id).collect();
    let people = people(conn, &editors).await?;
    let show = |entry: comments::HistoryEntry| -> ApiResult<VersionView> {
        Ok(VersionView {
            body: entry.body,
            kind: entry.kind,
            editor: PersonView::of(&people, entry.editor_id),
            replaced_at: Timestamp::from_millisecond(entry.replaced_at).map_err(ApiError::internal)?,
        })
    };
    let items = entries.into_iter().map(show).collect::<ApiResult<_>>()?;
    Ok(web::Json(Page { items, next_cursor: None }))
}
