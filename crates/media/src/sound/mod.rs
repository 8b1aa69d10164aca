//! Sound: one time line, encoding, and what is measured on the way.

pub(crate) mod copy;
pub(crate) mod encode;
pub(crate) mod limiter;
pub(crate) mod loudness;
pub(crate) mod path;
pub(crate) mod peaks;
pub(crate) mod silence;
pub(crate) mod timeline;
