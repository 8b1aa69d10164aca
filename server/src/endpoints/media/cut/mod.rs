//! A rendition from one moment to another as one file that begins at zero, without touching a coded picture.
//!
//! Pictures can only be decoded from a key frame on: those between it and the start stay in the file, squeezed into
//! ticks of 1/90000 s right before it, and an edit list begins there. Sound outside of the span is left out. Only the
//! init bytes and the heads of the first and the last segment are written anew; all between is served as it is stored.

mod edges;
mod fragment;
mod init;
pub(super) mod storyboard;
pub(super) mod waveform;

pub(super) use edges::{Cut, cut};
pub(super) use fragment::{Fragment, moof_size};
pub(super) use init::Init;

/// Microseconds to ticks, rounded down.
fn ticks(us: i64, rate: u32) -> i64 {
    i64::try_from(i128::from(us) * i128::from(rate) / 1_000_000).unwrap_or(i64::MAX)
}
