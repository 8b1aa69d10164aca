//! Where the bytes of a body go: durable objects, and the rows that name them.

use meridian_blobs::{Blobs, Key, ObjectWriter};
use meridian_domain::ids::UserId;
use meridian_store::Store;
use meridian_store::repo::uploads::{self, Appended, NewChunk, Upload};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::super::errors::TusError;
use super::super::terminate::remove_objects;
use crate::error::{ApiError, Code};
use crate::state::AppState;

/// A part that is being made durable and committed.
pub(super) type Committing = JoinHandle<Result<Appended, TusError>>;

/// Whose bytes go where.
#[derive(Clone)]
pub(in crate::endpoints::uploads) struct Target {
    pub(super) store: Store,
    pub(super) blobs: Blobs,
    /// Cancelled when the server is to stop.
    pub(super) closed: CancellationToken,
    /// Largest upload, in bytes.
    pub(super) most_bytes: u64,
    pub(super) viewer: UserId,
    pub(super) upload: Upload,
}

impl Target {
    pub(in crate::endpoints::uploads) fn new(state: &AppState, viewer: UserId, upload: Upload) -> Self {
        Self {
            store: state.store.clone(),
            blobs: state.blobs.clone(),
            closed: state.events.closed(),
            most_bytes: state.settings.max_upload_bytes,
            viewer,
            upload,
        }
    }

    /// A part of the recording's trace.
    pub(in crate::endpoints::uploads) fn span(&self) -> tracing::Span {
        let span = tracing::info_span!(parent: None, "receive", upload_id = %self.upload.id);
        meridian_telemetry::part_of(span, self.upload.update_id)
    }

    /// One transaction that adds the chunks and moves the offset.
    pub(super) async fn append(
        &self,
        at: u64,
        chunks: &[NewChunk],
        is_media: bool,
    ) -> Result<Appended, TusError> {
        let expires = self.store.clock().now_ms().saturating_add(super::super::EXPIRES_AFTER_MS);
        let tx = self.store.write_beside().await?;
        let moved = uploads::append(&tx, self.viewer, self.upload.id, at, chunks, is_media, expires).await?;
        tx.commit().await?;
        let size_bytes = chunks.iter().map(|chunk| chunk.size_bytes).sum();
        metrics::counter!("meridian_upload_bytes_total").increment(size_bytes);
        Ok(moved)
    }

    /// Makes a part durable, and commits it after the part before it. That one's error is the error of both.
    pub(super) async fn commit(
        self,
        writer: ObjectWriter,
        at: u64,
        is_media: bool,
        before: Option<Committing>,
    ) -> Result<Appended, TusError> {
        let durable = writer.finish().await;
        let before = match before {
            Some(before) => {
                before.await.map_err(|error| ApiError::internal(error).into()).flatten().map(drop)
            }
            None => Ok(()),
        };
        let (key, size_bytes) = match (before, durable) {
            (Ok(()), durable) => durable?,
            (Err(error), durable) => {
                if let Ok((key, _)) = durable {
                    self.discard(&key).await;
                }
                return Err(error);
            }
        };
        let chunk = NewChunk { size_bytes, object_key: key.to_string() };
        let done = self.append(at, &[chunk], is_media).await;
        // After a refusal no row names the object. After a fault of the database one may, so it stays.
        if done.as_ref().is_err_and(TusError::is_refusal) {
            self.discard(&key).await;
        }
        done
    }

    pub(super) async fn discard(&self, key: &Key) {
        if let Err(error) = self.blobs.delete(key).await {
            tracing::warn!(%error, upload = %self.upload.id, "a part that lost its race is left");
        }
    }

    /// Ends the upload: it is not media.
    pub(super) async fn reject(&self, found: &meridian_domain::sniff::NotMedia) -> TusError {
        let detail = found.detail();
        let code = Code::UnsupportedMedia;
        let rejected: Result<(), TusError> = async {
            let tx = self.store.write().await?;
            uploads::reject(&tx, self.viewer, self.upload.id, code.as_str(), &detail).await?;
            Ok(tx.commit().await?)
        }
        .await;
        if let Err(error) = rejected {
            return error;
        }
        remove_objects(&self.blobs, self.upload.id).await;
        ApiError::new(code, detail).into()
    }
}
