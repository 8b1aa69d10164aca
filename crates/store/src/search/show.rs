//! Candidates as hits: excerpts, highlights, and the time of the first matching word.

use std::collections::HashMap;

use meridian_domain::transcript::Word;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::candidates::Candidate;
use super::correct::Replaced;
use super::language::Language;
use super::pattern::united;
use super::results::{Correction, Hit, HitSource, Item};
use super::tokens::tokenize;
use crate::entity::transcript_segments;
use crate::{Conn, StoreError, json};

/// The longest text of a hit, in code points.
const MAX_TEXT: usize = 320;
/// How much of it stands before the first match.
const LEAD: usize = 80;

/// Turns the hits of some items into what is shown.
pub(super) async fn items(
    conn: &impl Conn,
    groups: Vec<(meridian_domain::ids::UpdateId, f64, Vec<Candidate>)>,
) -> Result<Vec<Item>, StoreError> {
    let candidates = groups.iter().flat_map(|group| &group.2);
    let ids: Vec<Uuid> = candidates.filter_map(|candidate| candidate.row.segment_id).collect();
    let words = words(conn, ids).await?;
    let shown = groups.into_iter().map(|(update_id, score, candidates)| Item {
        update_id,
        score,
        hits: candidates.into_iter().map(|candidate| hit(candidate, &words)).collect(),
    });
    Ok(shown.collect())
}

async fn words(conn: &impl Conn, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<Word>>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = transcript_segments::Entity::find()
        .select_only()
        .columns([transcript_segments::Column::Id, transcript_segments::Column::Words])
        .filter(transcript_segments::Column::Id.is_in(ids))
        .into_tuple()
        .all(conn.raw())
        .await?;
    rows.into_iter().map(|(id, words)| Ok((id, json::read("transcript_segments.words", &words)?))).collect()
}

fn hit(candidate: Candidate, words: &HashMap<Uuid, Vec<Word>>) -> Hit {
    let row = candidate.row;
    let ranges = united(candidate.ranges);
    let first = ranges.first().map(|range| range.0);
    let spoken = row.segment_id.and_then(|id| words.get(&id)).zip(first);
    let start_ms = spoken.and_then(|(words, at)| word_at(&row.text, words, at)).or(row.start_ms);
    let (text, highlights) = excerpt(row.text, ranges);
    Hit {
        source: row.source,
        start_ms,
        end_ms: row.end_ms,
        text,
        highlights,
        comment_id: row.comment_id.map(Into::into),
        segment_id: row.segment_id.filter(|_| row.source == HitSource::Transcript).map(Into::into),
    }
}

/// When the word at a code point of a segment's text is said.
fn word_at(text: &str, words: &[Word], at: usize) -> Option<i64> {
    let mut byte = 0;
    let mut found = None;
    for word in words {
        // A word that a trim took away is not in the text.
        let Some(start) = text.get(byte..)?.find(&word.text).map(|at| byte + at) else { continue };
        let begins = text.get(..start)?.chars().count();
        if begins > at {
            break;
        }
        found = Some(word.start_ms);
        byte = start + word.text.len();
    }
    found
}

/// The part of a long text around the first match.
fn excerpt(text: String, ranges: Vec<(usize, usize)>) -> (String, Vec<(usize, usize)>) {
    let length = text.chars().count();
    if length <= MAX_TEXT {
        return (text, ranges);
    }
    let first = ranges.first().map_or(0, |range| range.0);
    let chars: Vec<char> = text.chars().collect();
    let earliest = first.saturating_sub(LEAD).min(length - MAX_TEXT);
    let spaces = chars.iter().enumerate().take(first).skip(earliest).filter(|(_, c)| c.is_whitespace());
    let from = if earliest == 0 { 0 } else { spaces.map(|(at, _)| at + 1).next().unwrap_or(earliest) };
    let to = (from + MAX_TEXT).min(length);
    let inside = ranges.into_iter().filter(|range| range.1 > from && range.0 < to);
    let shifted = inside.map(|(a, b)| (a.max(from) - from, b.min(to) - from)).collect();
    (chars.get(from..to).unwrap_or_default().iter().collect(), shifted)
}

/// Which of the words that were looked for instead the shown hits have, as they are written there.
pub(super) fn corrections(replaced: Vec<Replaced>, items: &[Item]) -> Vec<Correction> {
    let mut written: HashMap<String, String> = HashMap::new();
    for hit in items.iter().flat_map(|item| &item.hits) {
        for (from, to) in &hit.highlights {
            let text: String = hit.text.chars().skip(*from).take(to - from).collect();
            for token in tokenize(&text, &Language::none()) {
                written.entry(token.surface).or_insert(token.lower);
            }
        }
    }
    let named = replaced.into_iter().filter_map(|one| {
        let exact: Vec<String> = one.instead.iter().filter_map(|word| written.get(word).cloned()).collect();
        // The page's hits may have the word inflected only; then it is named as it was looked for.
        let instead = if exact.is_empty() { one.instead } else { exact };
        (!items.is_empty()).then_some(Correction { word: one.word, instead })
    });
    named.collect()
}
