//! Words without a hit, taken for misspelt.

use super::condition::{self, Condition};
use super::engine;
use super::filters::Filters;
use super::language::Language;
use super::pattern::Pattern;
use super::vocabulary;
use crate::{Conn, StoreError};

/// How many near words are tried, and how many are taken.
const TRIED: usize = 24;
const TAKEN: usize = 3;

/// A pattern that was replaced.
pub(super) struct Replaced {
    /// As it was typed.
    pub(super) word: String,
    /// Folded words that the viewer's rows have.
    pub(super) instead: Vec<String>,
}

/// Replaces each plain word that no row of the viewer's has by near words that one has.
pub(super) async fn correct(
    conn: &impl Conn,
    filters: &Filters,
    languages: &[Language],
    patterns: &mut [Pattern],
) -> Result<Vec<Replaced>, StoreError> {
    let mut replaced = Vec::new();
    for pattern in patterns.iter_mut().filter(|pattern| pattern.correctable) {
        let condition = condition::own_condition(&filters.audiences, pattern);
        if is_there(conn, &condition).await? {
            continue;
        }
        let Some(folded) = pattern.sequences.first().and_then(|sequence| sequence.first()).cloned() else {
            continue;
        };
        let mut instead = Vec::new();
        let mut nearest = usize::MAX;
        for (distance, word) in vocabulary::near(conn, &folded).await?.into_iter().take(TRIED) {
            if distance > nearest || instead.len() >= TAKEN {
                break;
            }
            if is_there(conn, &condition::term_condition(&filters.audiences, &word)).await? {
                nearest = distance;
                instead.push(word);
            }
        }
        if let Some(other) = Pattern::any_of(&pattern.typed, &instead, languages) {
            *pattern = other;
            replaced.push(Replaced { word: pattern.typed.clone(), instead });
        }
    }
    Ok(replaced)
}

async fn is_there(conn: &impl Conn, condition: &Condition) -> Result<bool, StoreError> {
    let found = engine::matching(conn, condition, engine::Between::default(), i64::MAX, 1).await?;
    Ok(!found.is_empty())
}
