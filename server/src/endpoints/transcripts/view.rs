//! The shapes of transcripts.

use meridian_domain::enums::TranscriptOrigin;
use meridian_domain::ids::{CommentId, SegmentId, SuggestionId};
use meridian_domain::transcript::Word;
use meridian_store::repo::transcripts::{Segment, Suggestion, Transcript};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a transcript's text comes from.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TranscriptOrigin)]
pub enum OriginWord {
    /// `recognised`.
    Recognised,
    /// `edited`.
    Edited,
    /// `imported`.
    Imported,
    /// `translated`.
    Translated,
}

/// A word with its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordView {
    pub start_ms: i64,
    pub end_ms: i64,
    /// With its punctuation.
    pub text: String,
    /// How sure recognition was, 0 to 1; 1 for what a person wrote.
    pub confidence: f32,
}

impl From<Word> for WordView {
    fn from(word: Word) -> Self {
        Self { start_ms: word.start_ms, end_ms: word.end_ms, text: word.text, confidence: word.confidence }
    }
}

/// A segment.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentView {
    #[schema(value_type = Uuid)]
    pub id: SegmentId,
    pub start_ms: i64,
    pub end_ms: i64,
    pub text: String,
    pub words: Vec<WordView>,
}

impl From<Segment> for SegmentView {
    fn from(segment: Segment) -> Self {
        let span = segment.span;
        Self {
            id: segment.id,
            start_ms: span.start_ms,
            end_ms: span.end_ms,
            text: span.text,
            words: span.words.into_iter().map(Into::into).collect(),
        }
    }
}

/// Something found in a transcript that a person may make a comment of.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionView {
    #[schema(value_type = Uuid)]
    pub id: SuggestionId,
    /// `decision`, `blocker`, `plan` or `request`.
    pub kind: String,
    pub start_ms: i64,
    pub end_ms: i64,
    pub text: String,
    #[schema(value_type = Option<Uuid>)]
    pub segment_id: Option<SegmentId>,
    /// `open`, `accepted` or `dismissed`.
    pub status: String,
    /// The comment that it became.
    #[schema(value_type = Option<Uuid>)]
    pub comment_id: Option<CommentId>,
}

impl From<Suggestion> for SuggestionView {
    fn from(found: Suggestion) -> Self {
        Self {
            id: found.id,
            kind: found.kind,
            start_ms: found.start_ms,
            end_ms: found.end_ms,
            text: found.text,
            segment_id: found.segment_id,
            status: found.status,
            comment_id: found.comment_id,
        }
    }
}

/// A transcript.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transcript)]
pub struct FullTranscriptView {
    /// A language tag; `und` where nobody knows.
    pub language: String,
    #[schema(value_type = OriginWord)]
    pub origin: TranscriptOrigin,
    /// Which model made it.
    pub model: Option<String>,
    /// Grows with each change; `ETag` carries it.
    pub revision: i64,
    /// Whether it is whole; `false` while text is still being recognised.
    pub complete: bool,
    /// By time, on the source's time line.
    pub segments: Vec<SegmentView>,
    pub suggestions: Vec<SuggestionView>,
}

impl FullTranscriptView {
    /// From what is stored, cut already.
    pub fn of(transcript: Transcript, suggestions: Vec<Suggestion>) -> Self {
        Self {
            language: transcript.language,
            origin: transcript.origin,
            model: transcript.model,
            revision: transcript.revision,
            complete: transcript.whole,
            segments: transcript.segments.into_iter().map(Into::into).collect(),
            suggestions: suggestions.into_iter().map(Into::into).collect(),
        }
    }

    /// Of a recording in which nobody speaks.
    pub fn silent() -> Self {
        Self {
            language: "und".to_owned(),
            origin: TranscriptOrigin::Recognised,
            model: None,
            revision: 0,
            complete: true,
            segments: Vec::new(),
            suggestions: Vec::new(),
        }
    }
}
