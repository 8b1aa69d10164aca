//! PATCH `/comments/{c}`.

use actix_web::{HttpResponse, patch, web};
use garde::Validate;
use jiff::civil::Date;
use meridian_domain::enums::{CommentKind, EventKind, Priority};
use meridian_domain::ids::{CommentId, UserId};
use meridian_store::Tx;
use meridian_store::repo::comments::{self, RowComment};
use meridian_store::repo::updates::{self, RowUpdate};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{CommentView, check, tell_of, visible};
use crate::auth::Auth;
use crate::endpoints::updates::schema::{CommentKindWord, PriorityWord};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, Given, etag};
use crate::markdown;
use crate::state::AppState;

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(as = CommentEdit)]
pub struct EditBody {
    /// Markdown.
    #[garde(inner(length(chars, max = check::MAX_BODY)))]
    body: Option<String>,
    /// The moment; null: the whole update.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    at_ms: Given<i64>,
    /// The end of a span; null: none.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    end_ms: Given<i64>,
    /// What it is.
    #[garde(skip)]
    #[schema(value_type = Option<CommentKindWord>)]
    kind: Option<CommentKind>,
    /// Whom it is addressed to; null: nobody.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    assignee_id: Given<UserId>,
    /// Until when it is to be done; null: no date.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Given<Date>,
    /// Who is mentioned.
    #[garde(inner(length(max = check::MAX_MENTIONS)))]
    #[schema(value_type = Option<Vec<Uuid>>)]
    mentions: Option<Vec<UserId>>,
    /// How pressing.
    #[garde(skip)]
    #[schema(value_type = Option<PriorityWord>)]
    priority: Option<Priority>,
    /// A question: the accepted answer, one of its replies; null takes it back. The question's author, the update's
    /// author and team admins may.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    answer_id: Given<CommentId>,
}

impl EditBody {
    fn changes_text(&self) -> bool {
        self.body.is_some()
            || self.at_ms != Given::Missing
            || self.end_ms != Given::Missing
            || self.kind.is_some()
            || self.assignee_id != Given::Missing
            || self.due_on != Given::Missing
            || self.mentions.is_some()
            || self.priority.is_some()
    }
}

/// Changes one's own comment, or accepts an answer.
#[utoipa::path(tag = "Comments", security(("bearer" = [])),
    params(("comment" = Uuid, Path, description = "The comment"),
        ("If-Match" = Option<String>, Header, description = "The ETag that the change is based on")),
    request_body = EditBody,
    responses(
        (status = 200, description = "Changed", body = CommentView),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such comment for you", body = Problem),
        (status = 412, description = "Changed in between", body = Problem),
        (status = 422, description = "A field is not valid", body = Problem),
        (status = 429, description = "Urgent too often within a day", body = Problem)))]
#[patch("/comments/{comment}")]
pub(crate) async fn edit(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<CommentId>,
    condition: Edit,
    body: ApiJson<EditBody>,
) -> ApiResult<HttpResponse> {
    let body = body.0;
    let tx = state.store.write().await?;
    let (mut row, update) = visible(&tx, &auth, path.0).await?;
    condition.check(row.version)?;
    if body.changes_text() || body.answer_id == Given::Missing {
        if row.author_id != auth.user {
            return Err(ApiError::forbidden("Only its author can change a comment."));
        }
        let answer_id = body.answer_id.clone().change();
        let edit = prepare(&tx, &update, &row, body).await?;
        let (pressed, asked) = (row.presses(), row.asked());
        row = comments::edit(&tx, &row, auth.user, &edit).await?;
        if !pressed || row.asked() != asked {
            check::press(&tx, &update, &row).await?;
            row = comments::find_any(&tx, row.id).await?.ok_or_else(ApiError::not_found)?;
        }
        if let Some(answer) = answer_id {
            row = accept(&tx, &auth, &update, &row, answer).await?;
        }
    } else if let Some(answer) = body.answer_id.change() {
        row = accept(&tx, &auth, &update, &row, answer).await?;
    }
    let shown = tell_of(&tx, EventKind::CommentUpdated, &update, &row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().insert_header(etag(row.version)).json(shown))
}

async fn prepare(tx: &Tx, update: &RowUpdate, row: &RowComment, body: EditBody) -> ApiResult<comments::Edit> {
    if body.body.as_ref().is_some_and(|text| text.trim().is_empty()) {
        return Err(ApiError::invalid("body", "required", "Say something, or delete the comment."));
    }
    let (at_ms, end_ms) = (body.at_ms.change(), body.end_ms.change());
    if at_ms.is_some() || end_ms.is_some() {
        check::moments(update, at_ms.unwrap_or(row.at_ms), end_ms.unwrap_or(row.end_ms))?;
    }
    let mentions = body.mentions.map(check::each_once);
    if let Some(people) = &mentions {
        check::people(tx, update, "mentions", people).await?;
    }
    let assignee_id = body.assignee_id.change();
    if let Some(Some(who)) = assignee_id {
        check::people(tx, update, "assignee_id", &[who]).await?;
    }
    let kind = body.kind.unwrap_or(row.kind);
    if row.answer_id.is_some() && kind != CommentKind::Question {
        return Err(ApiError::invalid(
            "kind",
            "answered",
            "It has an accepted answer, so it stays a question.",
        ));
    }
    let assignee = assignee_id.unwrap_or(row.assignee_id);
    let expected_by = if kind == row.kind && assignee == row.assignee_id {
        None
    } else {
        // Who is asked now is given the time from now on.
        let from = if assignee == row.assignee_id { row.created_at } else { tx.clock().now_ms() };
        Some(check::expected_by(tx, update, kind, assignee, from).await?)
    };
    Ok(comments::Edit {
        body: body.body.map(|text| {
            let html = markdown::to_html(&text);
            (text, html)
        }),
        at_ms,
        end_ms,
        kind: body.kind,
        assignee_id,
        due_on: body.due_on.change(),
        expected_by,
        mentions,
        priority: body.priority,
    })
}

/// Accepts a reply as a question's answer.
async fn accept(
    tx: &Tx,
    auth: &Auth,
    update: &RowUpdate,
    question: &RowComment,
    answer: Option<CommentId>,
) -> ApiResult<RowComment> {
    if question.author_id != auth.user && !updates::rights(tx, auth.user, update).await? {
        return Err(ApiError::forbidden(
            "Who asked, the update's author and the team's admins accept an answer.",
        ));
    }
    if question.kind != CommentKind::Question {
        return Err(ApiError::invalid("answer_id", "no_question", "Only a question has an answer."));
    }
    if let Some(id) = answer {
        let reply = comments::find_any(tx, id).await?;
        if reply.is_none_or(|reply| reply.parent_id != Some(question.id)) {
            let detail = "It has to be one of the question's replies.";
            return Err(ApiError::invalid("answer_id", "no_reply", detail));
        }
    }
    Ok(comments::set_answer(tx, question, answer, auth.user).await?)
}
