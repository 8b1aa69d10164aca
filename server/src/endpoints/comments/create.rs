//! POST `/updates/{u}/comments`.

use actix_web::http::header;
use actix_web::{HttpResponse, post, web};
use garde::Validate;
use jiff::civil::Date;
use meridian_domain::enums::{CommentKind, EventKind, Priority};
use meridian_domain::ids::{CommentId, UpdateId, UserId};
use meridian_store::repo::comments::{self, NewComment};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{CommentView, check, tell_of};
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::endpoints::updates::schema::{CommentKindWord, PriorityWord};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, etag};
use crate::markdown;
use crate::state::AppState;

/// A comment to make.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = NewComment)]
pub struct CreateBody {
    /// Markdown, at most 10,000 characters.
    #[garde(length(chars, max = check::MAX_BODY))]
    body: String,
    /// The moment, on the source's time line.
    #[garde(inner(range(min = 0)))]
    at_ms: Option<i64>,
    /// The end of a span.
    #[garde(inner(range(min = 0)))]
    end_ms: Option<i64>,
    /// What it is; `comment` where not given.
    #[garde(skip)]
    #[schema(value_type = Option<CommentKindWord>)]
    kind: Option<CommentKind>,
    /// The comment that it answers.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    parent_id: Option<CommentId>,
    /// Whom it is addressed to; has to see the update.
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    assignee_id: Option<UserId>,
    /// Until when it is to be done.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// Who is mentioned; they have to see the update.
    #[garde(length(max = check::MAX_MENTIONS))]
    #[schema(value_type = Option<Vec<Uuid>>)]
    #[serde(default)]
    mentions: Vec<UserId>,
    /// How pressing.
    #[garde(skip)]
    #[schema(value_type = Option<PriorityWord>)]
    priority: Option<Priority>,
}

/// Comments on an update that one sees.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    request_body = CreateBody,
    responses(
        (status = 201, description = "Made", body = CommentView),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 422, description = "A field is not valid", body = Problem),
        (status = 429, description = "Urgent too often within a day", body = Problem)))]
#[post("/updates/{update}/comments")]
pub(crate) async fn create(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    body: ApiJson<CreateBody>,
) -> ApiResult<HttpResponse> {
    let body = body.0;
    let tx = state.store.write().await?;
    let update = access::visible(&tx, &auth, path.0).await?;
    if body.body.trim().is_empty() {
        return Err(ApiError::invalid("body", "required", "Say something."));
    }
    check::moments(&update, body.at_ms, body.end_ms)?;
    if let Some(parent) = body.parent_id {
        check::parent(&tx, &update, parent).await?;
    }
    let mentions = check::each_once(body.mentions);
    check::people(&tx, &update, "mentions", &mentions).await?;
    if let Some(who) = body.assignee_id {
        check::people(&tx, &update, "assignee_id", &[who]).await?;
    }
    let kind = body.kind.unwrap_or(CommentKind::Comment);
    let now_ms = state.clock().now_ms();
    let new = NewComment {
        author_id: auth.user,
        guest: None,
        body_html: markdown::to_html(&body.body),
        body: body.body,
        at_ms: body.at_ms,
        end_ms: body.end_ms,
        kind,
        parent_id: body.parent_id,
        assignee_id: body.assignee_id,
        due_on: body.due_on,
        expected_by: check::expected_by(&tx, &update, kind, body.assignee_id, now_ms).await?,
        mentions,
        priority: body.priority.unwrap_or(Priority::Normal),
    };
    let row = comments::insert(&tx, &update, &new).await?;
    check::press(&tx, &update, &row).await?;
    let row = comments::find_any(&tx, row.id).await?.ok_or_else(ApiError::not_found)?;
    let shown = tell_of(&tx, EventKind::CommentCreated, &update, &row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header(etag(row.version))
        .insert_header((header::LOCATION, format!("/api/v1/comments/{}", row.id)))
        .json(shown))
}
