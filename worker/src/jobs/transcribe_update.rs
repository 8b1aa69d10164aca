//! The transcript alone, from the published sound: made anew on request, or made up after a model came.

use meridian_domain::enums::TranscriptStatus;
use meridian_domain::ids::{GenerationId, UpdateId};
use meridian_media::protocol::{FromChild, Request, Source as Reading};
use meridian_store::repo::jobs;
use meridian_store::repo::processing::{self, UpdateView};

use crate::context::Context;
use crate::error::JobError;
use crate::figures;
use crate::job::Job;
use crate::session::{self, Patience, Sink};
use crate::source::Source;
use crate::speech::listen::{About, Listening, settle};

pub(super) async fn run(
    context: &Context,
    job: &Job,
    update: UpdateId,
    language: Option<String>,
) -> Result<(), JobError> {
    let view = processing::view(context.store.reader(), update).await?;
    if let Some((view, current)) = view.as_ref().and_then(|v| Some((v, v.current.as_ref()?))) {
        remake(context, job, view, current.generation_id, language).await?;
    }
    let tx = context.store.write().await?;
    jobs::finish(&tx, job.lease()).await?;
    Ok(tx.commit().await?)
}

/// Makes the transcript of a published generation from its sound and settles it.
pub(super) async fn remake(
    context: &Context,
    job: &Job,
    view: &UpdateView,
    generation: GenerationId,
    language: Option<String>,
) -> Result<(), JobError> {
    let silent = view.current.as_ref().is_some_and(|c| c.has_audio == Some(false));
    if silent {
        return settle(context, job.lease(), view.id, TranscriptStatus::NoSpeech).await;
    }
    let Some(model) = context.model.installed() else {
        return settle(context, job.lease(), view.id, TranscriptStatus::Unavailable).await;
    };
    let parts = processing::audio_parts(context.store.reader(), generation).await?;
    let mut source = Source::published(&context.blobs, parts)?;
    let size_bytes = source.size_bytes();
    let mut request = Request::transcode(Reading::Seekable { size_bytes });
    request.ladder = Vec::new();
    let about = About {
        lease: job.lease().clone(),
        priority: job.claimed.priority,
        update: view.id,
        generation,
        language,
        glossary: view.glossary.clone(),
        live: false,
    };
    let mut sink = SoundOnly(Listening::start(context, about, model)?);
    let patience = Patience { stall: context.times.stall, silence: context.times.child_silence };
    job.set_progress("transcribing", 0);
    let run = session::run(request, &mut source, &mut sink, patience);
    figures::phase(context, "sound", run).await?;
    job.release_slot();
    figures::phase(context, "transcribe", sink.0.finish()).await
}

/// Everything but the sound was published before.
struct SoundOnly(Listening);

impl Sink for SoundOnly {
    async fn take(&mut self, message: FromChild, body: Vec<u8>, _source: &Source) -> Result<(), JobError> {
        match message {
            FromChild::Pcm { start_sample } => self.0.push(start_sample, &body),
            _ => Ok(()),
        }
    }

    async fn stalled(&mut self, _source: &Source) -> Result<bool, JobError> {
        Ok(true)
    }
}
