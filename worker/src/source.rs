//! Where a media child's bytes come from: an upload as its chunks are committed, or what is published already.

use std::time::{Duration, Instant};

use bytes::Bytes;
use meridian_blobs::{Blobs, Key, ObjectSequence, Part};
use meridian_domain::ids::UploadId;
use meridian_store::Store;
use meridian_store::repo::processing::{self, PublishedPart, SourceView};
use tokio::sync::watch;

use crate::error::JobError;

/// How long to wait for news before looking anyway.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// An answer to a read.
#[derive(Debug)]
pub(crate) enum Served {
    /// At least one byte.
    Data(Bytes),
    /// Nothing there, nor ever will be.
    Eof,
    /// Not there yet.
    Later,
}

/// What waiting for bytes came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waited {
    /// Something changed: read again.
    News,
    /// Nothing came for the stall time.
    Stalled,
}

/// Bytes that a media child may ask for.
#[derive(Debug)]
pub(crate) struct Source {
    sequence: ObjectSequence,
    upload: Option<Following>,
    read_to: u64,
}

#[derive(Debug)]
struct Following {
    store: Store,
    id: UploadId,
    news: watch::Receiver<u64>,
    view: SourceView,
    /// No byte will be taken from behind here in this attempt.
    ended: bool,
    grew_at: Instant,
}

impl Source {
    /// An upload, followed while it arrives.
    ///
    /// # Errors
    /// [`JobError::Lost`] when it was taken back.
    pub(crate) async fn upload(
        store: &Store,
        blobs: &Blobs,
        id: UploadId,
        news: watch::Receiver<u64>,
    ) -> Result<Self, JobError> {
        let view = processing::source(store.reader(), id).await?.ok_or(JobError::Lost)?;
        let following =
            Following { store: store.clone(), id, news, view, ended: false, grew_at: Instant::now() };
        let mut source =
            Self { sequence: ObjectSequence::new(blobs.clone(), []), upload: Some(following), read_to: 0 };
        source.refresh().await?;
        Ok(source)
    }

    /// A published rendition.
    pub(crate) fn published(blobs: &Blobs, parts: Vec<PublishedPart>) -> Result<Self, JobError> {
        let mut sequence = ObjectSequence::new(blobs.clone(), []);
        for part in parts {
            sequence.push(object(&part.object_key, part.size_bytes)?);
        }
        Ok(Self { sequence, upload: None, read_to: 0 })
    }

    /// Bytes that are there.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.sequence.size_bytes()
    }

    /// How far it was read, in bytes.
    pub(crate) fn read_to(&self) -> u64 {
        self.read_to
    }

    /// Whether the last byte that this attempt takes is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.upload.as_ref().is_none_or(|u| u.ended)
    }

    /// Whether a recorder sends it: the length is not known before its end.
    pub(crate) fn is_live(&self) -> bool {
        self.upload.as_ref().is_some_and(|u| !u.ended && u.view.length_bytes.is_none())
    }

    /// Whether it ended without its last byte.
    pub(crate) fn ended_early(&self) -> bool {
        self.upload.as_ref().is_some_and(|u| u.view.ended_early)
    }

    /// The length as far as it is known: announced or final.
    pub(crate) fn known_length(&self) -> Option<u64> {
        if self.is_whole() {
            return Some(self.size_bytes());
        }
        self.upload.as_ref().and_then(|u| u.view.length_bytes).and_then(|n| u64::try_from(n).ok())
    }

    /// Bytes at an offset: what is there of them, at most `len`.
    pub(crate) async fn read(&mut self, offset: u64, len: u32) -> Result<Served, JobError> {
        if offset >= self.size_bytes() {
            self.refresh().await?;
        }
        let end = offset.saturating_add(len.into()).min(self.size_bytes());
        if offset < end {
            self.read_to = self.read_to.max(end);
            return Ok(Served::Data(self.sequence.read(offset..end).await?));
        }
        Ok(if self.is_whole() { Served::Eof } else { Served::Later })
    }

    /// Waits until there may be more, at most `stall` after the last byte. Cancel-safe.
    pub(crate) async fn wait(&mut self, stall: Duration) -> Result<Waited, JobError> {
        let Some(upload) = &mut self.upload else { return Ok(Waited::News) };
        let left = stall.saturating_sub(upload.grew_at.elapsed());
        let changed = tokio::time::timeout(left.min(LOOK_EVERY), upload.news.changed()).await;
        if matches!(changed, Ok(Err(_))) {
            // The watcher is gone: the worker ends.
            return Err(JobError::Shutdown);
        }
        self.refresh().await?;
        match &self.upload {
            Some(upload) if !upload.ended && upload.grew_at.elapsed() >= stall => Ok(Waited::Stalled),
            _ => Ok(Waited::News),
        }
    }

    /// The attempt ends with what is there.
    pub(crate) fn end_here(&mut self) {
        if let Some(upload) = &mut self.upload {
            upload.ended = true;
            upload.view.ended_early = true;
        }
    }

    async fn refresh(&mut self) -> Result<(), JobError> {
        let Some(upload) = &mut self.upload else { return Ok(()) };
        if upload.ended {
            return Ok(());
        }
        // The state first: chunks of a state that is read later may be missing, never the other way round.
        let view = processing::source(upload.store.reader(), upload.id).await?.ok_or(JobError::Lost)?;
        let have = i64::try_from(self.sequence.size_bytes())?;
        if view.offset_bytes > have {
            for chunk in processing::chunks_from(upload.store.reader(), upload.id, have).await? {
                let at = i64::try_from(self.sequence.size_bytes())?;
                if chunk.start == at && at < view.offset_bytes {
                    self.sequence.push(object(&chunk.object_key, chunk.size_bytes)?);
                }
            }
            upload.grew_at = Instant::now();
        }
        upload.ended = !view.arriving;
        upload.view = view;
        Ok(())
    }
}

fn object(key: &str, size_bytes: i64) -> Result<Part, JobError> {
    Ok(Part { key: Key::parse(key)?, size_bytes: u64::try_from(size_bytes)? })
}
