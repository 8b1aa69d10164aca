//! What a search gives back.

use meridian_domain::ids::{CommentId, SegmentId, UpdateId};
use serde::{Deserialize, Serialize};

use super::find::Position;

/// Which text a hit is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitSource {
    /// What was said.
    Transcript,
    /// The update's title.
    Title,
    /// The update's text.
    Body,
    /// A comment.
    Comment,
}

impl HitSource {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Transcript, Self::Title, Self::Body, Self::Comment];

    /// Its name in the API and in the index.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transcript => "transcript",
            Self::Title => "title",
            Self::Body => "body",
            Self::Comment => "comment",
        }
    }

    /// By its name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == name)
    }
}

/// A place that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// In which text.
    pub source: HitSource,
    /// Where it is on the source's time line, in milliseconds: the first matching word of a transcript, a comment's place.
    pub start_ms: Option<i64>,
    /// Where the segment ends, or the comment's span.
    pub end_ms: Option<i64>,
    /// The text, or the part of a long one around the first match.
    pub text: String,
    /// Half-open ranges of code points of `text`, in order, without overlap.
    pub highlights: Vec<(usize, usize)>,
    /// The comment.
    pub comment_id: Option<CommentId>,
    /// The transcript's segment.
    pub segment_id: Option<SegmentId>,
}

/// An update with its hits, the best first.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Which.
    pub update_id: UpdateId,
    /// Higher is better; comparable within one answer.
    pub score: f64,
    /// At most ten.
    pub hits: Vec<Hit>,
}

/// A word without a hit, and what was looked for instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// As it was typed.
    pub word: String,
    /// Words of the asker's own results.
    pub instead: Vec<String>,
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Best first; newest first where a query matches too much to be ranked.
    pub items: Vec<Item>,
    /// Where the next page begins.
    pub next: Option<Position>,
    /// What was taken for misspelt.
    pub corrected: Vec<Correction>,
}
