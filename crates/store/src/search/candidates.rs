//! Rows that the index found, read and judged.

use std::collections::HashMap;

use meridian_domain::ids::UpdateId;
use uuid::Uuid;

use super::filters::list;
use super::language::Language;
use super::pattern::{Occurrence, Pattern, Window};
use super::rank::Weights;
use super::results::HitSource;
use super::sql;
use super::tokens::{Token, Tokenizer};
use crate::{Conn, StoreError};

/// A row of the index, as read.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) number: i64,
    pub(super) update_id: UpdateId,
    pub(super) source: HitSource,
    pub(super) segment_id: Option<Uuid>,
    pub(super) comment_id: Option<Uuid>,
    pub(super) start_ms: Option<i64>,
    pub(super) end_ms: Option<i64>,
    pub(super) at: i64,
    pub(super) text: String,
    language: Language,
    before: Option<String>,
    after: Option<String>,
}

/// A row that a query fits.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) row: Row,
    pub(super) score: f64,
    /// Whether it needs none of its neighbours.
    pub(super) complete: bool,
    /// How many parts of the query are in its own text, at least in part.
    pub(super) own_parts: usize,
    /// What matched in its own text.
    pub(super) ranges: Vec<(usize, usize)>,
}

impl Row {
    /// Whether the other is the segment before or after.
    pub(super) fn touches(&self, other: &Self) -> bool {
        self.update_id == other.update_id
            && (self.before.as_deref() == Some(&other.text) || self.after.as_deref() == Some(&other.text))
    }
}

const NEIGHBOURS: &str = ", (SELECT p.text FROM search_rows p WHERE p.update_id = r.update_id AND p.source = r.source \
        AND (p.start_ms, p.segment_id) < (r.start_ms, r.segment_id) \
        ORDER BY p.start_ms DESC, p.segment_id DESC LIMIT 1), \
    (SELECT n.text FROM search_rows n WHERE n.update_id = r.update_id AND n.source = r.source \
        AND (n.start_ms, n.segment_id) > (r.start_ms, r.segment_id) \
        ORDER BY n.start_ms, n.segment_id LIMIT 1)";

/// Reads rows by number, in the order of the numbers given. What is not published, or deleted, is left out.
async fn read(conn: &impl Conn, rows: &[i64], neighbours: bool) -> Result<Vec<Row>, StoreError> {
    let more = if neighbours { NEIGHBOURS } else { ", NULL, NULL" };
    let statement = format!(
        "SELECT r.row_id, r.update_id, r.source, r.segment_id, r.comment_id, r.start_ms, r.end_ms, r.at, r.text, \
         r.language{more} FROM ({{numbers}}) j {{cross_join}} search_rows r ON r.row_id = j.value \
         JOIN updates u ON u.id = r.update_id AND u.deleted_at IS NULL AND u.publish_state = 'published'"
    );
    let mut found = HashMap::new();
    for row in sql::all(conn, &statement, [list(rows).into()]).await? {
        let row_id: i64 = row.try_get_by_index(0)?;
        let source: String = row.try_get_by_index(2)?;
        let Some(source) = HitSource::of_name(&source) else { continue };
        let language: Option<String> = row.try_get_by_index(9)?;
        let read = Row {
            number: row_id,
            update_id: UpdateId(row.try_get_by_index(1)?),
            source,
            segment_id: row.try_get_by_index(3)?,
            comment_id: row.try_get_by_index(4)?,
            start_ms: row.try_get_by_index(5)?,
            end_ms: row.try_get_by_index(6)?,
            at: row.try_get_by_index(7)?,
            text: row.try_get_by_index(8)?,
            language: language.as_deref().and_then(Language::of_tag).unwrap_or_else(Language::none),
            before: row.try_get_by_index(10)?,
            after: row.try_get_by_index(11)?,
        };
        found.insert(row_id, read);
    }
    Ok(rows.iter().filter_map(|id| found.remove(id)).collect())
}

/// What a query asks of a row's text.
pub(super) struct Asked<'a> {
    pub(super) positives: &'a [Pattern],
    pub(super) negatives: &'a [Pattern],
    pub(super) weights: &'a Weights,
}

impl Asked<'_> {
    fn needs_neighbours(&self) -> bool {
        self.positives.len() > 1 || !self.negatives.is_empty() || self.positives.iter().any(|p| p.len() > 1)
    }

    /// Reads rows and keeps those that fit, in the order given.
    pub(super) async fn judge(&self, conn: &impl Conn, rows: &[i64]) -> Result<Vec<Candidate>, StoreError> {
        let read = read(conn, rows, self.needs_neighbours()).await?;
        let words = Tokenizer::default();
        Ok(read.into_iter().filter_map(|row| self.candidate(row, &words)).collect())
    }

    fn candidate(&self, row: Row, words: &Tokenizer) -> Option<Candidate> {
        let terms = |text: &Option<String>| -> Vec<Token> {
            text.as_deref().map(|text| words.tokenize(text, &row.language)).unwrap_or_default()
        };
        let own = words.tokenize(&row.text, &row.language);
        let (before, after) = (terms(&row.before), terms(&row.after));
        let window = Window::new(&before, &own, &after);
        if self.negatives.iter().any(|pattern| !pattern.occurrences(&window).is_empty()) {
            return None;
        }
        let found: Vec<Vec<Occurrence>> =
            self.positives.iter().map(|pattern| pattern.occurrences(&window)).collect();
        let ranges: Vec<(usize, usize)> = found.iter().flatten().filter_map(|place| place.own).collect();
        if found.iter().any(Vec::is_empty) || (ranges.is_empty() && !self.positives.is_empty()) {
            return None;
        }
        let complete = found.iter().all(|places| places.iter().any(|place| place.whole));
        let own_parts = found.iter().filter(|places| places.iter().any(|place| place.own.is_some())).count();
        let score = self.weights.score(row.source, window.own_len, &found);
        Some(Candidate { row, score, complete, own_parts, ranges })
    }
}
