//! What recognition gives back.
use serde::{Deserialize, Serialize};

/// A word with its place in the recording.
///
/// Punctuation stays with its word. In a language written without spaces a
/// word is a short run of characters; joining then needs no space, which
/// `text` of the segment shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Start in milliseconds on the recording's time line.
    pub start_ms: i64,
    /// End in milliseconds, never before `start_ms`.
    pub end_ms: i64,
    /// The word as it is written, without surrounding spaces.
    pub text: String,
    /// The model's probability of the word, 0 to 1.
    pub confidence: f32,
}

/// A sentence, or a part of one that reads well on a line of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecognisedSegment {
    /// Start of the first word in milliseconds on the recording's time line.
    pub start_ms: i64,
    /// End of the last word in milliseconds.
    pub end_ms: i64,
    /// The text with its punctuation, trimmed.
    pub text: String,
    /// The words of `text`, in order, their times never going back.
    pub words: Vec<Word>,
}
