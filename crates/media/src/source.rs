//! The source as ffmpeg reads it: bytes asked for over the link, nothing else.

use crate::error::MediaError;
use crate::link::{Answer, Link};
use crate::protocol::MAX_READ_BYTES;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Bytes asked for at once when reading on in sequence.
const AHEAD_BYTES: u32 = 256 * 1024;

/// Reads the source; seeks only when its size is known.
pub(crate) struct SourceReader {
    link: Arc<Link>,
    position: u64,
    size_bytes: Option<u64>,
    window_start: u64,
    window: Vec<u8>,
    /// The first bytes, kept for a second look and for going back to zero.
    head: Vec<u8>,
    ended_at: Option<u64>,
}

impl SourceReader {
    /// At the source's first byte.
    pub(crate) fn new(link: Arc<Link>, size_bytes: Option<u64>) -> Self {
        Self {
            link,
            position: 0,
            size_bytes,
            window_start: 0,
            window: Vec::new(),
            head: Vec::new(),
            ended_at: None,
        }
    }

    /// The first bytes, at least `wanted` unless the source is shorter.
    pub(crate) fn peek(&mut self, wanted: usize) -> Result<&[u8], MediaError> {
        while self.head.len() < wanted && self.ended_at.is_none() {
            let offset = length(&self.head);
            match self.link.ask(offset, AHEAD_BYTES)? {
                Answer::Data(bytes) => self.head.extend(bytes),
                Answer::End => self.ended_at = Some(offset),
            }
        }
        Ok(&self.head)
    }

    /// Bytes from `self.position` on that are at hand.
    fn at_hand(&self) -> Option<&[u8]> {
        let within = |start: u64, bytes: &'_ [u8]| -> Option<usize> {
            let at = usize::try_from(self.position.checked_sub(start)?).ok()?;
            (at < bytes.len()).then_some(at)
        };
        match within(0, &self.head) {
            Some(at) => self.head.get(at..),
            None => within(self.window_start, &self.window).and_then(|at| self.window.get(at..)),
        }
    }

    fn fill(&mut self, wanted: usize) -> io::Result<bool> {
        if self.ended_at.is_some_and(|end| self.position >= end) {
            return Ok(false);
        }
        let wanted = u32::try_from(wanted).unwrap_or(MAX_READ_BYTES).clamp(AHEAD_BYTES, MAX_READ_BYTES);
        match self.link.ask(self.position, wanted) {
            Ok(Answer::Data(bytes)) => {
                self.window_start = self.position;
                self.window = bytes;
                Ok(true)
            }
            Ok(Answer::End) => {
                self.ended_at = Some(self.position);
                Ok(false)
            }
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl Read for SourceReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at_hand().is_none() && !self.fill(out.len())? {
            return Ok(0);
        }
        let bytes = self.at_hand().unwrap_or_default();
        let count = bytes.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), bytes.get(..count)) {
            to.copy_from_slice(from);
        }
        self.position += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }
}

impl Seek for SourceReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let base = |from: u64, by: i64| from.checked_add_signed(by);
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => base(self.position, by),
            SeekFrom::End(by) => self.size_bytes.and_then(|size| base(size, by)),
        };
        let target = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.position = target;
        Ok(target)
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
