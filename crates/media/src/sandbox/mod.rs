//! The walls around the media child. Each can be left out, for tests only.

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
