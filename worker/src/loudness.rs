//! Sound at -16 LUFS: what is off by more than 1 LU is published again with a linear gain and a peak limiter, pictures
//! copied. It never fails an update.

use bytes::Bytes;
use meridian_blobs::{Key, layout};
use meridian_domain::ids::GenerationId;
use meridian_media::protocol::{Finished, Mode, Request, Source as Reading};
use meridian_store::repo::processing::{self, NewArtefact, UpdateView};

use crate::context::Context;
use crate::error::{JobError, chain};
use crate::job::Job;
use crate::publish::Publisher;
use crate::session::{self, Patience};
use crate::source::Source;

/// The loudness of everything, in LUFS.
const TARGET_LUFS: f64 = -16.0;
/// What nobody hears, in LU.
const TOLERANCE_LU: f64 = 1.0;
/// More would only raise the noise of an empty room, in decibels.
const MOST_GAIN_DB: f64 = 20.0;
/// Name of the rendition without pictures.
const SOUND_ALONE: &str = "audio";
/// Largest file beside the segments.
const ARTEFACT_BYTES: u64 = 64 * 1024 * 1024;

/// By how much the sound is to be changed, in decibels; `None`: it is right, or there is none.
pub(crate) fn wanted_gain_db(finished: &Finished) -> Option<f64> {
    let gain_db = TARGET_LUFS - finished.loudness_lufs?;
    (gain_db.is_finite() && gain_db.abs() > TOLERANCE_LU).then(|| gain_db.min(MOST_GAIN_DB))
}

/// Publishes the current generation again with its sound changed, and moves players to it.
pub(crate) async fn level(
    context: &Context,
    job: &Job,
    view: &UpdateView,
    old: GenerationId,
    gain_db: f64,
) -> Result<(), JobError> {
    job.set_progress("levelling", 0);
    match replace(context, job, view, old, gain_db).await {
        Ok(()) => return Ok(()),
        Err(error @ (JobError::Lost | JobError::Shutdown | JobError::Store(_))) => return Err(error),
        Err(error) => {
            tracing::warn!(update_id = %view.id, error = chain(&error), "the sound stays as loud as it is");
        }
    }
    let tx = context.store.write().await?;
    processing::keep_loudness(&tx, job.lease(), view.id, old).await?;
    Ok(tx.commit().await?)
}

async fn replace(
    context: &Context,
    job: &Job,
    view: &UpdateView,
    old: GenerationId,
    gain_db: f64,
) -> Result<(), JobError> {
    let renditions = processing::published(context.store.reader(), old).await?;
    let tx = context.store.write().await?;
    let new = processing::begin_replacement(&tx, job.lease(), view.id).await?;
    tx.commit().await?;
    let mut publisher = Publisher::replacing(context, job, view, new);
    let patience = Patience { stall: context.times.stall, silence: context.times.child_silence };
    // Sound that goes with pictures is also the sound alone: it is encoded once for both.
    let (sound, pictures): (Vec<_>, Vec<_>) = renditions.into_iter().partition(|r| r.name == SOUND_ALONE);
    let mut alone = !sound.is_empty();
    let of_pictures = !pictures.is_empty();
    for rendition in pictures.into_iter().chain(sound.into_iter().filter(|_| !of_pictures)) {
        let mut source = Source::published(&context.blobs, rendition.parts)?;
        let mut request = Request::transcode(Reading::Seekable { size_bytes: source.size_bytes() });
        let sound_alone = std::mem::take(&mut alone) && of_pictures;
        request.mode = Mode::NormaliseAudio { rendition: rendition.name, gain_db, sound_alone };
        session::run(request, &mut source, &mut publisher, patience).await?;
    }
    let beside = copy_artefacts(context, view, old, new).await?;
    let tx = context.store.write().await?;
    processing::replace(&tx, job.lease(), view.id, old, new, &beside).await?;
    Ok(tx.commit().await?)
}

/// Objects belong to one generation, so that it can be removed as a whole.
async fn copy_artefacts(
    context: &Context,
    view: &UpdateView,
    old: GenerationId,
    new: GenerationId,
) -> Result<Vec<NewArtefact>, JobError> {
    let mut copied = Vec::new();
    for artefact in processing::artefacts_of(context.store.reader(), old).await? {
        let from = Key::parse(&artefact.object_key)?;
        let bytes: Bytes = context.blobs.read_all(&from, ARTEFACT_BYTES).await?;
        let key = layout::artefact(view.id.0, new.0, &artefact.name)?;
        context.blobs.put_new(&key, bytes).await?;
        copied.push(NewArtefact { object_key: key.as_str().to_owned(), ..artefact });
    }
    Ok(copied)
}
