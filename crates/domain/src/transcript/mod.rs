//! Words with times: the parts of a transcript, and its forms as text.

mod cut;
mod read;
#[cfg(test)]
mod tests;
mod words;
mod write;

use serde::{Deserialize, Serialize};

pub use cut::{cut, earlier};
pub use read::{MAX_BYTES, ReadError, read};
pub use words::{realign, spread};
pub use write::{md, srt, txt, vtt};

/// A word with its place on the source's time line. Punctuation stays with its word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Start in milliseconds.
    pub start_ms: i64,
    /// End in milliseconds, never before the start.
    pub end_ms: i64,
    /// As it is written, without surrounding spaces.
    pub text: String,
    /// How sure recognition was, 0 to 1; 1 for what a person wrote.
    pub confidence: f32,
}

/// A segment before it is stored: a sentence, or a part of one that reads well on a line of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Start of the first word in milliseconds on the source's time line.
    pub start_ms: i64,
    /// End of the last word in milliseconds.
    pub end_ms: i64,
    /// The text with its punctuation.
    pub text: String,
    /// The words of the text, in order.
    pub words: Vec<Word>,
}
