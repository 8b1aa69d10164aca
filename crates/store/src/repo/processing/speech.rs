//! A transcript in the making, under the lease of its job. The text itself is kept by [`crate::repo::transcripts`].

use meridian_domain::enums::{EventKind, TranscriptStatus};
use meridian_domain::ids::{GenerationId, TranscriptId, UpdateId};
use meridian_domain::transcript::Span;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::status::{Facts, refresh};
use super::upload::enqueue;
use crate::entity::{transcript_segments, transcripts, updates};
use crate::repo::jobs::{self, Lease, Payload, execute};
use crate::repo::transcripts as texts;
use crate::repo::updates::emit;
use crate::{Conn, StoreError, Tx};

/// Longest title that is suggested, in characters.
const TITLE_CHARS: usize = 80;
/// Most transcripts that are made up in one sweep.
const MADE_UP_BATCH: u64 = 50;

/// Begins a recognised transcript; `transcript_status` is `running` unless there is an older text to read.
pub async fn begin_transcript(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    generation: GenerationId,
    language: &str,
    model: &str,
) -> Result<TranscriptId, StoreError> {
    jobs::fence(tx, lease).await?;
    let id = texts::begin_recognised(tx, update, Some(generation), language, model).await?;
    let sql = "UPDATE updates SET transcript_status = 'running', word_count = 0 \
        WHERE id = ? AND transcript_status <> 'ready'";
    execute(tx, sql, [update.0.into()]).await?;
    Ok(id)
}

/// Adds the segments of a window; people see them at once.
pub async fn append_window(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    transcript: TranscriptId,
    spans: &[Span],
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    texts::append_recognised(tx, transcript, spans).await?;
    // Counted while it grows: the first words are what players wait for to show captions.
    let words: usize = spans.iter().map(|span| span.words.len()).sum();
    let sql = "UPDATE updates SET word_count = word_count + ? WHERE id = ? AND transcript_status = 'running'";
    execute(tx, sql, [i64::try_from(words).unwrap_or(0).into(), update.0.into()]).await?;
    if let Some(first) = spans.first() {
        suggest_title(tx, update, &first.text).await?;
    }
    Ok(())
}

/// The recording was heard to its end.
pub async fn finish_transcript(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    transcript: TranscriptId,
    language: Option<&str>,
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    texts::finish_recognised(tx, transcript, language).await?;
    // The media may have been replaced meanwhile by itself with other loudness.
    let sql = "UPDATE transcripts SET generation_id = (SELECT u.generation_id FROM updates u \
        WHERE u.id = transcripts.update_id) WHERE id = ?";
    execute(tx, sql, [transcript.0.into()]).await?;
    refresh(tx, update).await?;
    Ok(())
}

/// There will be no text for now: `no_speech`, `unavailable` (no model) or `failed`. A text that is there stays.
pub async fn settle_transcript(
    tx: &Tx,
    lease: &Lease,
    update: UpdateId,
    status: TranscriptStatus,
) -> Result<(), StoreError> {
    jobs::fence(tx, lease).await?;
    settle(tx, update, status).await
}

/// The transcript could not be made: that fails no update.
pub async fn transcript_failed(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    settle(tx, update, TranscriptStatus::Failed).await
}

async fn settle(tx: &Tx, update: UpdateId, status: TranscriptStatus) -> Result<(), StoreError> {
    let sql = "UPDATE updates SET transcript_status = ? WHERE id = ? AND (transcript_status <> 'ready' \
        OR NOT EXISTS (SELECT 1 FROM transcripts t WHERE t.update_id = updates.id AND t.state = 'ready'))";
    execute(tx, sql, [status.as_str().into(), update.0.into()]).await?;
    // A text of an earlier attempt that stays now belongs to what players get.
    let sql = "UPDATE transcripts SET generation_id = (SELECT u.generation_id FROM updates u \
        WHERE u.id = transcripts.update_id) WHERE update_id = ? AND state = 'ready'";
    execute(tx, sql, [update.0.into()]).await?;
    if !refresh(tx, update).await? {
        emit(tx, EventKind::UpdateChanged, update).await?;
    }
    Ok(())
}

