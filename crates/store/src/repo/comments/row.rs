//! A comment as read.

use jiff::civil::Date;
use meridian_domain::enums::{CommentKind, Priority};
use meridian_domain::ids::{AudienceId, CommentId, UpdateId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entity::comments;
use crate::{StoreError, json};

/// A comment. Instants are milliseconds since 1970, moments milliseconds on the source's time line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table and of api.md")]
pub struct RowComment {
    pub id: CommentId,
    pub update_id: UpdateId,
    pub workspace_id: WorkspaceId,
    pub audience_id: AudienceId,
    /// The nil id where a guest wrote it.
    pub author_id: UserId,
    /// What a guest of a share link called themselves.
    pub guest_name: Option<String>,
    pub body: String,
    pub body_html: String,
    pub at_ms: Option<i64>,
    pub end_ms: Option<i64>,
    pub kind: CommentKind,
    pub parent_id: Option<CommentId>,
    pub assignee_id: Option<UserId>,
    pub due_on: Option<Date>,
    pub expected_by: Option<i64>,
    pub mentions: Vec<UserId>,
    pub priority: Priority,
    pub resolved_at: Option<i64>,
    pub resolved_by: Option<UserId>,
    pub acknowledged_at: Option<i64>,
    pub answer_id: Option<CommentId>,
    /// When the named backup is told, unless the assignee takes note before.
    pub backup_due_at: Option<i64>,
    /// When the backup was told.
    pub backup_told_at: Option<i64>,
    /// Who that was.
    pub backup_id: Option<UserId>,
    /// Since when the people of the thread are asked to talk live.
    pub talk_opened_at: Option<i64>,
    /// Who asked for it.
    pub talk_opened_by: Option<UserId>,
    pub edited_at: Option<i64>,
    pub created_at: i64,
    pub version: i64,
    pub deleted_at: Option<i64>,
}

impl RowComment {
    /// Whether it is of a kind that waits for somebody.
    pub fn is_ask(&self) -> bool {
        matches!(self.kind, CommentKind::Question | CommentKind::Action | CommentKind::Blocker)
    }

    /// Whom an ask is addressed to.
    pub fn asked(&self) -> Option<UserId> {
        self.assignee_id.filter(|_| self.is_ask())
    }

    /// When the backup is told (milliseconds since 1970), as long as nobody took note and it is open.
    pub fn acknowledge_by(&self) -> Option<i64> {
        self.backup_due_at.filter(|_| self.presses() && self.acknowledged_at.is_none())
    }

    /// Whether it is to be told at once: marked urgent, open, and addressed to somebody.
    pub fn presses(&self) -> bool {
        let addressed = self.asked().is_some() || !self.mentions.is_empty();
        self.priority == Priority::Urgent && self.resolved_at.is_none() && addressed
    }
}

/// A position in a list of comments: when it was made (milliseconds since 1970) and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentKey(pub i64, pub Uuid);

impl CommentKey {
    /// The position of a comment.
    pub fn of(comment: &RowComment) -> Self {
        Self(comment.created_at, comment.id.0)
    }
}

/// What a comment said until `replaced_at` (milliseconds since 1970).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct HistoryEntry {
    pub body: String,
    pub kind: CommentKind,
    pub editor_id: UserId,
    pub replaced_at: i64,
}

pub(crate) fn from_model(row: comments::Model) -> Result<RowComment, StoreError> {
    Ok(RowComment {
        id: row.id.into(),
        update_id: row.update_id.into(),
        workspace_id: row.workspace_id.into(),
        audience_id: row.audience_id.into(),
        author_id: row.author_id.into(),
        guest_name: row.guest_name,
        body: row.body,
        body_html: row.body_html,
        at_ms: row.at_ms,
        end_ms: row.end_ms,
        kind: row.kind.parse()?,
        parent_id: row.parent_id.map(Into::into),
        assignee_id: row.assignee_id.map(Into::into),
        due_on: row.due_on.map(|text| text.parse()).transpose()?,
        expected_by: row.expected_by,
        mentions: json::read("comments.mentions", &row.mentions)?,
        priority: row.priority.parse()?,
        resolved_at: row.resolved_at,
        resolved_by: row.resolved_by.map(Into::into),
        acknowledged_at: row.acknowledged_at,
        answer_id: row.answer_id.map(Into::into),
        backup_due_at: row.backup_due_at,
        backup_told_at: row.backup_told_at,
        backup_id: row.backup_id.map(Into::into),
        talk_opened_at: row.talk_opened_at,
        talk_opened_by: row.talk_opened_by.map(Into::into),
        edited_at: row.edited_at,
        created_at: row.created_at,
        version: row.version,
        deleted_at: row.deleted_at,
    })
}
