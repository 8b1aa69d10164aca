//! The rows that the index should have, and how it comes to have them.

use std::collections::HashMap;

use meridian_domain::ids::UpdateId;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::engine::Entry;
use super::language::Language;
use super::near::{Columns, columns};
use super::results::HitSource;
use super::tokens::{Token, tokenize};
use super::{condition, engine, plain, sql, vocabulary};
use crate::entity::{comments, search_rows, transcript_segments, updates};
use crate::{Conn, StoreError, Tx, repo};

/// How many rows one statement writes.
const BATCH: usize = 200;

/// A row as it should be.
pub(super) struct Wanted {
    pub(super) source: HitSource,
    pub(super) text: String,
    workspace_id: Uuid,
    audience_id: Uuid,
    update_id: Uuid,
    segment_id: Option<Uuid>,
    comment_id: Option<Uuid>,
    start_ms: Option<i64>,
    end_ms: Option<i64>,
    at: i64,
    language: Language,
    facets: String,
    columns: Columns,
}

impl Wanted {
    /// A title or body.
    pub(super) fn of_update(update: &updates::Model, source: HitSource, text: &str) -> Self {
        let language = language_of(update, text);
        let own = tokenize(text, &language);
        Self {
            source,
            text: text.to_owned(),
            workspace_id: update.workspace_id,
            audience_id: update.audience_id,
            update_id: update.id,
            segment_id: None,
            comment_id: None,
            start_ms: None,
            end_ms: None,
            at: update.published_at.unwrap_or(update.created_at),
            language,
            facets: facets(update, source, update.author_id, None),
            columns: columns(&[], &own, &[]),
        }
    }

    /// A comment.
    pub(super) fn of_comment(update: &updates::Model, comment: &comments::Model) -> Self {
        Self {
            comment_id: Some(comment.id),
            start_ms: comment.at_ms,
            end_ms: comment.end_ms.or(comment.at_ms),
            at: comment.created_at,
            facets: facets(update, HitSource::Comment, comment.author_id, Some(&comment.kind)),
            ..Self::of_update(update, HitSource::Comment, &plain::text(&comment.body))
        }
    }

    /// Segments in order; `context` stands before the first and gets no row.
    pub(super) fn of_segments(
        update: &updates::Model,
        language: &str,
        segments: &[transcript_segments::Model],
        context: Option<&transcript_segments::Model>,
    ) -> impl Iterator<Item = Self> {
        let language = Language::of_tag(language);
        let terms = |text: &str| {
            let language = language.clone().unwrap_or_else(|| Language::guess(text));
            (tokenize(text, &language), language)
        };
        let before = context.map(|segment| terms(&segment.text).0);
        let all: Vec<(Vec<Token>, Language)> = segments.iter().map(|segment| terms(&segment.text)).collect();
        let mut rows = Vec::with_capacity(segments.len());
        for (i, (segment, (own, language))) in segments.iter().zip(&all).enumerate() {
            let previous = match i.checked_sub(1) {
                Some(i) => all.get(i).map(|found| found.0.as_slice()),
                None => before.as_deref(),
            };
            let next = all.get(i + 1).map(|found| found.0.as_slice());
            rows.push(Self {
                source: HitSource::Transcript,
                text: segment.text.clone(),
                workspace_id: update.workspace_id,
                audience_id: update.audience_id,
                update_id: update.id,
                segment_id: Some(segment.id),
                comment_id: None,
                start_ms: Some(segment.start_ms),
                end_ms: Some(segment.end_ms),
                at: update.published_at.unwrap_or(update.created_at),
                language: language.clone(),
                facets: facets(update, HitSource::Transcript, update.author_id, None),
                columns: columns(previous.unwrap_or_default(), own, next.unwrap_or_default()),
            });
        }
        rows.into_iter()
    }

    fn key(&self) -> (&'static str, Option<Uuid>, Option<Uuid>) {
        (self.source.as_str(), self.segment_id, self.comment_id)
    }

    /// What tells whether the index and the vocabulary have to learn it anew.
    fn digest(&self) -> i64 {
        let mut hash = Sha256::new();
        let language = self.language.tag();
        let columns = &self.columns;
        for part in [&self.text, language, &self.facets, &columns.body, &columns.surface, &columns.near] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let bytes: [u8; 32] = hash.finalize().into();
        bytes.iter().take(8).fold(0, |sum, byte| (sum << 8) | i64::from(*byte))
    }

    fn model(&self, row_id: i64, digest: i64) -> search_rows::Model {
        search_rows::Model {
            row_id,
            workspace_id: self.workspace_id,
            audience_id: self.audience_id,
            update_id: self.update_id,
            source: self.source.as_str().to_owned(),
            segment_id: self.segment_id,
            comment_id: self.comment_id,
            start_ms: self.start_ms,
            end_ms: self.end_ms,
            at: self.at,
            language: Some(self.language.tag().to_owned()),
            text: self.text.clone(),
            digest,
        }
    }
}

/// The update's language for its words, as far as anybody told it.
fn language_of(update: &updates::Model, text: &str) -> Language {
    let told = update.transcript_language.as_deref().or(update.language.as_deref());
    told.and_then(Language::of_tag).unwrap_or_else(|| Language::guess(text))
}

fn facets(update: &updates::Model, source: HitSource, author: Uuid, comment_kind: Option<&str>) -> String {
    let mut facets = vec![
        condition::id_facet('a', update.audience_id),
        condition::id_facet('t', update.team_id),
        condition::id_facet('u', author),
        condition::word_facet('s', source.as_str()),
        condition::word_facet('k', &update.kind),
    ];
    facets.extend(comment_kind.map(|kind| condition::word_facet('c', kind)));
    facets.join(" ")
}

