//! How well a row fits: BM25 over the query's parts, a neighbour's words counting less, titles more.

use std::collections::HashMap;

use super::pattern::{Occurrence, Pattern};
use super::results::HitSource;
use super::vocabulary;
use crate::{Conn, StoreError, repo};

/// BM25's saturation and length norm, as FTS5 has them.
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// Terms of a usual row; a constant, since segments are much alike.
const USUAL_LEN: f64 = 16.0;

/// The weight of each part of a query.
pub(super) struct Weights(Vec<f64>);

impl Weights {
    /// From how rare the words are in the whole index.
    pub(super) async fn of(conn: &impl Conn, patterns: &[Pattern]) -> Result<Self, StoreError> {
        if patterns.len() < 2 {
            return Ok(Self(patterns.iter().map(|_| 1.0).collect()));
        }
        let words: Vec<&str> = patterns.iter().flat_map(Pattern::terms).collect();
        let counts: HashMap<String, i64> = vocabulary::rows_with(conn, &words).await?;
        let rows = repo::scalar_i64(conn, "SELECT COALESCE(MAX(row_id), 0) FROM search_rows").await?;
        let weight = |pattern: &Pattern| {
            let count = pattern.terms().filter_map(|term| counts.get(term)).max().copied().unwrap_or(0);
            (1.0 + (float(rows) - float(count) + 0.5).max(0.0) / (float(count) + 0.5)).ln()
        };
        Ok(Self(patterns.iter().map(weight).collect()))
    }

    /// The score of a row in which the parts were found so.
    pub(super) fn score(&self, source: HitSource, own_len: usize, found: &[Vec<Occurrence>]) -> f64 {
        let length = float(i64::try_from(own_len).unwrap_or(i64::MAX));
        let norm = K1 * (1.0 - B + B * length / USUAL_LEN);
        let sum: f64 = self
            .0
            .iter()
            .zip(found)
            .map(|(weight, places)| {
                let count: f64 = places.iter().map(|place| if place.whole { 1.0 } else { 0.25 }).sum();
                weight * count * (K1 + 1.0) / (count + norm)
            })
            .sum();
        let of_source = match source {
            HitSource::Title => 2.0,
            HitSource::Body => 1.2,
            HitSource::Transcript | HitSource::Comment => 1.0,
        };
        sum * of_source
    }
}

/// A count as a float; counts here are far below 2^53.
fn float(count: i64) -> f64 {
    let clipped = count.clamp(0, i64::from(u32::MAX));
    u32::try_from(clipped).map_or(0.0, f64::from)
}
