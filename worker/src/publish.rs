//! What a media child puts out becomes objects and rows: the object first, under a key of this attempt, then the row
//! in a transaction that checks the lease.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use meridian_blobs::{Key, layout};
use meridian_domain::enums::UpdateKind;
use meridian_domain::ids::{GenerationId, RenditionId};
use meridian_media::protocol::{FromChild, MediaKind, Probed, Rendition, RenditionKind, Segment};
use meridian_store::repo::jobs::PARKED_FOR_BYTES;
use meridian_store::repo::processing::{self, NewArtefact, NewInit, NewRendition, NewSegment, UpdateView};

use crate::context::Context;
use crate::error::JobError;
use crate::job::Job;
use crate::jobs::park;
use crate::session::Sink;
use crate::source::Source;
use crate::speech::listen::{About, Listening};

/// Progress is written at most this often.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// One attempt's outputs.
pub(crate) struct Publisher<'a> {
    context: &'a Context,
    job: &'a Job,
    view: &'a UpdateView,
    generation: GenerationId,
    /// `None`: the generation is moved to by [`crate::loudness`], when it is whole.
    kind: Option<UpdateKind>,
    renditions: HashMap<String, RenditionId>,
    /// `None` until there is sound, or while no model is installed.
    listening: Option<Listening>,
    heard_without_model: bool,
    told_at: Option<Instant>,
}

impl<'a> Publisher<'a> {
    /// For a generation that has just begun.
    pub(crate) fn new(
        context: &'a Context,
        job: &'a Job,
        view: &'a UpdateView,
        generation: GenerationId,
    ) -> Self {
        Self {
            context,
            job,
            view,
            generation,
            kind: Some(UpdateKind::Video),
            renditions: HashMap::new(),
            listening: None,
            heard_without_model: false,
            told_at: None,
        }
    }

    /// For a generation that replaces a whole one: the same media once more, with other sound.
    pub(crate) fn replacing(
        context: &'a Context,
        job: &'a Job,
        view: &'a UpdateView,
        generation: GenerationId,
    ) -> Self {
        Self { kind: None, ..Self::new(context, job, view, generation) }
    }

    /// The transcript in the making, when there was sound and a model.
    pub(crate) fn into_listening(self) -> Option<Listening> {
        self.listening
    }

    async fn probed(&mut self, probed: &Probed) -> Result<(), JobError> {
        let kind = match probed.media_kind {
            MediaKind::Video => UpdateKind::Video,
            MediaKind::Voice => UpdateKind::Voice,
        };
        self.kind = Some(kind);
        tracing::info!(update_id = %self.view.id, container = probed.container, %kind,
            video_copied = probed.video_copied, audio_copied = probed.audio_copied, "media probed");
        let tx = self.context.store.write().await?;
        processing::probed(&tx, self.job.lease(), self.view.id, kind).await?;
        Ok(tx.commit().await?)
    }

    async fn rendition(&mut self, rendition: Rendition, body: Vec<u8>) -> Result<(), JobError> {
        let (update, generation) = (self.view.id, self.generation);
        let key = layout::init_segment(update.0, generation.0, &rendition.name, rendition.init)?;
        let size_bytes = self.put(&key, body).await?;
        let number = rendition.init;
        let new = new_rendition(rendition)?;
        let init = NewInit { init: i64::from(number), object_key: key.as_str().to_owned(), size_bytes };
        let tx = self.context.store.write().await?;
        let lease = self.job.lease();
        let id = processing::put_rendition(&tx, lease, update, generation, &new, &init).await?;
        tx.commit().await?;
        self.renditions.insert(new.name, id);
        Ok(())
    }

    async fn segment(&mut self, segment: Segment, body: Vec<u8>) -> Result<(), JobError> {
        let (update, generation) = (self.view.id, self.generation);
        let rendition_id = self.renditions.get(&segment.rendition).copied().ok_or_else(|| {
            JobError::Child(format!("a segment of {:?} without init bytes", segment.rendition))
        })?;
        let key = layout::media_segment(update.0, generation.0, &segment.rendition, segment.seq.into())?;
        let size_bytes = self.put(&key, body).await?;
        let new = new_segment(&segment, rendition_id, &key, size_bytes)?;
        let tx = self.context.store.write().await?;
        processing::append_segment(&tx, self.job.lease(), update, generation, &new, self.kind).await?;
        Ok(tx.commit().await?)
    }

    async fn artefact(&mut self, name: String, content_type: String, body: Vec<u8>) -> Result<(), JobError> {
        let (update, generation) = (self.view.id, self.generation);
        let key = layout::artefact(update.0, generation.0, &name)?;
        let size_bytes = self.put(&key, body).await?;
        let new = NewArtefact { name, object_key: key.as_str().to_owned(), size_bytes, content_type };
        let tx = self.context.store.write().await?;
        processing::put_artefact(&tx, self.job.lease(), update, generation, &new).await?;
        Ok(tx.commit().await?)
    }

