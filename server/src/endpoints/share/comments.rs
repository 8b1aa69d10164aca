//! GET, POST `/shared/{token}/comments`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use garde::Validate;
use jiff::Timestamp;
use meridian_domain::enums::{CommentKind, EventKind, Priority};
use meridian_domain::ids::{CommentId, UserId};
use meridian_store::repo::comments::{self, CommentKey, NewComment};
use meridian_store::repo::share_links::{self, ShareLink};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::door;
use crate::endpoints::comments::{CommentView, check as comment_check, render, tell_of};
use crate::endpoints::updates::schema::CommentKindWord;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, ApiQuery, Page, PageQuery, check, client, cut};
use crate::markdown;
use crate::state::AppState;

/// Comments of guests within 15 minutes: from one address on the network, and by one link.
const MOST_BY_ADDRESS: u32 = 10;
const MOST_BY_LINK: u32 = 60;

/// A guest's comment.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = NewGuestComment)]
pub struct CreateBody {
    /// What the guest wants to be called.
    #[garde(custom(check::name))]
    name: String,
    /// Markdown, at most 2,000 characters.
    #[garde(length(chars, max = 2_000))]
    body: String,
    /// The moment, on the source's time line.
    #[garde(inner(range(min = 0)))]
    at_ms: Option<i64>,
}

/// A comment as guests see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedComment)]
pub struct SharedComment {
    /// Its id.
    #[schema(value_type = Uuid)]
    id: CommentId,
    /// Whose.
    author_name: String,
    /// A guest wrote it, and calls themselves so.
    guest: bool,
    /// What it is.
    #[schema(value_type = CommentKindWord)]
    kind: CommentKind,
    /// The text as safe HTML.
    body_html: String,
    /// The moment, on the source's time line; null: the whole update.
    at_ms: Option<i64>,
    /// The end of a span.
    end_ms: Option<i64>,
    /// The comment that it answers.
    #[schema(value_type = Option<Uuid>)]
    parent_id: Option<CommentId>,
    /// Since when it exists.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Since when it is deleted: its words are gone, but answers to it are there.
    #[schema(value_type = Option<String>, format = DateTime)]
    deleted_at: Option<Timestamp>,
}

impl From<CommentView> for SharedComment {
    fn from(comment: CommentView) -> Self {
        Self {
            id: comment.id,
            author_name: comment.author.display_name,
            guest: comment.guest,
            kind: comment.kind,
            body_html: comment.body_html,
            at_ms: comment.at_ms,
            end_ms: comment.end_ms,
            parent_id: comment.parent_id,
            created_at: comment.created_at,
            deleted_at: comment.deleted_at,
        }
    }
}

fn allowed(link: &ShareLink) -> ApiResult<()> {
    if link.allow_comments { Ok(()) } else { Err(ApiError::forbidden("This link is for watching only.")) }
}

/// The comments on what a share link shows, flat, oldest first: those of the team and of guests.
#[utoipa::path(tag = "Share",
    params(("token" = String, Path, description = "From the link"), PageQuery), responses(
    (status = 200, description = "A page", body = Page<SharedComment>),
    (status = 401, description = "It needs its password: unlock it first", body = Problem),
    (status = 403, description = "The link is without comments", body = Problem),
    (status = 404, description = "No such link, or it has ended", body = Problem)))]
#[get("/shared/{token}/comments")]
pub(crate) async fn list_shared_comments(
    req: HttpRequest,
    state: web::Data<AppState>,
    path: ApiPath<String>,
    query: ApiQuery<PageQuery>,
) -> ApiResult<HttpResponse> {
    let (link, update) = door::enter(&state, &req, &path.0).await?;
    allowed(&link)?;
    let conn = state.store.reader();
    let list = format!("shared-comments/{}", link.id);
    let (after, limit) = (query.0.position::<CommentKey>(&state.keys, &list)?, query.0.limit()?);
    let mut rows = comments::list(conn, &update, after, limit.saturating_add(1)).await?;
    let next_cursor = cut(&state.keys, &list, &mut rows, limit, CommentKey::of)?;
    let items: Vec<SharedComment> = render(conn, rows).await?.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Page { items, next_cursor }))
}

/// A guest comments on what a share link shows; the team sees it among the others, with the guest's name.
#[utoipa::path(tag = "Share", params(("token" = String, Path, description = "From the link")),
    request_body = CreateBody, responses(
    (status = 201, description = "Made", body = SharedComment),
    (status = 401, description = "It needs its password: unlock it first", body = Problem),
    (status = 403, description = "The link is without comments, or the page another site's", body = Problem),
    (status = 404, description = "No such link, or it has ended", body = Problem),
    (status = 422, description = "A field is not valid", body = Problem),
    (status = 429, description = "Too many comments of guests", body = Problem)))]
#[post("/shared/{token}/comments")]
pub(crate) async fn create_shared_comment(
    req: HttpRequest,
    state: web::Data<AppState>,
    path: ApiPath<String>,
    body: ApiJson<CreateBody>,
) -> ApiResult<HttpResponse> {
    client::check_origin(&req, &state)?;
    let body = body.0;
    let (link, _) = door::enter(&state, &req, &path.0).await?;
    allowed(&link)?;
    if body.body.trim().is_empty() {
        return Err(ApiError::invalid("body", "required", "Say something."));
    }
    let by_link = format!("guests of {}", link.id);
    let by_address = format!("guest from {}", client::address(&req, &state));
    for (key, most) in [(&by_address, MOST_BY_ADDRESS), (&by_link, MOST_BY_LINK)] {
        state.failures().check(key, most).await?;
        state.failures().count(key).await?;
    }
    let tx = state.store.write().await?;
    // The link may have ended while this waited.
    let found = share_links::open(&tx, link.id, state.clock().now_ms()).await?;
    let (link, update) = found.ok_or_else(ApiError::not_found)?;
    allowed(&link)?;
    comment_check::moments(&update, body.at_ms, None)?;
    let new = NewComment {
        author_id: UserId(Uuid::nil()),
        guest: Some((body.name.trim().to_owned(), link.id)),
        body_html: markdown::to_html(&body.body),
        body: body.body,
        at_ms: body.at_ms,
        end_ms: None,
        kind: CommentKind::Comment,
        parent_id: None,
        assignee_id: None,
        due_on: None,
        expected_by: None,
        mentions: Vec::new(),
        priority: Priority::Normal,
    };
    let row = comments::insert(&tx, &update, &new).await?;
    let shown = tell_of(&tx, EventKind::CommentCreated, &update, &row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(SharedComment::from(shown)))
}
