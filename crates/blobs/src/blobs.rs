//! The store of objects as the rest of the program sees it.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStore;
use tokio::task::spawn_blocking;

use crate::local::Local;
use crate::remote::Remote;
use crate::s3::{self, S3Options};
use crate::{BlobError, Key, ObjectSequence, ObjectWriter, Part};

/// Largest piece a stream reads from a local folder at once, in bytes.
const LOCAL_PIECE_BYTES: u64 = 256 * 1024;
/// Largest piece a stream reads from an object store at once, in bytes; a request there costs more.
const REMOTE_PIECE_BYTES: u64 = 2 * 1024 * 1024;

/// Measures a call of the store: its time, by what it does and whether it did it.
pub(crate) async fn timed<T>(
    call: &'static str,
    work: impl Future<Output = Result<T, BlobError>>,
) -> Result<T, BlobError> {
    let began = Instant::now();
    let done = work.await;
    let result = if done.is_ok() { "ok" } else { "error" };
    metrics::histogram!("meridian_store_call_seconds", "call" => call, "result" => result)
        .record(began.elapsed().as_secs_f64());
    done
}

/// A handle on the object store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    pub(crate) backend: Backend,
}

#[derive(Debug, Clone)]
pub(crate) enum Backend {
    Local(Arc<Local>),
    Remote(Remote),
}

/// One object of a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its key.
    pub key: Key,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// When it was written, by the store's clock.
    pub modified: SystemTime,
}

impl Blobs {
    /// Opens `file://<folder>` (made when missing; the path stands as it is, not percent-encoded), `s3://bucket/prefix`
    /// with what the environment says (`AWS_*`), or `memory://` (for tests: gone with the last handle).
    ///
    /// # Errors
    /// [`BlobError::InvalidUrl`] for other addresses, [`BlobError::Io`] when the folder cannot be made.
    pub fn open(url: &str) -> Result<Self, BlobError> {
        Self::open_with(url, &S3Options::default())
    }

    /// The same, with settings of S3.
    ///
    /// # Errors
    /// As [`Blobs::open`].
    pub fn open_with(url: &str, s3: &S3Options) -> Result<Self, BlobError> {
        if let Some(place) = url.strip_prefix("s3://") {
            return Ok(Self { backend: Backend::Remote(s3::open(place, s3)?) });
        }
        if let Some(folder) = url.strip_prefix("file://") {
            if folder.is_empty() {
                return Err(BlobError::InvalidUrl { reason: "file:// needs a folder" });
            }
            return Ok(Self { backend: Backend::Local(Arc::new(Local::open(Path::new(folder))?)) });
        }
        if url == "memory://" {
            let store: Arc<dyn ObjectStore> = Arc::new(object_store::memory::InMemory::new());
            return Ok(Self { backend: Backend::Remote(Remote::new(Arc::clone(&store), store, None)) });
        }
        Err(BlobError::InvalidUrl { reason: "it must start with file:// or s3://" })
    }

    /// Starts an object that comes piece by piece. Nothing is visible before [`ObjectWriter::finish`].
    pub fn writer(&self, key: Key) -> ObjectWriter {
        ObjectWriter::new(self.clone(), key)
    }

    /// Writes a whole object; durable when this returns.
    ///
    /// # Errors
    /// [`BlobError::AlreadyExists`] (the older one stays), [`BlobError::NoSpace`], or a fault of the store.
    pub async fn put_new(&self, key: &Key, bytes: Bytes) -> Result<(), BlobError> {
        let mut writer = self.writer(key.clone());
        writer.write(bytes).await?;
        writer.finish().await.map(drop)
    }

