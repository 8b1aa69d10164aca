//! A smaller rendition of copied media, for small screens and thin lines. Made later, from what is published: its sound
//! has the right loudness already and is copied.

use bytes::Bytes;
use meridian_blobs::layout;
use meridian_domain::ids::{GenerationId, RenditionId, UpdateId};
use meridian_media::protocol::{FromChild, Mode, Request, Source as Reading};
use meridian_store::StoreError;
use meridian_store::repo::processing::{self, NewInit, NewRendition, NewSegment};
use uuid::Uuid;

use crate::context::Context;
use crate::error::JobError;
use crate::job::Job;
use crate::session::{self, Patience, Sink};
use crate::source::Source;

/// Its shorter side in pixels.
const RUNG: u32 = 360;

pub(super) async fn run(context: &Context, job: &Job, update: UpdateId) -> Result<(), JobError> {
    if let Some((generation, published)) = processing::rung_source(context.store.reader(), update).await? {
        let mut source = Source::published(&context.blobs, published.parts)?;
        let mut request = Request::transcode(Reading::Seekable { size_bytes: source.size_bytes() });
        request.mode = Mode::AddRungs;
        request.ladder = vec![RUNG];
        request.threads = 1;
        let mut made =
            Made { context, job, update, generation, rendition: None, inits: vec![], segments: vec![] };
        let patience = Patience { stall: context.times.stall, silence: context.times.child_silence };
        session::run(request, &mut source, &mut made, patience).await?;
        made.publish().await?;
    }
    let tx = context.store.write().await?;
    meridian_store::repo::jobs::finish(&tx, job.lease()).await?;
    Ok(tx.commit().await?)
}

/// Objects are written as they come, rows all at once at the end: nobody sees half a rendition.
struct Made<'a> {
    context: &'a Context,
    job: &'a Job,
    update: UpdateId,
    generation: GenerationId,
    rendition: Option<NewRendition>,
    inits: Vec<NewInit>,
    segments: Vec<NewSegment>,
}

impl Made<'_> {
    /// Objects are never written twice, so each attempt has its own.
    fn folder(&self, name: &str) -> String {
        let lease = self.job.lease();
        format!("{name}-{}-{}", lease.job_id.0.simple(), lease.attempt)
    }

    async fn publish(self) -> Result<(), JobError> {
        let Some(rendition) = &self.rendition else { return Ok(()) };
        let tx = self.context.store.write().await?;
        let (lease, update, generation) = (self.job.lease(), self.update, self.generation);
        let (inits, segments) = (&self.inits, &self.segments);
        match processing::add_rendition(&tx, lease, update, generation, rendition, inits, segments).await {
            Ok(()) => Ok(tx.commit().await?),
            // Players moved on to other media meanwhile, which gets a rung of its own.
            Err(StoreError::Conflict { what }) => {
                tracing::info!(update_id = %update, what, "a smaller rendition is not wanted any more");
                Ok(tx.rollback().await?)
            }
            Err(other) => Err(other.into()),
        }
    }
}

impl Sink for Made<'_> {
    async fn take(&mut self, message: FromChild, body: Vec<u8>, _source: &Source) -> Result<(), JobError> {
        let (update, generation) = (self.update.0, self.generation.0);
        let size_bytes = i64::try_from(body.len())?;
        match message {
            FromChild::Rendition(rendition) => {
                let folder = self.folder(&rendition.name);
                let key = layout::init_segment(update, generation, &folder, rendition.init)?;
                self.context.blobs.put_new(&key, Bytes::from(body)).await?;
                let init = i64::from(rendition.init);
                self.inits.push(NewInit { init, object_key: key.as_str().to_owned(), size_bytes });
                if self.rendition.is_none() {
                    self.rendition = Some(crate::publish::new_rendition(rendition)?);
                }
            }
            FromChild::Segment(segment) => {
                let folder = self.folder(&segment.rendition);
                let key = layout::media_segment(update, generation, &folder, segment.seq.into())?;
                self.context.blobs.put_new(&key, Bytes::from(body)).await?;
                // Which rendition it belongs to is known when that has its row.
                let rendition_id = RenditionId(Uuid::nil());
                self.segments.push(crate::publish::new_segment(&segment, rendition_id, &key, size_bytes)?);
            }
            FromChild::Progress { .. } => self.job.set_progress("encoding", 0),
            _ => {}
        }
        Ok(())
    }

    async fn stalled(&mut self, _source: &Source) -> Result<bool, JobError> {
        Ok(true)
    }
}
