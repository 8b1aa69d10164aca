//! Media and transcript of an update, from its first chunk on: one attempt makes one generation.

use meridian_domain::enums::TranscriptStatus;
use meridian_domain::ids::UpdateId;
use meridian_media::protocol::{Finished, Request, Source as Reading};
use meridian_store::repo::jobs as queue;
use meridian_store::repo::processing::{self, MediaEnd, UpdateView};

use crate::context::Context;
use crate::error::JobError;
use crate::figures;
use crate::job::Job;
use crate::loudness;
use crate::publish::Publisher;
use crate::session::{self, Ended, Patience, drain};
use crate::source::Source;
use crate::speech::listen::settle;

/// How far the recorder's own clock may be off before it is worth telling: 2 s or a twentieth.
const DURATION_SLACK_MS: i64 = 2_000;
/// Who stops at the limit has recorded a little more: recorders look at their clock now and then, and end a piece late.
const LIMIT_SLACK_MS: u64 = 5_000;

pub(super) async fn run(context: &Context, job: &Job, update: UpdateId) -> Result<(), JobError> {
    let view = processing::view(context.store.reader(), update).await?;
    let Some((view, upload)) = view.and_then(|v| Some((v.clone(), v.upload_id?))) else {
        let tx = context.store.write().await?;
        queue::finish(&tx, job.lease()).await?;
        return Ok(tx.commit().await?);
    };
    if let Some(current) = view.current.as_ref().filter(|c| c.covers_source) {
        // The attempt before died after the media was whole: only the text is missing.
        let (generation, language) = (current.generation_id, view.language.clone());
        if let Some(gain_db) = current.wanted_gain_db {
            loudness::level(context, job, &view, generation, gain_db).await?;
        }
        let generation = current_of(context, update).await?.unwrap_or(generation);
        super::transcribe_update::remake(context, job, &view, generation, language).await?;
    } else {
        let news = context.news.clone();
        let mut source = Source::upload(&context.store, &context.blobs, upload, news).await?;
        Box::pin(media_and_text(context, job, &view, &mut source)).await?;
    }
    let tx = context.store.write().await?;
    processing::finish_job(&tx, job.lease(), update).await?;
    Ok(tx.commit().await?)
}

async fn media_and_text(
    context: &Context,
    job: &Job,
    view: &UpdateView,
    source: &mut Source,
) -> Result<(), JobError> {
    let patience = Patience { stall: context.times.stall, silence: context.times.child_silence };
    let tx = context.store.write().await?;
    let generation = processing::begin_generation(&tx, job.lease(), view.id).await?;
    tx.commit().await?;
    let mut publisher = Publisher::new(context, job, view, generation);
    let run = session::run(request(view, source), source, &mut publisher, patience);
    let mut ended = figures::phase(context, "media", run).await?;
    if matches!(ended, Ended::NeedsWholeFile) {
        if !source.is_whole() {
            park(context, job, view.id, queue::PARKED_FOR_WHOLE_FILE).await?;
        }
        let run = session::run(request(view, source), source, &mut publisher, patience);
        ended = figures::phase(context, "media", run).await?;
    }
    let Ended::Finished(finished) = ended else {
        return Err(JobError::Child("it wants a whole file and has one".to_owned()));
    };
    drain(source, &mut publisher, patience).await?;
    let end = media_end(view, &finished, source)?;
    let tx = context.store.write().await?;
    processing::finish_media(&tx, job.lease(), view.id, generation, &end).await?;
    tx.commit().await?;
    if let Some(gain_db) = loudness::wanted_gain_db(&finished) {
        let level = loudness::level(context, job, view, generation, gain_db);
        figures::phase(context, "loudness", level).await?;
    }
    job.release_slot();
    job.set_progress("transcribing", 0);
    match publisher.into_listening() {
        Some(listening) => figures::phase(context, "transcribe", listening.finish()).await,
        None if finished.has_audio => {
            settle(context, job.lease(), view.id, TranscriptStatus::Unavailable).await
        }
        None => settle(context, job.lease(), view.id, TranscriptStatus::NoSpeech).await,
    }
}

async fn current_of(
    context: &Context,
    update: UpdateId,
) -> Result<Option<meridian_domain::ids::GenerationId>, JobError> {
    let view = processing::view(context.store.reader(), update).await?;
    Ok(view.and_then(|v| v.current).map(|current| current.generation_id))
}

fn request(view: &UpdateView, source: &Source) -> Request {
    let reading = if source.is_whole() {
        Reading::Seekable { size_bytes: source.size_bytes() }
    } else {
        Reading::Stream
    };
    let mut request = Request::transcode(reading);
    request.live = source.is_live();
    if let Some(most) = view.max_duration_ms.and_then(|ms| u64::try_from(ms).ok()) {
        request.limits.max_duration_ms =
            request.limits.max_duration_ms.min(most.saturating_add(LIMIT_SLACK_MS));
    }
    request
}

/// Waits for the last byte without a lease. When it came just now, the job is taken up again at once.
pub(crate) async fn park(
    context: &Context,
    job: &Job,
    update: UpdateId,
    phase: &str,
) -> Result<(), JobError> {
    let tx = context.store.write().await?;
    queue::park(&tx, job.lease(), phase).await?;
    processing::wake_if_due(&tx, update).await?;
    tx.commit().await?;
    Err(JobError::Parked)
}

fn media_end(view: &UpdateView, finished: &Finished, source: &Source) -> Result<MediaEnd, JobError> {
    let duration_ms = i64::try_from(finished.duration_ms)?;
    let mut warnings: Vec<(String, String)> =
        finished.warnings.iter().map(|w| (w.code.clone(), w.detail.clone())).collect();
    if source.ended_early() {
        let detail = "The recording stopped arriving before it was ended; this is what came.";
        warnings.push(("ended_early".to_owned(), detail.to_owned()));
    }
    if let Some(said_ms) = view.client_duration_ms {
        let off_ms = duration_ms.abs_diff(said_ms);
        let slack_ms = DURATION_SLACK_MS.max(said_ms / 20).unsigned_abs();
        if off_ms > slack_ms {
            let seconds = |ms: i64| {
                format!("{:.1} s", std::time::Duration::from_millis(ms.unsigned_abs()).as_secs_f64())
            };
            let detail =
                format!("The recorder counted {}, but {} arrived.", seconds(said_ms), seconds(duration_ms));
            warnings.push(("duration_mismatch".to_owned(), detail));
        }
    }
    let mut facts = serde_json::to_value(finished).map_err(meridian_media::protocol::ProtocolError::from)?;
    if let (Some(gain_db), Some(facts)) = (loudness::wanted_gain_db(finished), facts.as_object_mut()) {
        facts.insert(processing::WANTED_GAIN.to_owned(), gain_db.into());
    }
    Ok(MediaEnd {
        duration_ms,
        silence_map: finished.silence_map.clone(),
        warnings,
        facts,
        source_bytes: i64::try_from(source.size_bytes())?,
    })
}
