//! From sound to text in the worker: spooled PCM, windows of speech, one recogniser for all jobs.

pub(crate) mod listen;
pub(crate) mod pool;
mod spool;
