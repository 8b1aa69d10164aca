//! The closed sets of words as the API document shows them: the types themselves stand in the domain, which knows
//! no documents.

use serde::Serialize;
use utoipa::ToSchema;

/// What an update is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UpdateKind)]
pub enum UpdateKindWord {
    /// `video`.
    Video,
    /// `voice`.
    Voice,
    /// `text`.
    Text,
}

/// How far an update's media is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UpdateStatus)]
pub enum UpdateStatusWord {
    /// `awaiting_upload`.
    AwaitingUpload,
    /// `uploading`.
    Uploading,
    /// `processing`.
    Processing,
    /// `playable`.
    Playable,
    /// `ready`.
    Ready,
    /// `failed`.
    Failed,
}

/// Whether others see an update.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PublishState)]
pub enum PublishStateWord {
    /// `draft`.
    Draft,
    /// `scheduled`.
    Scheduled,
    /// `published`.
    Published,
}

/// How pressing.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Priority)]
pub enum PriorityWord {
    /// `normal`.
    Normal,
    /// `urgent`.
    Urgent,
}

/// How far a transcript is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TranscriptStatus)]
pub enum TranscriptStatusWord {
    /// `pending`.
    Pending,
    /// `running`.
    Running,
    /// `ready`.
    Ready,
    /// `no_speech`.
    NoSpeech,
    /// `failed`.
    Failed,
    /// `unavailable`.
    Unavailable,
}

/// What a comment is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CommentKind)]
pub enum CommentKindWord {
    /// `comment`.
    Comment,
    /// `question`.
    Question,
    /// `decision`.
    Decision,
    /// `action`.
    Action,
    /// `blocker`.
    Blocker,
}

/// How an update was taken in.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SeenBy)]
pub enum SeenByWord {
    /// `watching`.
    Watching,
    /// `reading`.
    Reading,
    /// `listening`.
    Listening,
}
