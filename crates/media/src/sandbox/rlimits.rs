//! Bounds on what the child may use up.

use rlimit::Resource;
use std::io;

/// Address space: room for 4K pictures in a dozen references, and threads.
const ADDRESS_SPACE_BYTES: u64 = 3 * 1024 * 1024 * 1024;
/// Processor time: a last resort; the parent watches the wall clock.
const CPU_SECONDS: u64 = 6 * 3600;
/// Standard error may be a file.
const FILE_BYTES: u64 = 1024 * 1024;
/// The socket, the standard three, and little more.
const OPEN_FILES: u64 = 16;

/// Sets all of them, for good.
pub(super) fn enter() -> io::Result<()> {
    Resource::AS.set(ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES)?;
    Resource::CPU.set(CPU_SECONDS, CPU_SECONDS)?;
    Resource::FSIZE.set(FILE_BYTES, FILE_BYTES)?;
    Resource::NOFILE.set(OPEN_FILES, OPEN_FILES)?;
    Resource::CORE.set(0, 0)
}
