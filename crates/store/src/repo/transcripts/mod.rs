//! Transcripts: kept by (update, language, origin). An edited one goes before an imported, that before a recognised.
//! A transcript that is to be made anew is marked outdated: it stays the one that people see until the new one is
//! whole.

mod edit;
mod recognise;
mod suggestions;

use std::collections::HashMap;

use meridian_domain::enums::TranscriptOrigin;
use meridian_domain::ids::{SegmentId, TranscriptId, UpdateId, UserId};
use meridian_domain::transcript::{Span, Word, cut};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use edit::{Edited, Import, edit_segment, import, regenerate};
pub use recognise::{append_recognised, begin_recognised, finish_recognised};
pub use suggestions::{Suggestion, accept, dismiss, suggestion_for, suggestions};

use crate::entity::{transcript_segments, transcripts};
use crate::repo::several;
use crate::repo::updates::{self, RowUpdate};
use crate::{Conn, StoreError, json};

/// Whole.
const READY: &str = "ready";
/// Windows are being recognised.
const RUNNING: &str = "running";

/// A segment of a transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its id; an edit keeps it.
    pub id: SegmentId,
    /// Times, text and words, on the source's time line.
    pub span: Span,
}

/// A transcript with its segments in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// Which.
    pub id: TranscriptId,
    /// Of which update.
    pub update_id: UpdateId,
    /// A language tag such as `en`; `und` where nobody knows.
    pub language: String,
    /// Where the text comes from.
    pub origin: TranscriptOrigin,
    /// Which model made it.
    pub model: Option<String>,
    /// Grows with every change, over all transcripts of the update.
    pub revision: i64,
    /// Whether it is whole; `false` while windows are still being recognised.
    pub whole: bool,
    /// The segments.
    pub segments: Vec<Segment>,
}

impl Transcript {
    /// Without what a trim hides; times stay on the source's time line.
    #[must_use]
    pub fn visible(mut self, update: &RowUpdate) -> Self {
        if let Some(trim) = update.trim {
            self.segments = self
                .segments
                .into_iter()
                .filter_map(|segment| {
                    cut(&segment.span, trim.start_ms, trim.end_ms).map(|span| Segment { span, ..segment })
                })
                .collect();
        }
        self
    }

    /// Its spans alone, as the writers of `meridian_domain::transcript` take them.
    pub fn spans(&self) -> Vec<Span> {
        self.segments.iter().map(|segment| segment.span.clone()).collect()
    }

    /// The spans for a file: they begin at 0 where the update is trimmed.
    pub fn exported(self, update: &RowUpdate) -> Vec<Span> {
        let start = update.trim.map_or(0, |trim| trim.start_ms);
        let spans = self.visible(update).spans();
        spans.iter().map(|span| meridian_domain::transcript::earlier(span, start)).collect()
    }
}

/// The transcript that people see: of this language, else in any.
pub async fn current(
    conn: &impl Conn,
    update: UpdateId,
    language: Option<&str>,
) -> Result<Option<Transcript>, StoreError> {
    let rows = ordered(conn, vec![update.0]).await?;
    let fits =
        |row: &&transcripts::Model| language.is_none_or(|language| same_language(&row.language, language));
    match rows.iter().find(fits) {
        Some(row) => Ok(Some(whole(row, segment_rows(conn, vec![row.id]).await?)?)),
        None => Ok(None),
    }
}

/// What was said in some updates as far as their trims show it, by update, on the source's time line; a few statements
/// whatever their number. The words, which are most of a transcript, come only where a trim may cut between them.
pub async fn said_in(
    conn: &impl Conn,
    updates: &[&RowUpdate],
) -> Result<HashMap<UpdateId, Vec<Span>>, StoreError> {
    if updates.is_empty() {
        return Ok(HashMap::new());
    }
    let mut current: HashMap<Uuid, transcripts::Model> = HashMap::new();
    for row in ordered(conn, updates.iter().map(|update| update.id.0).collect()).await? {
        current.entry(row.update_id).or_insert(row);
    }
    let of = |trimmed: bool| {
        let wanted = updates.iter().filter(move |update| update.trim.is_some() == trimmed);
        wanted.filter_map(|update| Some((*update, current.get(&update.id.0)?))).collect::<Vec<_>>()
    };
    let (plain, trimmed) = (of(false), of(true));
    let mut said = HashMap::new();
    for (transcript, span) in plain_spans(conn, plain.iter().map(|(_, row)| row.id).collect()).await? {
        said.entry(transcript).or_insert_with(Vec::new).push(span);
    }
    let mut said: HashMap<UpdateId, Vec<Span>> =
        plain.iter().map(|(update, row)| (update.id, said.remove(&row.id).unwrap_or_default())).collect();
    for (update, row) in trimmed {
        let segments = segment_rows(conn, vec![row.id]).await?;
        said.insert(update.id, whole(row, segments)?.visible(update).spans());
    }
    Ok(said)
}

