//! Ranges of objects and made bytes, read as one file.

use std::ops::Range;

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use meridian_blobs::{BlobError, Blobs, Key};

use super::download::Piece;
use crate::error::ApiError;

/// Pieces with where they begin in the whole.
pub(super) struct Pieced {
    blobs: Blobs,
    pieces: Vec<(u64, Checked)>,
    size_bytes: u64,
}

#[derive(Clone)]
enum Checked {
    Made(Bytes),
    Stored { key: Key, size_bytes: u64, range: Range<u64> },
}

impl Pieced {
    /// In this order.
    pub(super) fn new(blobs: &Blobs, pieces: Vec<Piece>) -> Result<Self, ApiError> {
        let mut out = Self { blobs: blobs.clone(), pieces: Vec::with_capacity(pieces.len()), size_bytes: 0 };
        for piece in pieces {
            let (checked, length) = match piece {
                Piece::Made(bytes) => {
                    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                    (Checked::Made(bytes), length)
                }
                Piece::Stored(object, range) => {
                    let key = Key::parse(&object.key).map_err(ApiError::internal)?;
                    let length = range.end.saturating_sub(range.start);
                    (Checked::Stored { key, size_bytes: object.size_bytes, range }, length)
                }
            };
            out.pieces.push((out.size_bytes, checked));
            out.size_bytes = out.size_bytes.saturating_add(length);
        }
        Ok(out)
    }

    /// Length of the whole.
    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// A range of the whole, in order and in bounded memory.
    pub(super) fn stream(self, wanted: Range<u64>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        let ends: Vec<u64> =
            self.pieces.iter().skip(1).map(|(start, _)| *start).chain([self.size_bytes]).collect();
        let parts: Vec<(Checked, Range<u64>)> = self
            .pieces
            .into_iter()
            .zip(ends)
            .filter(|((start, _), end)| *start < wanted.end && *end > wanted.start)
            .map(|((start, piece), end)| {
                let within = wanted.start.max(start) - start..wanted.end.min(end) - start;
                (piece, within)
            })
            .collect();
        let blobs = self.blobs;
        let streams = parts.into_iter().map(move |(piece, within)| match piece {
            Checked::Made(bytes) => {
                let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(bytes.len());
                Ok(stream::iter([Ok(bytes.slice(at(within.start)..at(within.end)))]).boxed())
            }
            Checked::Stored { key, size_bytes, range } => {
                blobs.stream(key, size_bytes, range.start + within.start..range.start + within.end)
            }
        });
        stream::iter(streams).try_flatten().boxed()
    }
}

#[cfg(test)]
mod tests {
    use meridian_store::repo::media::Object;

    use super::*;

    #[tokio::test]
    async fn any_range_of_the_whole_is_what_it_should_be() {
        let blobs = Blobs::open("memory://").unwrap();
        let key = Key::parse("a/b").unwrap();
        blobs.put_new(&key, Bytes::from_static(b"0123456789")).await.unwrap();
        let object = Object { key: "a/b".to_owned(), size_bytes: 10 };
        let pieces = || {
            vec![
                Piece::Made(Bytes::from_static(b"AB")),
                Piece::Stored(object.clone(), 2..5),
                Piece::Made(Bytes::from_static(b"C")),
                Piece::Stored(object.clone(), 7..10),
            ]
        };
        let whole = b"AB234C789";
        assert_eq!(Pieced::new(&blobs, pieces()).unwrap().size_bytes(), 9);
        for start in 0..9_usize {
            for end in start + 1..=9 {
                let whole_file = Pieced::new(&blobs, pieces()).unwrap();
                let read: Vec<Bytes> =
                    whole_file.stream(start as u64..end as u64).try_collect().await.unwrap();
                assert_eq!(read.concat(), whole[start..end], "{start}..{end}");
            }
        }
    }
}
