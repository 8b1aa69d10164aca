//! The words of the index as they are written, how many rows have each, and which are near to a misspelt one.
//!
//! It is one for the whole instance, so a word from it is only ever used after the asker's own rows were seen to
//! have it.

use std::collections::HashMap;

use serde_json::json;
use strsim::osa_distance;

use super::language::Language;
use super::sql;
use super::tokens::{Kind, tokenize};
use crate::entity::search_rows;
use crate::{Conn, StoreError, Tx};

/// How many entries one statement takes.
const BATCH: usize = 4_000;
/// How many words that share trigrams are compared.
const COMPARED: i64 = 300;

/// Counts the words of rows that went and of rows that came.
pub(super) async fn change<'a>(
    tx: &Tx,
    gone: &'a [search_rows::Model],
    came: impl Iterator<Item = &'a search_rows::Model>,
) -> Result<(), StoreError> {
    let mut counts: HashMap<String, i64> = HashMap::new();
    for (row, by) in gone.iter().map(|row| (row, -1)).chain(came.map(|row| (row, 1))) {
        for word in words(row) {
            *counts.entry(word).or_default() += by;
        }
    }
    let mut more: Vec<(String, i64)> =
        counts.iter().filter(|c| *c.1 > 0).map(|c| (c.0.clone(), *c.1)).collect();
    let mut less: Vec<(String, i64)> = counts.into_iter().filter(|c| c.1 < 0).collect();
    more.sort_unstable();
    less.sort_unstable();
    for batch in more.chunks(BATCH) {
        add(tx, batch).await?;
    }
    for batch in less.chunks(BATCH) {
        subtract(tx, batch).await?;
    }
    Ok(())
}

/// The different words of a row that somebody may misspell.
fn words(row: &search_rows::Model) -> Vec<String> {
    let language = row.language.as_deref().and_then(Language::of_tag).unwrap_or_else(Language::none);
    let tokens = tokenize(&row.text, &language).into_iter();
    let mut words: Vec<String> = tokens
        .filter(|token| token.kind == Kind::Word && is_correctable(&token.surface))
        .map(|token| token.surface)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn is_correctable(word: &str) -> bool {
    (3..=32).contains(&word.chars().count()) && word.chars().all(char::is_alphabetic)
}

fn trigrams(word: &str) -> Vec<String> {
    let padded: Vec<char> = std::iter::once('^').chain(word.chars()).chain(std::iter::once('$')).collect();
    let mut found: Vec<String> = padded.windows(3).map(|three| three.iter().collect()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn pairs<'a>(words: impl Iterator<Item = &'a str>) -> Vec<(String, &'a str)> {
    words.flat_map(|word| trigrams(word).into_iter().map(move |trigram| (trigram, word))).collect()
}

async fn add(tx: &Tx, batch: &[(String, i64)]) -> Result<(), StoreError> {
    // `WHERE TRUE` keeps ON CONFLICT from being read as a join.
    let sql = "INSERT INTO vocabulary (term, rows_count) \
        {counts} WHERE TRUE \
        ON CONFLICT (term) DO UPDATE SET rows_count = vocabulary.rows_count + excluded.rows_count \
        RETURNING term, rows_count";
    let counts: HashMap<&str, i64> = batch.iter().map(|(word, count)| (word.as_str(), *count)).collect();
    let mut fresh = Vec::new();
    for row in sql::all(tx, sql, [json!(batch).to_string().into()]).await? {
        let (term, count): (String, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if counts.get(term.as_str()) == Some(&count) {
            fresh.push(term);
        }
    }
    let pairs = pairs(fresh.iter().map(String::as_str));
    for batch in pairs.chunks(BATCH) {
        let sql = "INSERT INTO vocabulary_trigrams (trigram, term) \
            {pairs} WHERE TRUE ON CONFLICT DO NOTHING";
        sql::execute(tx, sql, [json!(batch).to_string().into()]).await?;
    }
    Ok(())
}

async fn subtract(tx: &Tx, batch: &[(String, i64)]) -> Result<(), StoreError> {
    let batch = json!(batch).to_string();
    let sql = "UPDATE vocabulary SET rows_count = vocabulary.rows_count + j.count \
        FROM ({counts}) j WHERE vocabulary.term = j.term";
    sql::execute(tx, sql, [batch.clone().into()]).await?;
    let sql = "DELETE FROM vocabulary WHERE rows_count <= 0 \
        AND term IN (SELECT j.term FROM ({counts}) j) RETURNING term";
    let mut dead: Vec<String> = Vec::new();
    for row in sql::all(tx, sql, [batch.into()]).await? {
        dead.push(row.try_get_by_index(0)?);
    }
    for batch in pairs(dead.iter().map(String::as_str)).chunks(BATCH) {
        let sql = "DELETE FROM vocabulary_trigrams WHERE (trigram, term) IN \
            ({pairs})";
        sql::execute(tx, sql, [json!(batch).to_string().into()]).await?;
    }
    Ok(())
}

/// In how many rows the words stand, all instances of them together; 0 for those that no row has.
pub(super) async fn rows_with(conn: &impl Conn, words: &[&str]) -> Result<HashMap<String, i64>, StoreError> {
    let sql = "SELECT term, rows_count FROM vocabulary WHERE term IN ({texts})";
    let rows = sql::all(conn, sql, [json!(words).to_string().into()]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// Words at most two edits away (one for short words), nearest and then most frequent first.
pub(super) async fn near(conn: &impl Conn, word: &str) -> Result<Vec<(usize, String)>, StoreError> {
    let length = word.chars().count();
    if !is_correctable(word) {
        return Ok(Vec::new());
    }
    let allowed = if length <= 4 { 1 } else { 2 };
    let sql = "SELECT t.term, v.rows_count FROM (SELECT term, COUNT(*) AS shared FROM vocabulary_trigrams \
        WHERE trigram IN ({texts}) GROUP BY term \
        HAVING ABS(LENGTH(term) - ?) <= ? ORDER BY shared DESC LIMIT ?) t JOIN vocabulary v ON v.term = t.term";
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let allowed_length = i64::try_from(allowed).unwrap_or(2);
    let trigrams = json!(trigrams(word)).to_string();
    let values = [trigrams.into(), length.into(), allowed_length.into(), COMPARED.into()];
    let mut found: Vec<(usize, i64, String)> = Vec::new();
    for row in sql::all(conn, sql, values).await? {
        let (term, count): (String, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let distance = osa_distance(word, &term);
        if (1..=allowed).contains(&distance) {
            found.push((distance, -count, term));
        }
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(distance, _, term)| (distance, term)).collect())
}