    async fn put(&self, key: &Key, body: Vec<u8>) -> Result<i64, JobError> {
        let size_bytes = i64::try_from(body.len())?;
        self.context.blobs.put_new(key, Bytes::from(body)).await?;
        Ok(size_bytes)
    }

    fn sound(&mut self, start_sample: u64, body: &[u8], live: bool) -> Result<(), JobError> {
        if self.listening.is_none() && !self.heard_without_model {
            let Some(model) = self.context.model.installed() else {
                self.heard_without_model = true;
                return Ok(());
            };
            let about = About {
                lease: self.job.lease().clone(),
                priority: self.job.claimed.priority,
                update: self.view.id,
                generation: self.generation,
                language: self.view.language.clone(),
                glossary: self.view.glossary.clone(),
                live,
            };
            self.listening = Some(Listening::start(self.context, about, model)?);
        }
        self.listening.as_ref().map_or(Ok(()), |listening| listening.push(start_sample, body))
    }

    async fn progress(&mut self, position_ms: u64, source: &Source) -> Result<(), JobError> {
        if self.told_at.is_some_and(|at| at.elapsed() < PROGRESS_EVERY) {
            return Ok(());
        }
        self.told_at = Some(Instant::now());
        let percent = source.known_length().map_or(0, |whole| percent(source.read_to(), whole));
        let phase = if source.is_whole() { "processing" } else { "receiving" };
        self.job.set_progress(phase, percent);
        let duration_ms = Some(i64::try_from(position_ms)?);
        let tx = self.context.store.write().await?;
        processing::progress(&tx, self.job.lease(), self.view.id, phase, percent, duration_ms).await?;
        Ok(tx.commit().await?)
    }
}

/// A rendition's row, as the child describes it.
pub(crate) fn new_rendition(rendition: Rendition) -> Result<NewRendition, JobError> {
    let some = |n: u32| (n > 0).then(|| i64::from(n));
    Ok(NewRendition {
        kind: match rendition.kind {
            RenditionKind::Video => "video",
            RenditionKind::Audio => "audio",
        },
        codecs: rendition.codecs,
        width: some(rendition.width),
        height: some(rendition.height),
        bandwidth_bps: i64::try_from(rendition.bandwidth_bps)?,
        target_duration_s: i64::from(rendition.target_duration_s),
        name: rendition.name,
    })
}

/// A segment's row, for an object that is written.
pub(crate) fn new_segment(
    segment: &Segment,
    rendition_id: RenditionId,
    key: &Key,
    size_bytes: i64,
) -> Result<NewSegment, JobError> {
    Ok(NewSegment {
        rendition_id,
        seq: i64::from(segment.seq),
        init: i64::from(segment.init),
        start_us: i64::try_from(segment.start_us)?,
        duration_us: i64::try_from(segment.duration_us)?,
        size_bytes,
        object_key: key.as_str().to_owned(),
        discontinuity: segment.discontinuity,
    })
}

/// At most 99: the end is told otherwise.
fn percent(part: u64, whole: u64) -> i64 {
    let percent = part.saturating_mul(100).checked_div(whole).unwrap_or(0);
    i64::try_from(percent.min(99)).unwrap_or(0)
}

impl Sink for Publisher<'_> {
    async fn take(&mut self, message: FromChild, body: Vec<u8>, source: &Source) -> Result<(), JobError> {
        match message {
            FromChild::Probed(_)
            | FromChild::Pcm { .. }
            | FromChild::Progress { .. }
            | FromChild::Artefact { .. }
                if self.kind.is_none() =>
            {
                Ok(())
            }
            FromChild::Probed(probed) => self.probed(&probed).await,
            FromChild::Rendition(rendition) => self.rendition(rendition, body).await,
            FromChild::Segment(segment) => self.segment(segment, body).await,
            FromChild::Pcm { start_sample } => self.sound(start_sample, &body, source.is_live()),
            FromChild::Progress { position_ms } => self.progress(position_ms, source).await,
            FromChild::Artefact { name, content_type } => self.artefact(name, content_type, body).await,
            FromChild::Read { .. }
            | FromChild::NeedsWholeFile
            | FromChild::Finished(_)
            | FromChild::Failed(_) => Ok(()),
        }
    }

    async fn stalled(&mut self, source: &Source) -> Result<bool, JobError> {
        let update = self.view.id;
        if !source.is_live() {
            // A file of a known length: its sender comes back, or the upload expires.
            park(self.context, self.job, update, PARKED_FOR_BYTES).await?;
        }
        let tx = self.context.store.write().await?;
        let bytes = i64::try_from(source.size_bytes())?;
        let ended = processing::ended_early(&tx, self.job.lease(), update, bytes).await?;
        tx.commit().await?;
        Ok(ended)
    }
}
