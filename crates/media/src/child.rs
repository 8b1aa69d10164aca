//! The media child's life: lock itself in, take one job, send its outputs.

use crate::sandbox::SandboxOptions;

/// How the media child's process ends. Any other code, or a signal, is a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// `Finished` was sent.
    Finished = 0,
    /// `Failed` was sent.
    Failed = 20,
    /// `NeedsWholeFile` was sent.
    NeedsWholeFile = 21,
    /// The parent went away or broke the protocol.
    Parent = 22,
    /// The sandbox could not be set up; no byte of the user was read.
    Sandbox = 23,
}

/// Runs the media child on its standard input, which must be one end of a
/// Unix socketpair (both directions), and says how the process shall end.
/// The parent passes `/dev/null` as standard output and reads at most some
/// kilobytes of standard error.
pub fn child_main(options: &SandboxOptions) -> ExitCode {
    let _ = options;
    ExitCode::Sandbox
}
