//! Ordered objects, read as one file.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use crate::{BlobError, Blobs, Key};

/// One object of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its key.
    pub key: Key,
    /// Its size in bytes, as the row that committed it says.
    pub size_bytes: u64,
}

/// A part and where it begins in the whole.
#[derive(Debug, Clone)]
struct Placed {
    key: Key,
    start: u64,
    end: u64,
}

/// Ordered immutable objects that are read as one file by byte range: an original as it was uploaded, a rendition as
/// one MP4 (init and segments), an export. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ObjectSequence {
    blobs: Blobs,
    parts: Arc<Vec<Placed>>,
}

impl ObjectSequence {
    /// A sequence of these parts in this order.
    pub fn new(blobs: Blobs, parts: impl IntoIterator<Item = Part>) -> Self {
        let mut sequence = Self { blobs, parts: Arc::default() };
        for part in parts {
            sequence.push(part);
        }
        sequence
    }

    /// Adds a part at the end, as they are committed. Clones made earlier keep their length.
    pub fn push(&mut self, part: Part) {
        let start = self.size_bytes();
        let end = start.saturating_add(part.size_bytes);
        Arc::make_mut(&mut self.parts).push(Placed { key: part.key, start, end });
    }

    /// Length of the whole in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.parts.last().map_or(0, |part| part.end)
    }

    /// How many parts there are.
    pub fn part_count(&self) -> usize {
        self.parts.len()
    }

    /// Streams a range (bytes) in order, reading some pieces ahead. Memory is bounded whatever the range.
    ///
    /// # Errors
    /// [`BlobError::OutOfRange`] when it ends behind the sequence or begins behind its own end; the items of the
    /// stream as [`Blobs::read`]. A missing or short object is an error, never an early end.
    pub fn stream(
        &self,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, BlobError>>, BlobError> {
        self.check(&range)?;
        let (blobs, ahead) = (self.blobs.clone(), self.blobs.pieces_in_flight());
        let pieces = Pieces::new(Arc::clone(&self.parts), range, blobs.piece_bytes());
        let reads = stream::iter(pieces).map(move |(key, range)| {
            let blobs = blobs.clone();
            async move { blobs.read(&key, range).await }
        });
        Ok(reads.buffered(ahead).boxed())
    }

    /// Reads a range (bytes) into memory: for pieces of bounded size.
    ///
    /// # Errors
    /// As [`ObjectSequence::stream`] and its items.
    pub async fn read(&self, range: Range<u64>) -> Result<Bytes, BlobError> {
        self.check(&range)?;
        let mut pieces = Pieces::new(Arc::clone(&self.parts), range.clone(), u64::MAX);
        // Within one part, as most reads are, nothing is copied.
        if let (Some((key, first)), None) = (pieces.next(), pieces.next()) {
            return self.blobs.read(&key, first).await;
        }
        let length = usize::try_from(range.end - range.start).unwrap_or(0);
        let whole = BytesMut::with_capacity(length);
        let read = self.stream(range)?.try_fold(whole, |mut whole, piece| async move {
            whole.extend_from_slice(&piece);
            Ok(whole)
        });
        read.await.map(BytesMut::freeze)
    }

    fn check(&self, range: &Range<u64>) -> Result<(), BlobError> {
        let len_bytes = self.size_bytes();
        if range.start > range.end || range.end > len_bytes {
            return Err(BlobError::OutOfRange { start: range.start, end: range.end, len_bytes });
        }
        Ok(())
    }
}

/// The reads that make up a range: each within one part and at most `limit` bytes.
struct Pieces {
    parts: Arc<Vec<Placed>>,
    index: usize,
    at: u64,
    end: u64,
    limit: u64,
}

impl Pieces {
    fn new(parts: Arc<Vec<Placed>>, range: Range<u64>, limit: u64) -> Self {
        let index = parts.partition_point(|part| part.end <= range.start);
        Self { parts, index, at: range.start, end: range.end, limit }
    }
}

impl Iterator for Pieces {
    type Item = (Key, Range<u64>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let part = loop {
            let part = self.parts.get(self.index)?;
            if part.end > self.at {
                break part;
            }
            self.index += 1;
        };
        let stop = self.end.min(part.end).min(self.at.saturating_add(self.limit));
        let within = self.at - part.start..stop - part.start;
        self.at = stop;
        Some((part.key.clone(), within))
    }
}
