//! Whether the first bytes of an upload are media.

use meridian_blobs::{Blobs, Key, ObjectSequence, Part};
use meridian_domain::sniff::{self, NotMedia, SNIFF_BYTES};
use meridian_store::Reader;
use meridian_store::repo::uploads::{self, Upload};

use super::errors::TusError;

/// From here on a positive verdict stands: every container shows itself within its first 4 KiB.
const SURE_BYTES: usize = 4096;

/// The first bytes as they come.
pub(super) struct Sniffer {
    head: Vec<u8>,
    /// Already known to be media.
    known: bool,
}

/// What the first bytes tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Media.
    Media,
    /// Not enough bytes yet.
    Open,
    /// Something else.
    NotMedia(NotMedia),
}

impl Sniffer {
    /// Takes what is there already.
    pub(super) async fn new(reader: &Reader, blobs: &Blobs, upload: &Upload) -> Result<Self, TusError> {
        let mut head = Vec::new();
        if !upload.sniffed && upload.offset_bytes > 0 {
            let wanted = upload.offset_bytes.min(u64::try_from(SNIFF_BYTES).unwrap_or(u64::MAX));
            let mut sequence = ObjectSequence::new(blobs.clone(), []);
            // A trickle may have cut the head into many small parts, but never more than it has bytes.
            for chunk in uploads::chunks_from(reader, upload.id, 0, wanted).await? {
                let key = Key::parse(&chunk.object_key)?;
                sequence.push(Part { key, size_bytes: chunk.size_bytes });
                if sequence.size_bytes() >= wanted {
                    break;
                }
            }
            let there = wanted.min(sequence.size_bytes());
            head = sequence.read(0..there).await?.to_vec();
        }
        Ok(Self { head, known: upload.sniffed })
    }

    /// Takes the next bytes; beyond the first 64 KiB they are ignored.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        if !self.known {
            let room = SNIFF_BYTES.saturating_sub(self.head.len()).min(bytes.len());
            self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
    }

    /// What is known now; `whole`: no more bytes will come.
    pub(super) fn verdict(&self, whole: bool) -> Verdict {
        if self.known {
            return Verdict::Media;
        }
        let enough = whole || self.head.len() >= SNIFF_BYTES;
        match sniff::sniff(&self.head) {
            Ok(_) if enough || self.head.len() >= SURE_BYTES => Verdict::Media,
            Err(found) if enough => Verdict::NotMedia(found),
            _ => Verdict::Open,
        }
    }

    /// Whether the first 64 KiB are here and not judged yet.
    pub(super) fn is_due(&self) -> bool {
        !self.known && self.head.len() >= SNIFF_BYTES
    }

    /// Nothing more is looked at.
    pub(super) fn settle(&mut self) {
        self.known = true;
        self.head = Vec::new();
    }
}
