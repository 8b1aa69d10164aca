//! The walls around the media child. Each can be left out, for tests only.

mod landlock;
pub mod probe;
mod rlimits;
mod seccomp;

/// Which layers are set up; all by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxOptions {
    /// Bounds on memory, processor time, files and core dumps.
    pub rlimits: bool,
    /// No file system (where the kernel has Landlock).
    pub landlock: bool,
    /// An allow-list of system calls: no socket, no open, no exec.
    pub seccomp: bool,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self { rlimits: true, landlock: true, seccomp: true }
    }
}

impl SandboxOptions {
    /// No walls at all.
    pub const OPEN: Self = Self { rlimits: false, landlock: false, seccomp: false };
}

/// A layer that could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Resource limits.
    #[error("resource limits could not be set")]
    Rlimits(#[source] std::io::Error),
    /// Landlock, though the kernel has it.
    #[error("landlock could not be set up")]
    Landlock(#[from] ::landlock::RulesetError),
    /// The system call filter could not be made.
    #[error("the system call filter could not be made")]
    Filter(#[from] seccompiler::BackendError),
    /// The system call filter could not be installed.
    #[error("the system call filter could not be installed")]
    Install(#[from] seccompiler::Error),
}

/// Locks this process in, for good. Must run before any byte of a user is read,
/// and before other threads exist (Landlock binds only the thread that calls).
pub fn enter(options: &SandboxOptions) -> Result<(), SandboxError> {
    close_inherited_files();
    if options.rlimits {
        rlimits::enter().map_err(SandboxError::Rlimits)?;
    }
    if options.landlock {
        landlock::enter()?;
    }
    if options.seccomp {
        seccomp::enter()?;
    }
    Ok(())
}

/// Whether this kernel has Landlock; without it the filter of system calls alone keeps files closed.
pub fn has_landlock() -> bool {
    landlock::is_there()
}

/// Closes what the parent may have left open, but for the standard three.
#[expect(unsafe_code, reason = "libc")]
fn close_inherited_files() {
    // SAFETY: this process has opened nothing that it still needs.
    unsafe {
        libc::close_range(3, libc::c_uint::MAX, 0);
        // Not readable for other processes of the same user, no core dump.
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }
}
