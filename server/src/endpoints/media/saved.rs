//! The media of an update as one file, for archives.

use bytes::Bytes;
use futures::stream::BoxStream;
use meridian_blobs::BlobError;
use meridian_store::repo::updates::RowUpdate;

use super::download;
use super::pieced::Pieced;
use crate::error::ApiError;
use crate::state::AppState;

/// A file.
pub(crate) struct Saved {
    /// `mp4` or `m4a`.
    pub(crate) ending: &'static str,
    /// Its bytes, in order.
    pub(crate) bytes: BoxStream<'static, Result<Bytes, BlobError>>,
}

/// What the download of an update gives, within its trim; `None` while there is nothing whole.
pub(crate) async fn saved(state: &AppState, row: &RowUpdate) -> Result<Option<Saved>, ApiError> {
    let Some(generation) = row.generation_id else { return Ok(None) };
    let trim_us = row.trim.map(|trim| (trim.start_ms.saturating_mul(1000), trim.end_ms.saturating_mul(1000)));
    for (picture, ending) in [(true, "mp4"), (false, "m4a")] {
        let reader = state.store.reader();
        if let Some(pieces) = download::pieces(reader, &state.blobs, generation, picture, trim_us).await? {
            let file = Pieced::new(&state.blobs, pieces)?;
            let size_bytes = file.size_bytes();
            return Ok(Some(Saved { ending, bytes: file.stream(0..size_bytes) }));
        }
    }
    Ok(None)
}
