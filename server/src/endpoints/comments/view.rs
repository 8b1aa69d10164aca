//! A comment; the same for every viewer.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use meridian_domain::enums::{CommentKind, Priority};
use meridian_domain::ids::{CommentId, UpdateId, UserId};
use meridian_store::Conn;
use meridian_store::repo::comments::RowComment;
use meridian_store::repo::updates::{self, Person};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoints::updates::schema::{CommentKindWord, PriorityWord};
use crate::endpoints::updates::view::PersonView;
use crate::error::{ApiError, ApiResult};

/// A comment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Comment)]
pub struct CommentView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: CommentId,
    /// On which update.
    #[schema(value_type = Uuid)]
    pub update_id: UpdateId,
    /// Whose.
    pub author: PersonView,
    /// A guest of a share link wrote it: the author has no account, and the name is what they called themselves.
    pub guest: bool,
    /// Markdown.
    pub body: String,
    /// The body as safe HTML.
    pub body_html: String,
    /// The moment, on the source's time line; null: the whole update.
    pub at_ms: Option<i64>,
    /// The end of a span.
    pub end_ms: Option<i64>,
    /// What it is.
    #[schema(value_type = CommentKindWord)]
    pub kind: CommentKind,
    /// The comment that it answers.
    #[schema(value_type = Option<Uuid>)]
    pub parent_id: Option<CommentId>,
    /// Whom it is addressed to.
    pub assignee: Option<PersonView>,
    /// Until when it is to be done.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// An ask: when an answer is expected, by the team's working agreement and the assignee's working hours.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expected_by: Option<Timestamp>,
    /// Who is mentioned.
    #[schema(value_type = Vec<Uuid>)]
    pub mentions: Vec<UserId>,
    /// How pressing.
    #[schema(value_type = PriorityWord)]
    pub priority: Priority,
    /// Since when it is closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// Who closed it.
    #[schema(value_type = Option<Uuid>)]
    pub resolved_by: Option<UserId>,
    /// Since when the assignee has taken note.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
    /// An urgent ask: when the backup is told, unless the assignee takes note before.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledge_by: Option<Timestamp>,
    /// Since when the backup knows.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub backup_told_at: Option<Timestamp>,
    /// Who that is.
    pub backup: Option<PersonView>,
    /// Since when the people of the thread are asked to talk live.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub talk_opened_at: Option<Timestamp>,
    /// A question: the accepted answer.
    #[schema(value_type = Option<Uuid>)]
    pub answer_id: Option<CommentId>,
    /// When it last began to say something else.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<Timestamp>,
    /// Since when it exists.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Counts changes; it is the ETag too.
    pub version: i64,
    /// Since when it is deleted: its words are gone, but answers to it are there.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deleted_at: Option<Timestamp>,
}

/// Comments in their order; one statement for all names.
pub async fn render(conn: &impl Conn, rows: Vec<RowComment>) -> ApiResult<Vec<CommentView>> {
    let ids: Vec<UserId> =
        rows.iter().flat_map(|row| [Some(row.author_id), row.assignee_id, row.backup_id]).flatten().collect();
    let people = updates::people(conn, &ids).await?;
    rows.into_iter().map(|row| view(row, &people)).collect()
}

/// The same for one.
pub async fn render_one(conn: &impl Conn, row: RowComment) -> ApiResult<CommentView> {
    render(conn, vec![row]).await?.pop().ok_or_else(ApiError::not_found)
}

fn view(row: RowComment, people: &HashMap<UserId, Person>) -> ApiResult<CommentView> {
    let instant = |ms: i64| Timestamp::from_millisecond(ms).map_err(ApiError::internal);
    Ok(CommentView {
        author: PersonView::of_author(people, &row),
        guest: row.guest_name.is_some(),
        assignee: row.assignee_id.map(|id| PersonView::of(people, id)),
        expected_by: row.expected_by.map(instant).transpose()?,
        resolved_at: row.resolved_at.map(instant).transpose()?,
        acknowledged_at: row.acknowledged_at.map(instant).transpose()?,
        acknowledge_by: row.acknowledge_by().map(instant).transpose()?,
        backup_told_at: row.backup_told_at.map(instant).transpose()?,
        backup: row.backup_id.map(|id| PersonView::of(people, id)),
        talk_opened_at: row.talk_opened_at.map(instant).transpose()?,
        edited_at: row.edited_at.map(instant).transpose()?,
        created_at: instant(row.created_at)?,
        deleted_at: row.deleted_at.map(instant).transpose()?,
        id: row.id,
        update_id: row.update_id,
        body: row.body,
        body_html: row.body_html,
        at_ms: row.at_ms,
        end_ms: row.end_ms,
        kind: row.kind,
        parent_id: row.parent_id,
        due_on: row.due_on,
        mentions: row.mentions,
        priority: row.priority,
        resolved_by: row.resolved_by,
        answer_id: row.answer_id,
        version: row.version,
    })
}
