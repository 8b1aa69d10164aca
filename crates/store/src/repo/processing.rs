//! How far an update's media and transcript are: what uploads tell, what workers publish, what users read.
//!
//! The status is never set by hand: [`refresh`] derives it from the upload, the current generation and the
//! transcript, and appends the event when it changes. Every write of a worker names its lease.

mod later;
mod loudness;
mod media;
mod purge;
mod speech;
mod status;
#[cfg(test)]
mod tests;
mod upload;
mod view;

pub use later::{LARGE_PART_BYTES, add_rendition, named_parts, replace_parts, rung_source, small_parts};
pub use loudness::{
    Published, WANTED_GAIN, artefacts_of, begin_replacement, keep_loudness, published, replace,
};
pub use media::{
    Appended, MediaEnd, NewArtefact, NewInit, NewRendition, NewSegment, append_segment, begin_generation,
    finish_job, finish_media, media_failed, probed, progress, put_artefact, put_rendition,
};
pub use purge::{
    StaleGeneration, drop_generation, due_purges, enqueue_due_purge, objects_of, purge_done, purged,
    stale_generations,
};
pub use speech::{
    append_window, begin_transcript, enqueue_made_up, finish_transcript, settle_transcript,
    transcript_failed, unavailable_transcripts,
};
pub(crate) use status::job_ended;
pub use status::{fail_update, job_died, refresh};
pub(crate) use upload::transcribe_again;
pub use upload::{Retry, ended_early, retry, upload_failed, upload_moved, upload_removed, wake_if_due};
pub use view::{
    Chunk, CurrentMedia, PublishedPart, SourceView, UpdateView, audio_parts, chunks_from, source, view,
};