    /// Reads exactly `range` (bytes) of an object into memory: for pieces of bounded size.
    ///
    /// # Errors
    /// [`BlobError::NotFound`]; [`BlobError::Truncated`] when the object is shorter; a fault of the store.
    pub async fn read(&self, key: &Key, range: Range<u64>) -> Result<Bytes, BlobError> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let read = async {
            match &self.backend {
                Backend::Local(local) => {
                    if let Some(bytes) = local.read_cached(key, &range, LOCAL_PIECE_BYTES) {
                        return Ok(bytes);
                    }
                    let (local, key) = (Arc::clone(local), key.clone());
                    spawn_blocking(move || local.read(&key, &range)).await?
                }
                Backend::Remote(remote) => remote.read(key, range).await,
            }
        };
        timed("read", read).await
    }

    /// Reads a whole small object into memory.
    ///
    /// # Errors
    /// [`BlobError::Truncated`] when it is larger than `max_bytes`; else as [`Blobs::read`].
    pub async fn read_all(&self, key: &Key, max_bytes: u64) -> Result<Bytes, BlobError> {
        let size = self.size_bytes(key).await?;
        if size > max_bytes {
            return Err(BlobError::Truncated { key: key.clone(), start: 0, end: max_bytes });
        }
        self.read(key, 0..size).await
    }

    /// Streams a range (bytes) of one object of a known size, in order, in bounded memory.
    ///
    /// # Errors
    /// [`BlobError::OutOfRange`] when the range ends behind `size_bytes`; the stream's items as [`Blobs::read`].
    pub fn stream(
        &self,
        key: Key,
        size_bytes: u64,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        ObjectSequence::new(self.clone(), vec![Part { key, size_bytes }]).stream(range)
    }

    /// Size of an object in bytes.
    ///
    /// # Errors
    /// [`BlobError::NotFound`], or a fault of the store.
    pub async fn size_bytes(&self, key: &Key) -> Result<u64, BlobError> {
        let size = async {
            match &self.backend {
                Backend::Local(local) => {
                    let (local, key) = (Arc::clone(local), key.clone());
                    spawn_blocking(move || local.size(&key)).await?
                }
                Backend::Remote(remote) => remote.size(key).await,
            }
        };
        timed("size", size).await
    }

    /// An address at which whoever has it can GET one object for `valid_for`, straight from the object store; `None`
    /// where only this program can read the store.
    ///
    /// # Errors
    /// The key cannot be used for signing.
    pub async fn presigned(
        &self,
        key: &Key,
        content_type: &str,
        valid_for: Duration,
    ) -> Result<Option<String>, BlobError> {
        match &self.backend {
            Backend::Local(_) => Ok(None),
            Backend::Remote(remote) => remote.presigned(key, content_type, valid_for).await,
        }
    }

    /// An address at which the bucket's rules for pages of other origins (CORS) can be PUT, with the header
    /// `x-amz-checksum-sha256`; `None` where there is no bucket.
    ///
    /// # Errors
    /// The key cannot be used for signing.
    pub async fn cors_address(
        &self,
        checksum_sha256: &str,
        valid_for: Duration,
    ) -> Result<Option<String>, BlobError> {
        match &self.backend {
            Backend::Local(_) => Ok(None),
            Backend::Remote(remote) => remote.cors_address(checksum_sha256, valid_for).await,
        }
    }

    /// Removes an object. One that is not there counts as removed.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn delete(&self, key: &Key) -> Result<(), BlobError> {
        let gone = async {
            match &self.backend {
                Backend::Local(local) => {
                    let (local, key) = (Arc::clone(local), key.clone());
                    spawn_blocking(move || local.delete(&key)).await?
                }
                Backend::Remote(remote) => remote.delete(key).await,
            }
        };
        timed("delete", gone).await
    }

    /// Removes every object below a prefix, for an owner that will write no more.
    ///
    /// # Errors
    /// A fault of the store; some of the objects may be gone then. Calling again goes on.
    pub async fn delete_prefix(&self, prefix: &Key) -> Result<(), BlobError> {
        match &self.backend {
            Backend::Local(local) => {
                let (local, prefix) = (Arc::clone(local), prefix.clone());
                spawn_blocking(move || local.delete_prefix(&prefix)).await?
            }
            Backend::Remote(remote) => remote.delete_prefix(prefix).await,
        }
    }

    /// Lists the objects below a prefix (a whole name: `uploads/1` does not list `uploads/12`), or all, in no order.
    ///
    /// # Errors
    /// Items are faults of the store.
    pub fn list(&self, prefix: Option<Key>) -> BoxStream<'static, Result<Listed, BlobError>> {
        match &self.backend {
            Backend::Remote(remote) => remote.list(prefix.as_ref()),
            Backend::Local(local) => {
                let walk =
                    stream::try_unfold((Arc::clone(local), vec![prefix]), |(local, mut todo)| async move {
                        let Some(folder) = todo.pop() else { return Ok::<_, BlobError>(None) };
                        let reader = Arc::clone(&local);
                        let found = spawn_blocking(move || reader.list_folder(folder.as_ref())).await??;
                        todo.extend(found.folders.into_iter().map(Some));
                        Ok(Some((stream::iter(found.objects.into_iter().map(Ok)), (local, todo))))
                    });
                walk.try_flatten().boxed()
            }
        }
    }

    /// Removes unfinished parts that killed processes left, last written more than `older_than` before `now`.
    /// Returns how many. On an object store there are none.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn sweep_incoming(&self, now: SystemTime, older_than: Duration) -> Result<u64, BlobError> {
        match &self.backend {
            Backend::Local(local) => {
                let local = Arc::clone(local);
                spawn_blocking(move || local.sweep_incoming(now, older_than)).await?
            }
            Backend::Remote(_) => Ok(0),
        }
    }

    /// Whether the store can be read; for readiness checks. A full disk is still ready.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn probe(&self) -> Result<(), BlobError> {
        match &self.backend {
            Backend::Local(local) => {
                let local = Arc::clone(local);
                spawn_blocking(move || local.probe()).await?
            }
            Backend::Remote(remote) => remote.probe().await,
        }
    }

    /// Pieces that a stream reads ahead of whoever takes them: few from a folder, where the system reads ahead itself.
    pub(crate) fn pieces_in_flight(&self) -> usize {
        match &self.backend {
            Backend::Local(_) => 2,
            Backend::Remote(_) => 4,
        }
    }

    /// Largest piece to read at once.
    pub(crate) fn piece_bytes(&self) -> u64 {
        match &self.backend {
            Backend::Local(_) => LOCAL_PIECE_BYTES,
            Backend::Remote(_) => REMOTE_PIECE_BYTES,
        }
    }
}
