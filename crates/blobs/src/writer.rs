//! Writing one object piece by piece.

use std::mem;
use std::sync::Arc;

use bytes::Bytes;
use tempfile::NamedTempFile;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::blobs::{Backend, timed};
use crate::local::{Local, append};
use crate::{BlobError, Blobs, Key};

/// How much is collected before it is handed to a blocking thread, in bytes.
const BATCH_BYTES: usize = 1024 * 1024;

/// An object that is being written. Dropping it leaves nothing behind.
///
/// On a local folder at most two batches of 1 MiB are in memory: one is written while the next one comes. On an
/// object store the whole object is held, so callers cut what they receive into parts.
#[derive(Debug)]
pub struct ObjectWriter {
    blobs: Blobs,
    key: Key,
    pending: Vec<Bytes>,
    pending_bytes: usize,
    size_bytes: u64,
    /// The batch that is being written now; it owns the file meanwhile.
    writing: Option<JoinHandle<Result<NamedTempFile, BlobError>>>,
}

impl ObjectWriter {
    pub(crate) fn new(blobs: Blobs, key: Key) -> Self {
        Self { blobs, key, pending: Vec::new(), pending_bytes: 0, size_bytes: 0, writing: None }
    }

    /// Bytes taken so far.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Whether all that was taken stays in memory until it is durable.
    pub fn is_held_in_memory(&self) -> bool {
        matches!(self.blobs.backend, Backend::Remote(_))
    }

    /// Takes a piece; waits while the disk is behind.
    ///
    /// # Errors
    /// [`BlobError::NoSpace`] or a fault of the store; the object is lost then.
    pub async fn write(&mut self, piece: Bytes) -> Result<(), BlobError> {
        self.size_bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.pending_bytes += piece.len();
        self.pending.push(piece);
        match &self.blobs.backend {
            Backend::Local(_) if self.pending_bytes >= BATCH_BYTES => self.flush().await,
            _ => Ok(()),
        }
    }

    /// Makes the object durable and visible, and tells its key and size in bytes.
    ///
    /// # Errors
    /// [`BlobError::AlreadyExists`] (the older one stays), [`BlobError::NoSpace`], or a fault of the store. Nothing
    /// is kept then.
    pub async fn finish(self) -> Result<(Key, u64), BlobError> {
        timed("put", self.make_durable()).await
    }

    async fn make_durable(mut self) -> Result<(Key, u64), BlobError> {
        match self.backend() {
            Backend::Local(local) => {
                let before = self.written().await?;
                let (pieces, key) = (mem::take(&mut self.pending), self.key.clone());
                spawn_blocking(move || local.publish(appended(&local, before, &pieces)?, &key)).await??;
            }
            Backend::Remote(remote) => remote.put_new(&self.key, mem::take(&mut self.pending)).await?,
        }
        Ok((self.key, self.size_bytes))
    }

    fn backend(&self) -> Backend {
        self.blobs.backend.clone()
    }

    /// Hands what is pending to a blocking thread, after the batch before it is on its way to the disk.
    async fn flush(&mut self) -> Result<(), BlobError> {
        let Backend::Local(local) = self.backend() else { return Ok(()) };
        let before = self.written().await?;
        let pieces = mem::take(&mut self.pending);
        self.pending_bytes = 0;
        self.writing = Some(spawn_blocking(move || appended(&local, before, &pieces)));
        Ok(())
    }

    /// The file with every batch so far, once there was one.
    async fn written(&mut self) -> Result<Option<NamedTempFile>, BlobError> {
        match self.writing.take() {
            Some(writing) => writing.await?.map(Some),
            None => Ok(None),
        }
    }
}

fn appended(
    local: &Arc<Local>,
    before: Option<NamedTempFile>,
    pieces: &[Bytes],
) -> Result<NamedTempFile, BlobError> {
    local.check_room(pieces.iter().map(Bytes::len).sum())?;
    let mut part = match before {
        Some(part) => part,
        None => local.begin()?,
    };
    append(&mut part, pieces)?;
    Ok(part)
}
