//! From encoded samples to init bytes and segments. Pure: no ffmpeg, no I/O.

pub(crate) mod boxes;
pub(crate) mod h264;
pub(crate) mod sample;
pub(crate) mod segmenter;
