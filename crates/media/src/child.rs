//! The media child's life: lock itself in, take one job, send its outputs.

use crate::error::MediaError;
use crate::link::Link;
use crate::pass;
use crate::protocol::{Failure, FailureCode, FromChild, PROTOCOL_VERSION, ProtocolError};
use crate::sandbox::{self, SandboxOptions};
use std::io;
use std::os::fd::FromRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

/// Largest single allocation inside libav, in bytes.
const LARGEST_ALLOCATION: usize = 256 * 1024 * 1024;

/// How far a child steps back for all else on the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It does not: somebody watches what it makes as it is made.
    Live,
    /// Whoever asks the server goes first.
    Soon,
    /// Everything goes first: nobody waits for it.
    Later,
}

impl Urgency {
    /// Its niceness, 0 to 19.
    pub fn niceness(self) -> u8 {
        match self {
            Self::Live => 0,
            Self::Soon => 5,
            Self::Later => 15,
        }
    }
}

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

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        #[expect(clippy::as_conversions, reason = "the number of a fieldless enum")]
        Self::from(code as u8)
    }
}

/// Lowers the priority of this process to a niceness, 0 to 19. Call it before [`child_main`].
#[expect(unsafe_code, reason = "libc")]
pub fn give_way(niceness: u8) {
    // SAFETY: changes the priority of this process; no pointers.
    if unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, niceness.into()) } != 0 {
        tell("the priority could not be lowered");
    }
}

/// Runs the media child on its standard input, which must be one end of a
/// Unix socketpair (both directions), and says how the process shall end.
/// The parent passes `/dev/null` as standard output and reads at most some
/// kilobytes of standard error. Call it first thing in `main`, before any
/// thread or runtime exists; it closes all files but the standard three.
pub fn child_main(options: &SandboxOptions) -> ExitCode {
    // What wants to read files does so before the door closes.
    if let Err(error) = prepare() {
        tell(&format!("the media libraries do not start: {error}"));
        return ExitCode::Sandbox;
    }
    if let Err(error) = sandbox::enter(options) {
        tell(&format!("the sandbox could not be set up: {error:?}"));
        return ExitCode::Sandbox;
    }
    let link = Arc::new(Link::new(socket_on_standard_input()));
    let (message, code) = match job(&link) {
        Ok(finished) => (finished, ExitCode::Finished),
        Err(error) => match explain(error) {
            Some(end) => end,
            None => return ExitCode::Parent,
        },
    };
    match link.send(&message, &[]) {
        Ok(()) => code,
        Err(_gone) => ExitCode::Parent,
    }
}

/// Standard input as a socket. Not duplicated: no system call is needed for it.
#[expect(unsafe_code, reason = "takes over a file descriptor")]
fn socket_on_standard_input() -> UnixStream {
    // SAFETY: descriptor 0 is open for the process's life and used by nobody else.
    unsafe { UnixStream::from_raw_fd(0) }
}

fn prepare() -> Result<(), ffmpeg_next::Error> {
    ffmpeg_next::init()?;
    // Files of users must not write our logs; what went wrong is told in messages.
    ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet);
    crate::ffi::limit_allocations(LARGEST_ALLOCATION);
    Ok(())
}

fn job(link: &Arc<Link>) -> Result<FromChild, MediaError> {
    let request = link.receive_request()?;
    if request.version != PROTOCOL_VERSION {
        return Err(ProtocolError::Truncated.into());
    }
    let result = pass::run(link, &request);
    // A source that failed explains whatever ffmpeg made of it.
    link.check()?;
    Ok(FromChild::Finished(result?))
}

/// The last message for an error; none when nobody is there to hear it.
fn explain(error: MediaError) -> Option<(FromChild, ExitCode)> {
    match error {
        MediaError::Failure(failure) => Some((FromChild::Failed(failure), ExitCode::Failed)),
        MediaError::NeedsWholeFile => Some((FromChild::NeedsWholeFile, ExitCode::NeedsWholeFile)),
        MediaError::Parent(_) => None,
        MediaError::Ffmpeg { step, source } => {
            tell(&format!("{step} failed: {source}"));
            let detail = "Something went wrong while processing the recording. Try again.".to_owned();
            Some((FromChild::Failed(Failure { code: FailureCode::Internal, detail }), ExitCode::Failed))
        }
    }
}

/// One line for the parent's log.
fn tell(line: &str) {
    use io::Write;
    // Nobody may be listening: there is nothing else to do about it.
    drop(writeln!(io::stderr(), "media-child: {line}"));
}