/// Spans without their words, with the transcript that each is of; in order.
async fn plain_spans(conn: &impl Conn, transcripts: Vec<Uuid>) -> Result<Vec<(Uuid, Span)>, StoreError> {
    use transcript_segments::Column;
    if transcripts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, i64, i64, String)> = transcript_segments::Entity::find()
        .select_only()
        .columns([Column::TranscriptId, Column::StartMs, Column::EndMs, Column::Text])
        .filter(Column::TranscriptId.is_in(several(transcripts)))
        .order_by_asc(Column::StartMs)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(conn.raw())
        .await?;
    let span = |(id, start_ms, end_ms, text)| (id, Span { start_ms, end_ms, text, words: Vec::new() });
    Ok(rows.into_iter().map(span).collect())
}

/// The row of the transcript that people see.
pub(crate) async fn current_row(
    conn: &impl Conn,
    update: UpdateId,
) -> Result<Option<transcripts::Model>, StoreError> {
    Ok(ordered(conn, vec![update.0]).await?.into_iter().next())
}

/// Transcripts of some updates; of each the one that people see comes first.
async fn ordered(conn: &impl Conn, updates: Vec<Uuid>) -> Result<Vec<transcripts::Model>, StoreError> {
    let mut rows = transcripts::Entity::find()
        .filter(transcripts::Column::UpdateId.is_in(several(updates)))
        .filter(transcripts::Column::State.is_in([READY, RUNNING]))
        .order_by_desc(transcripts::Column::Revision)
        .all(conn.raw())
        .await?;
    let precedence = |origin: &str| match origin.parse() {
        Ok(TranscriptOrigin::Edited) => 0,
        Ok(TranscriptOrigin::Imported) => 1,
        Ok(TranscriptOrigin::Recognised) => 2,
        _ => 3,
    };
    rows.sort_by_key(|row| (row.state != READY, row.outdated, precedence(&row.origin)));
    Ok(rows)
}

fn same_language(a: &str, b: &str) -> bool {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    primary(a) == primary(b)
}

fn whole(
    row: &transcripts::Model,
    segments: Vec<transcript_segments::Model>,
) -> Result<Transcript, StoreError> {
    Ok(Transcript {
        id: row.id.into(),
        update_id: row.update_id.into(),
        language: row.language.clone(),
        origin: row.origin.parse()?,
        model: row.model.clone(),
        revision: row.revision,
        whole: row.state == READY,
        segments: segments.into_iter().map(segment).collect::<Result<_, _>>()?,
    })
}

async fn segment_rows(
    conn: &impl Conn,
    transcripts: Vec<Uuid>,
) -> Result<Vec<transcript_segments::Model>, StoreError> {
    let query = transcript_segments::Entity::find()
        .filter(transcript_segments::Column::TranscriptId.is_in(several(transcripts)))
        .order_by_asc(transcript_segments::Column::StartMs)
        .order_by_asc(transcript_segments::Column::Id);
    Ok(query.all(conn.raw()).await?)
}

fn segment(row: transcript_segments::Model) -> Result<Segment, StoreError> {
    let words: Vec<Word> = json::read("transcript_segments.words", &row.words)?;
    let span = Span { start_ms: row.start_ms, end_ms: row.end_ms, text: row.text, words };
    Ok(Segment { id: row.id.into(), span })
}

/// A segment that people see, with its update.
#[derive(Clone, Debug)]
pub struct FoundSegment {
    /// The update.
    pub update: RowUpdate,
    /// Whether the viewer may edit it.
    pub manages: bool,
    /// The transcript's revision.
    pub revision: i64,
}

/// A segment of the transcript that people see, if the viewer sees its update and no trim hides it.
pub async fn segment_for(
    conn: &impl Conn,
    viewer: UserId,
    id: SegmentId,
) -> Result<Option<FoundSegment>, StoreError> {
    let Some(row) = transcript_segments::Entity::find_by_id(id.0).one(conn.raw()).await? else {
        return Ok(None);
    };
    let found = updates::find_with_rights(conn, viewer, row.update_id.into()).await?;
    // Of other transcripts nobody was told.
    let current = current_row(conn, row.update_id.into()).await?;
    let current = current.filter(|current| current.id == row.transcript_id);
    let (Some((update, manages)), Some(current)) = (found, current) else { return Ok(None) };
    let hidden = match update.trim {
        Some(trim) => cut(&segment(row)?.span, trim.start_ms, trim.end_ms).is_none(),
        None => false,
    };
    Ok((!hidden).then_some(FoundSegment { update, manages, revision: current.revision }))
}