/// Makes the present rows what they should be.
pub(super) async fn reconcile(
    tx: &Tx,
    present: Vec<search_rows::Model>,
    wanted: Vec<Wanted>,
) -> Result<(), StoreError> {
    let mut by_key: HashMap<(String, Option<Uuid>, Option<Uuid>), search_rows::Model> = HashMap::new();
    let mut gone = Vec::new();
    for row in present {
        if let Some(twice) = by_key.insert((row.source.clone(), row.segment_id, row.comment_id), row) {
            gone.push(twice);
        }
    }
    let mut written = Vec::new();
    let mut new = Vec::new();
    for row in wanted {
        let (source, segment, comment) = row.key();
        let digest = row.digest();
        match by_key.remove(&(source.to_owned(), segment, comment)) {
            Some(old) if old == row.model(old.row_id, digest) => {}
            Some(old) => {
                written.push((row.model(old.row_id, digest), row));
                gone.push(old);
            }
            None => new.push((row, digest)),
        }
    }
    let mut free: Vec<i64> = by_key.values().map(|row| row.row_id).collect();
    free.sort_unstable_by(|a, b| b.cmp(a));
    gone.extend(by_key.into_values());
    if gone.is_empty() && new.is_empty() {
        return Ok(());
    }
    let mut next = repo::scalar_i64(tx, "SELECT COALESCE(MAX(row_id), 0) FROM search_rows").await?;
    for (row, digest) in new {
        let row_id = free.pop().unwrap_or_else(|| {
            next += 1;
            next
        });
        written.push((row.model(row_id, digest), row));
    }
    note_languages(tx, &written).await?;
    vocabulary::change(tx, &gone, written.iter().map(|(model, _)| model)).await?;
    delete(tx, &gone).await?;
    insert(tx, &written).await
}

/// Puts present rows into the index, which has none of them yet, and then makes them what they should be.
pub(super) async fn refill(
    tx: &Tx,
    present: Vec<search_rows::Model>,
    wanted: Vec<Wanted>,
) -> Result<(), StoreError> {
    let numbers: HashMap<(&str, Option<Uuid>, Option<Uuid>), i64> = present
        .iter()
        .map(|row| ((row.source.as_str(), row.segment_id, row.comment_id), row.row_id))
        .collect();
    let entries: Vec<Entry<'_>> = wanted
        .iter()
        .filter_map(|row| {
            let row_id = *numbers.get(&row.key())?;
            Some(Entry { row_id, facets: &row.facets, columns: &row.columns })
        })
        .collect();
    for batch in entries.chunks(BATCH) {
        engine::insert(tx, batch).await?;
    }
    reconcile(tx, present, wanted).await
}

async fn note_languages(tx: &Tx, written: &[(search_rows::Model, Wanted)]) -> Result<(), StoreError> {
    let tags: std::collections::BTreeSet<&str> = written.iter().map(|(_, row)| row.language.tag()).collect();
    let sql = "INSERT INTO search_languages (language) {texts} WHERE TRUE ON CONFLICT DO NOTHING";
    sql::execute(tx, sql, [json!(tags).to_string().into()]).await
}

async fn delete(tx: &Tx, gone: &[search_rows::Model]) -> Result<(), StoreError> {
    for batch in gone.chunks(BATCH) {
        let ids: Vec<i64> = batch.iter().map(|row| row.row_id).collect();
        engine::delete(tx, &ids).await?;
        search_rows::Entity::delete_many()
            .filter(search_rows::Column::RowId.is_in(ids))
            .exec(tx.raw())
            .await?;
    }
    Ok(())
}

async fn insert(tx: &Tx, written: &[(search_rows::Model, Wanted)]) -> Result<(), StoreError> {
    for batch in written.chunks(BATCH) {
        let rows = batch.iter().map(|(model, _)| active(model.clone()));
        search_rows::Entity::insert_many(rows).exec_without_returning(tx.raw()).await?;
        let entries: Vec<Entry<'_>> = batch
            .iter()
            .map(|(model, row)| Entry { row_id: model.row_id, facets: &row.facets, columns: &row.columns })
            .collect();
        engine::insert(tx, &entries).await?;
    }
    Ok(())
}

fn active(row: search_rows::Model) -> search_rows::ActiveModel {
    search_rows::ActiveModel {
        row_id: Set(row.row_id),
        workspace_id: Set(row.workspace_id),
        audience_id: Set(row.audience_id),
        update_id: Set(row.update_id),
        source: Set(row.source),
        segment_id: Set(row.segment_id),
        comment_id: Set(row.comment_id),
        start_ms: Set(row.start_ms),
        end_ms: Set(row.end_ms),
        at: Set(row.at),
        language: Set(row.language),
        text: Set(row.text),
        digest: Set(row.digest),
    }
}

/// The numbers of an update's rows from one on.
pub(super) async fn numbers(conn: &impl Conn, update: UpdateId, from: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT row_id FROM search_rows WHERE update_id = ? AND row_id >= ?";
    let rows = sql::all(conn, sql, [update.0.into(), from.into()]).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Where the rows of other updates go on: everything between this number and `below` is of this update.
pub(super) async fn next_update(conn: &impl Conn, update: UpdateId, below: i64) -> Result<i64, StoreError> {
    let sql =
        "SELECT row_id FROM search_rows WHERE row_id < ? AND update_id <> ? ORDER BY row_id DESC LIMIT 1";
    let rows = sql::all(conn, sql, [below.into(), update.0.into()]).await?;
    let other: Option<i64> = rows.first().map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(other.map_or(0, |row| row.saturating_add(1)))
}
