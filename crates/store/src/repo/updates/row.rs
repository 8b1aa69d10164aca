//! An update as read.

use meridian_domain::enums::{Priority, PublishState, TranscriptStatus, UpdateKind, UpdateStatus};
use meridian_domain::ids::{
    AudienceId, GenerationId, RoundId, TeamId, UpdateId, UploadId, UserId, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::entity::updates;
use crate::{StoreError, json};

/// A document that goes with an update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// `http` or `https`.
    pub url: String,
    /// What it is called.
    pub title: String,
}

/// A named moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// On the source's time line.
    pub at_ms: i64,
    /// What it is called.
    pub title: String,
    /// Which prompt of a check-in it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_id: Option<String>,
}

/// What is not as it should be with media that plays all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A word: `ended_early`, `partial`, `duration_mismatch`.
    pub code: String,
    /// A sentence.
    pub detail: String,
}

/// The part of the source that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trim {
    /// First shown moment, on the source's time line.
    pub start_ms: i64,
    /// First moment that is no longer shown.
    pub end_ms: i64,
}

/// An update. Instants are milliseconds since 1970, spans milliseconds on the source's time line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table and of api.md")]
pub struct RowUpdate {
    pub id: UpdateId,
    pub workspace_id: WorkspaceId,
    pub team_id: TeamId,
    pub audience_id: AudienceId,
    pub author_id: UserId,
    pub title: String,
    pub kind: UpdateKind,
    pub body: String,
    pub links: Vec<Link>,
    pub status: UpdateStatus,
    pub live: bool,
    pub publish_state: PublishState,
    pub publish_at: Option<i64>,
    pub published_at: Option<i64>,
    pub priority: Priority,
    pub round_id: Option<RoundId>,
    pub reply_to_id: Option<UpdateId>,
    pub recorded_at: Option<i64>,
    pub language: Option<String>,
    /// The whole source's length; [`RowUpdate::visible_ms`] is what viewers get.
    pub duration_ms: Option<i64>,
    pub client_duration_ms: Option<i64>,
    pub trim: Option<Trim>,
    pub phase: String,
    pub percent: i64,
    pub failure_code: Option<String>,
    pub failure_detail: Option<String>,
    pub warnings: Vec<Warning>,
    pub chapters: Vec<Chapter>,
    pub silence_map: Vec<(i64, i64)>,
    pub upload_id: Option<UploadId>,
    pub generation_id: Option<GenerationId>,
    pub transcript_status: TranscriptStatus,
    pub transcript_language: Option<String>,
    pub word_count: i64,
    pub comment_count: i64,
    pub created_at: i64,
    pub changed_at: i64,
    pub version: i64,
    pub deleted_at: Option<i64>,
    pub purge_at: Option<i64>,
}

impl RowUpdate {
    /// The visible length: the trimmed part's, else the source's.
    pub fn visible_ms(&self) -> Option<i64> {
        match (self.trim, self.duration_ms) {
            (Some(trim), Some(whole)) => Some(trim.end_ms.min(whole).saturating_sub(trim.start_ms).max(0)),
            (Some(trim), None) => Some(trim.end_ms.saturating_sub(trim.start_ms).max(0)),
            (None, whole) => whole,
        }
    }

    /// The visible part of the source's time line; `None` while the length is unknown.
    pub fn visible_span(&self) -> Option<(i64, i64)> {
        match (self.trim, self.duration_ms) {
            (Some(trim), Some(whole)) => Some((trim.start_ms, trim.end_ms.min(whole))),
            (Some(trim), None) => Some((trim.start_ms, trim.end_ms)),
            (None, whole) => whole.map(|end| (0, end)),
        }
    }

    /// Whether others than its author see it.
    pub fn is_published(&self) -> bool {
        self.publish_state == PublishState::Published
    }
}

pub(crate) fn from_model(row: updates::Model) -> Result<RowUpdate, StoreError> {
    let trim = match (row.trim_start_ms, row.trim_end_ms) {
        (Some(start_ms), Some(end_ms)) => Some(Trim { start_ms, end_ms }),
        _ => None,
    };
    Ok(RowUpdate {
        id: row.id.into(),
        workspace_id: row.workspace_id.into(),
        team_id: row.team_id.into(),
        audience_id: row.audience_id.into(),
        author_id: row.author_id.into(),
        title: row.title,
        kind: row.kind.parse()?,
        body: row.body,
        links: json::read("updates.links", &row.links)?,
        status: row.status.parse()?,
        live: row.live,
        publish_state: row.publish_state.parse()?,
        publish_at: row.publish_at,
        published_at: row.published_at,
        priority: row.priority.parse()?,
        round_id: row.round_id.map(Into::into),
        reply_to_id: row.reply_to_id.map(Into::into),
        recorded_at: row.recorded_at,
        language: row.language,
        duration_ms: row.duration_ms,
        client_duration_ms: row.client_duration_ms,
        trim,
        phase: row.phase,
        percent: row.percent,
        failure_code: row.failure_code,
        failure_detail: row.failure_detail,
        warnings: json::read("updates.warnings", &row.warnings)?,
        chapters: json::read("updates.chapters", &row.chapters)?,
        silence_map: json::read("updates.silence_map", &row.silence_map)?,
        upload_id: row.upload_id.map(Into::into),
        generation_id: row.generation_id.map(Into::into),
        transcript_status: row.transcript_status.parse()?,
        transcript_language: row.transcript_language,
        word_count: row.word_count,
        comment_count: row.comment_count,
        created_at: row.created_at,
        changed_at: row.changed_at,
        version: row.version,
        deleted_at: row.deleted_at,
        purge_at: row.purge_at,
    })
}
