//! Objects in an object store, through `object_store`.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};

use crate::s3::Presigner;
use crate::{BlobError, Key, Listed};

/// How long a put is tried.
const PUT_FOR: Duration = Duration::from_secs(20);
/// Waits between the tries of a put: the first and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// An object store that keeps conditional puts and ranges.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    store: Arc<dyn ObjectStore>,
    /// The same without retries of its own: whether a put may have been done has to be known.
    putter: Arc<dyn ObjectStore>,
    signer: Option<Presigner>,
}

impl Remote {
    /// `putter` is the same store, without retries.
    pub(crate) fn new(
        store: Arc<dyn ObjectStore>,
        putter: Arc<dyn ObjectStore>,
        signer: Option<Presigner>,
    ) -> Self {
        Self { store, putter, signer }
    }

    /// An address to GET one object at.
    pub(crate) async fn presigned(
        &self,
        key: &Key,
        content_type: &str,
        valid_for: Duration,
    ) -> Result<Option<String>, BlobError> {
        match &self.signer {
            Some(signer) => signer.address(key, content_type, valid_for).await.map(Some),
            None => Ok(None),
        }
    }

    /// See [`crate::Blobs::cors_address`].
    pub(crate) async fn cors_address(
        &self,
        checksum_sha256: &str,
        valid_for: Duration,
    ) -> Result<Option<String>, BlobError> {
        match &self.signer {
            Some(signer) => signer.cors_address(checksum_sha256, valid_for).await.map(Some),
            None => Ok(None),
        }
    }

    /// Writes a whole object; an existing one is left alone. While the store does not answer, or says that it cannot, it
    /// is asked again; where an answer was lost, what is there tells whether the object was written.
    pub(crate) async fn put_new(&self, key: &Key, pieces: Vec<Bytes>) -> Result<(), BlobError> {
        let payload: PutPayload = pieces.into_iter().collect();
        let (began, mut wait, mut unsure) = (Instant::now(), FIRST_WAIT, false);
        loop {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            match self.putter.put_opts(&path(key), payload.clone(), options).await {
                Ok(_) => return Ok(()),
                Err(object_store::Error::AlreadyExists { .. })
                    if unsure && self.holds(key, &payload).await? =>
                {
                    return Ok(());
                }
                Err(source @ object_store::Error::Generic { .. }) if began.elapsed() < PUT_FOR => {
                    tracing::debug!(%source, %key, "an object is put again");
                    unsure = true;
                    tokio::time::sleep(wait).await;
                    wait = wait.saturating_mul(2).min(LONGEST_WAIT);
                }
                Err(source) => return Err(BlobError::remote(key, source)),
            }
        }
    }

    /// Whether an object has exactly these bytes.
    async fn holds(&self, key: &Key, payload: &PutPayload) -> Result<bool, BlobError> {
        let got = self.store.get(&path(key)).await.map_err(|e| BlobError::remote(key, e))?;
        let mut rest = got.bytes().await.map_err(|e| BlobError::remote(key, e))?;
        if rest.len() != payload.content_length() {
            return Ok(false);
        }
        Ok(payload.iter().all(|piece| rest.split_to(piece.len()) == *piece))
    }

    /// Exactly the bytes of a range that is not empty.
    pub(crate) async fn read(&self, key: &Key, range: Range<u64>) -> Result<Bytes, BlobError> {
        let truncated = || BlobError::Truncated { key: key.clone(), start: range.start, end: range.end };
        let options = GetOptions { range: Some(GetRange::Bounded(range.clone())), ..GetOptions::default() };
        let got = match self.store.get_opts(&path(key), options).await {
            Ok(got) => got,
            Err(object_store::Error::NotFound { .. }) => {
                return Err(BlobError::NotFound { key: key.clone() });
            }
            // A range that starts behind the end has an error that differs from store to store.
            Err(source) => {
                return match self.size(key).await {
                    Ok(size) if size < range.end => Err(truncated()),
                    _ => Err(BlobError::remote(key, source)),
                };
            }
        };
        let bytes = got.bytes().await.map_err(|e| BlobError::remote(key, e))?;
        let wanted = range.end.saturating_sub(range.start);
        if u64::try_from(bytes.len()).is_ok_and(|length| length == wanted) {
            Ok(bytes)
        } else {
            Err(truncated())
        }
    }

    /// Size of an object in bytes.
    pub(crate) async fn size(&self, key: &Key) -> Result<u64, BlobError> {
        self.store.head(&path(key)).await.map(|meta| meta.size).map_err(|e| BlobError::remote(key, e))
    }

    /// Removes an object; one that is not there is removed already.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), BlobError> {
        match self.store.delete(&path(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(BlobError::remote(key, e)),
        }
    }

    /// Removes everything below a prefix, and the object of that name.
    pub(crate) async fn delete_prefix(&self, prefix: &Key) -> Result<(), BlobError> {
        self.delete(prefix).await?;
        let locations = self.store.list(Some(&path(prefix))).map_ok(|meta| meta.location).boxed();
        let deleted = self.store.delete_stream(locations);
        deleted.try_for_each(|_| async { Ok(()) }).await.map_err(|e| BlobError::remote(prefix, e))
    }

    /// The objects below a prefix.
    pub(crate) fn list(&self, prefix: Option<&Key>) -> BoxStream<'static, Result<Listed, BlobError>> {
        let listed = self.store.list(prefix.map(path).as_ref());
        listed
            .map_err(|source| BlobError::Remote { source })
            .try_filter_map(|meta| async move {
                let listed = |key| Listed { key, size_bytes: meta.size, modified: meta.last_modified.into() };
                Ok(Key::parse(meta.location.as_ref()).ok().map(listed))
            })
            .boxed()
    }

    /// Whether the store answers.
    pub(crate) async fn probe(&self) -> Result<(), BlobError> {
        // A prefix that nothing has: one small answer, and an error where the bucket is not there.
        let nothing = Path::from("probe");
        let mut listed = self.store.list(Some(&nothing));
        listed.try_next().await.map(drop).map_err(|source| BlobError::Remote { source })
    }
}

/// A [`Key`] holds only characters that `object_store` leaves as they are.
fn path(key: &Key) -> Path {
    Path::from(key.as_str())
}