/// Removes recognised text of an update, all of it or that of other transcripts than `keep`.
pub(super) async fn drop_recognised(
    tx: &Tx,
    update: UpdateId,
    keep: Option<TranscriptId>,
) -> Result<(), StoreError> {
    let keep = keep.map_or(Uuid::nil(), |id| id.0);
    let rows: Vec<Uuid> = transcripts::Entity::find()
        .select_only()
        .column(transcripts::Column::Id)
        .filter(transcripts::Column::UpdateId.eq(update.0))
        .filter(transcripts::Column::Origin.eq("recognised"))
        .filter(transcripts::Column::Id.ne(keep))
        .into_tuple()
        .all(tx.raw())
        .await?;
    transcript_segments::Entity::delete_many()
        .filter(transcript_segments::Column::TranscriptId.is_in(rows.clone()))
        .exec(tx.raw())
        .await?;
    transcripts::Entity::delete_many().filter(transcripts::Column::Id.is_in(rows)).exec(tx.raw()).await?;
    crate::repo::search::index_update(tx, update).await
}

/// An update without a title gets its first sentence as one.
async fn suggest_title(tx: &Tx, update: UpdateId, sentence: &str) -> Result<(), StoreError> {
    let title = shorten(sentence);
    if title.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE updates SET title = ? WHERE id = ? AND title = ''";
    if execute(tx, sql, [title.as_str().into(), update.0.into()]).await? == 1 {
        emit(tx, EventKind::UpdateChanged, update).await?;
        crate::repo::search::index_update(tx, update).await?;
    }
    Ok(())
}

/// The first sentence, cut at a word when it is long.
fn shorten(sentence: &str) -> String {
    let whole = sentence.trim().trim_end_matches(['.', ',', ';', ':', '。', '、']).trim_end();
    if whole.chars().count() <= TITLE_CHARS {
        return whole.to_owned();
    }
    let cut: String = whole.chars().take(TITLE_CHARS - 1).collect();
    let at_word = cut.rfind(char::is_whitespace).filter(|at| *at > cut.len() / 2);
    let kept = at_word.and_then(|at| cut.get(..at)).unwrap_or(&cut);
    format!("{}…", kept.trim_end_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation()))
}

/// Updates whose transcript waits for a model and whose media has sound, oldest first.
pub async fn unavailable_transcripts(conn: &impl Conn) -> Result<Vec<UpdateId>, StoreError> {
    let rows: Vec<Uuid> = updates::Entity::find()
        .select_only()
        .column(updates::Column::Id)
        .filter(updates::Column::TranscriptStatus.eq("unavailable"))
        .filter(updates::Column::DeletedAt.is_null())
        .filter(updates::Column::GenerationId.is_not_null())
        .filter(updates::Column::Status.is_in(["ready", "playable"]))
        .filter(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM jobs j WHERE j.update_id = updates.id AND j.kind IN \
             ('process_update', 'transcribe_update') AND j.state IN ('queued', 'running', 'parked'))",
        ))
        .order_by_asc(updates::Column::CreatedAt)
        .limit(MADE_UP_BATCH)
        .into_tuple()
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Enqueues a transcript that waited for a model, behind everything that somebody waits for.
pub async fn enqueue_made_up(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    let Some(facts) = Facts::read(tx, update).await? else { return Ok(()) };
    if facts.update.transcript_status != "unavailable" || facts.current.is_none() {
        return Ok(());
    }
    let language = facts.update.language.clone();
    let payload = Payload::TranscribeUpdate { v: jobs::PAYLOAD_VERSION, update_id: update, language };
    enqueue(tx, &facts, payload, 10, format!("transcribe:{update}")).await
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn a_title_is_the_first_sentence_cut_at_a_word() {
        assert_eq!(shorten("  We shipped the importer. "), "We shipped the importer");
        let long = "word ".repeat(40);
        let title = shorten(&long);
        assert!(title.chars().count() <= 80 && title.ends_with("word…"), "{title}");
        let unspaced = "字".repeat(100);
        assert_eq!(shorten(&unspaced).chars().count(), 80);
        assert_eq!(shorten(" . "), "");
    }
}
