//! The shapes of an answer.

use meridian_domain::ids::{CommentId, SegmentId};
use meridian_store::repo::search::{Correction, Hit, HitSource};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::endpoints::updates::UpdateView;

/// Which text a hit is in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HitSource)]
pub enum HitSourceWord {
    /// `transcript`.
    Transcript,
    /// `title`.
    Title,
    /// `body`.
    Body,
    /// `comment`.
    Comment,
}

/// A place that matches.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitView {
    #[schema(value_type = HitSourceWord)]
    pub source: HitSource,
    /// When the first matching word is said, on the source's time line; a comment's moment; null without a moment.
    pub start_ms: Option<i64>,
    /// The end of the segment or of the comment's span.
    pub end_ms: Option<i64>,
    /// The text, or the part of a long one around the match.
    pub text: String,
    /// `[from, to]` each, in code points of `text`.
    #[schema(value_type = Vec<(usize, usize)>)]
    pub highlights: Vec<(usize, usize)>,
    /// The transcript's segment.
    #[schema(value_type = Option<Uuid>)]
    pub segment_id: Option<SegmentId>,
    /// The comment.
    #[schema(value_type = Option<Uuid>)]
    pub comment_id: Option<CommentId>,
}

impl From<Hit> for HitView {
    fn from(hit: Hit) -> Self {
        Self {
            source: hit.source,
            start_ms: hit.start_ms,
            end_ms: hit.end_ms,
            text: hit.text,
            highlights: hit.highlights,
            segment_id: hit.segment_id,
            comment_id: hit.comment_id,
        }
    }
}

/// An update with its hits.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundUpdate {
    pub update: UpdateView,
    /// Higher is better, within one answer.
    pub score: f64,
    /// The best first, at most ten.
    pub hits: Vec<HitView>,
}

/// A word without a hit, and the near ones that were looked for instead.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionView {
    /// As it was typed.
    pub word: String,
    /// Words that your own results have.
    pub instead: Vec<String>,
}

impl From<Correction> for CorrectionView {
    fn from(correction: Correction) -> Self {
        Self { word: correction.word, instead: correction.instead }
    }
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// Best first; newest first where a query matches too much to be ranked.
    pub items: Vec<FoundUpdate>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
    /// Words that were taken for misspelt.
    pub corrected: Vec<CorrectionView>,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}
