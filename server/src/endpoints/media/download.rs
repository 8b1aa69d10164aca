//! A rendition as one file: its init bytes and its segments, one behind the other, are one fragmented MP4.

use std::ops::Range;

use bytes::Bytes;
use meridian_blobs::{Blobs, Key};
use meridian_domain::ids::GenerationId;
use meridian_store::Reader;
use meridian_store::repo::media::{self, Object, Segment};

use super::cut::{Cut, Fragment, Init, cut, moof_size};
use crate::error::ApiError;

/// Largest init bytes and head of a segment.
const HEAD_BYTES: u64 = 4 * 1024 * 1024;
/// What is read of a segment at first: its head is shorter, as a rule.
const FIRST_BYTES: u64 = 64 * 1024;

/// A stretch of the file.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Written for this file.
    Made(Bytes),
    /// A range of a stored object.
    Stored(Object, Range<u64>),
}

impl Piece {
    /// How long it is.
    pub(super) fn size_bytes(&self) -> u64 {
        match self {
            Self::Made(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Stored(_, range) => range.end.saturating_sub(range.start),
        }
    }

    fn whole(object: Object) -> Self {
        let size = object.size_bytes;
        Self::Stored(object, 0..size)
    }
}

/// The best whole rendition as one file, within `trim_us` of the source's time line: it begins at zero then. `None`
/// while none is whole. Where the format changes on the way, key frames carry what decoders need.
pub(super) async fn pieces(
    reader: &Reader,
    blobs: &Blobs,
    generation: GenerationId,
    picture: bool,
    trim_us: Option<(i64, i64)>,
) -> Result<Option<Vec<Piece>>, ApiError> {
    let renditions = media::renditions(reader, generation).await?;
    for rendition in renditions.into_iter().filter(|r| r.ended && r.has_picture == picture) {
        let segments = media::segments(reader, rendition.id).await?;
        let shown: Vec<Segment> =
            segments.into_iter().filter(|s| trim_us.is_none_or(|span| s.overlaps(span))).collect();
        let Some(first) = shown.first() else { continue };
        let inits = media::inits(reader, rendition.id).await?;
        let init = inits.into_iter().find(|(number, _)| *number == first.init);
        let Some((_, init)) = init else { continue };
        if let Some(span) = trim_us {
            return trimmed(blobs, init, shown, span).await.map(Some);
        }
        let objects = std::iter::once(init).chain(shown.into_iter().map(|segment| segment.object));
        return Ok(Some(objects.map(Piece::whole).collect()));
    }
    Ok(None)
}

async fn trimmed(
    blobs: &Blobs,
    init: Object,
    shown: Vec<Segment>,
    (start_us, end_us): (i64, i64),
) -> Result<Vec<Piece>, ApiError> {
    let key = Key::parse(&init.key).map_err(ApiError::internal)?;
    let init_bytes = blobs.read_all(&key, HEAD_BYTES).await?;
    let init = Init::read(&init_bytes).ok_or_else(|| unreadable(&init))?;
    let end_of = |segment: &Segment| segment.start_us.saturating_add(segment.duration_us);
    let last_us = shown.last().map_or(end_us, end_of).min(end_us);
    let count = shown.len();
    let (mut pieces, mut starts) = (Vec::with_capacity(count + 3), Vec::new());
    for (at, segment) in shown.into_iter().enumerate() {
        let start = (at == 0).then_some(start_us.max(segment.start_us));
        let end = (at + 1 == count && end_of(&segment) > end_us).then_some(end_us);
        if start.is_none() && end.is_none() {
            pieces.push(Piece::whole(segment.object));
            continue;
        }
        let fragment = head(blobs, &segment.object).await?;
        let Cut { head, bytes, starts: found } = cut(&init, fragment, start, end);
        if start.is_some() {
            starts = found;
        }
        pieces.push(Piece::Made(head.into()));
        pieces.extend(bytes.into_iter().map(|range| Piece::Stored(segment.object.clone(), range)));
    }
    let length_ms = u32::try_from((last_us - start_us).max(0) / 1000).unwrap_or(u32::MAX);
    pieces.insert(0, Piece::Made(init.write(length_ms, &starts).into()));
    Ok(pieces)
}

async fn head(blobs: &Blobs, segment: &Object) -> Result<Fragment, ApiError> {
    let key = Key::parse(&segment.key).map_err(ApiError::internal)?;
    let most = segment.size_bytes.min(FIRST_BYTES);
    let mut bytes = blobs.read(&key, 0..most).await?;
    let size = moof_size(&bytes).filter(|size| *size <= HEAD_BYTES.min(segment.size_bytes));
    let size = size.ok_or_else(|| unreadable(segment))?;
    if size > most {
        bytes = blobs.read(&key, 0..size).await?;
    }
    let end = usize::try_from(size).unwrap_or(0);
    bytes.get(..end).and_then(Fragment::read).ok_or_else(|| unreadable(segment))
}

fn unreadable(object: &Object) -> ApiError {
    ApiError::internal(std::io::Error::new(
        std::io::ErrorKind::InvalidData,
        format!("{} is not what the worker writes", object.key),
    ))
}
