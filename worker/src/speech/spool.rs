//! Sound that waits to be heard: a scratch file without a name, so that media never waits for text and memory stays
//! small. 32 kB a second.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes a sample.
const SAMPLE_BYTES: u64 = 2;

/// One writer, one reader.
#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    written_bytes: u64,
    ended: bool,
    given_up: bool,
}

impl Spool {
    /// An empty one, on the file system of `folder`.
    pub(super) fn new(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = tempfile::tempfile_in(folder)?;
        Ok(Self { file, state: Mutex::default(), changed: Condvar::new() })
    }

    /// Adds samples (16-bit little-endian) at their place; what was left out is silence.
    pub(super) fn write(&self, start_sample: u64, bytes: &[u8]) -> std::io::Result<()> {
        let at = start_sample.saturating_mul(SAMPLE_BYTES);
        self.file.write_all_at(bytes, at)?;
        let end = at.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let mut state = self.lock();
        state.written_bytes = state.written_bytes.max(end);
        self.changed.notify_all();
        Ok(())
    }

    /// Nothing more comes.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Nobody wants to hear it any more.
    pub(super) fn give_up(&self) {
        self.lock().given_up = true;
        self.changed.notify_all();
    }

    /// How many samples are written from `sample` on: they wait to be heard.
    pub(super) fn waiting(&self, sample: u64) -> u64 {
        (self.lock().written_bytes / SAMPLE_BYTES).saturating_sub(sample)
    }

    /// Whole samples from `sample` on, at most `samples.len()`; blocks until there are some. `None` at the end.
    pub(super) fn read(&self, sample: u64, samples: &mut Vec<i16>, most: u64) -> std::io::Result<Option<()>> {
        let from = sample.saturating_mul(SAMPLE_BYTES);
        let mut state = self.lock();
        let available = loop {
            if state.given_up {
                return Ok(None);
            }
            let whole = state.written_bytes / SAMPLE_BYTES * SAMPLE_BYTES;
            // In whole strides: voice activity costs a fixed amount for each call.
            if whole >= from.saturating_add(most * SAMPLE_BYTES) || (state.ended && whole > from) {
                break whole.saturating_sub(from).min(most * SAMPLE_BYTES);
            }
            if state.ended {
                return Ok(None);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        let mut bytes = vec![0; usize::try_from(available).unwrap_or(0)];
        self.file.read_exact_at(&mut bytes, from)?;
        samples.clear();
        let (pairs, _) = bytes.as_chunks::<2>();
        samples.extend(pairs.iter().map(|pair| i16::from_le_bytes(*pair)));
        Ok(Some(()))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_in_strides_and_gaps_are_silence() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path()).unwrap();
        let mut samples = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                spool.write(0, &[1, 0, 2, 0]).unwrap();
                spool.write(3, &[4, 0, 255]).unwrap();
                spool.end();
            });
            assert!(spool.waiting(0) <= 4 && spool.waiting(9) == 0);
            spool.read(0, &mut samples, 3).unwrap().unwrap();
            assert_eq!(samples, [1, 2, 0]);
            spool.read(3, &mut samples, 3).unwrap().unwrap();
            assert_eq!(samples, [4]);
            assert!(spool.read(4, &mut samples, 3).unwrap().is_none());
        });
    }

    #[test]
    fn giving_up_wakes_the_reader() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path()).unwrap();
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| spool.read(0, &mut Vec::new(), 10).unwrap());
            spool.give_up();
            assert!(reader.join().unwrap().is_none());
        });
    }
}
