//! The sandboxed media child as a process: spawned with one end of a socketpair, stopped when it is stuck, and gone
//! with whoever drops it.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use meridian_media::child::Urgency;
use meridian_media::protocol::{Decoder, Frame, FromChild, ToChild, encode_head};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::process::{ChildStderr, Command};

use crate::error::JobError;

/// Bytes read from the socket at once.
const READ_BYTES: usize = 256 * 1024;
/// The end of its standard error that is kept, in bytes.
const STDERR_BYTES: usize = 4 * 1024;
/// How long a child may take to end after its last word.
const EXIT_GRACE: Duration = Duration::from_secs(10);

/// A running media child. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct MediaChild {
    process: tokio::process::Child,
    socket: UnixStream,
    decoder: Decoder,
    buffer: Vec<u8>,
    stderr: Arc<Mutex<Vec<u8>>>,
}

impl MediaChild {
    /// Starts this very program again as a media child, with nothing of the environment.
    pub(crate) fn spawn(urgency: Urgency) -> Result<Self, JobError> {
        let (ours, theirs) = StdStream::pair().map_err(JobError::io("making a socketpair"))?;
        ours.set_nonblocking(true).map_err(JobError::io("making a socketpair"))?;
        // Also right when the file was replaced by an update meanwhile.
        let mut command = Command::new("/proc/self/exe");
        command
            .arg0("meridian-media-child")
            .arg("media-child")
            .args(["--nice", &urgency.niceness().to_string()])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut process = command.spawn().map_err(JobError::io("starting the media child"))?;
        let stderr = Arc::new(Mutex::new(Vec::new()));
        if let Some(pipe) = process.stderr.take() {
            tokio::spawn(keep_end(pipe, Arc::clone(&stderr)));
        }
        let socket = UnixStream::from_std(ours).map_err(JobError::io("making a socketpair"))?;
        Ok(Self { process, socket, decoder: Decoder::new(), buffer: vec![0; READ_BYTES], stderr })
    }

    /// Sends one message.
    pub(crate) async fn send(&mut self, message: &ToChild, body: &[u8]) -> Result<(), JobError> {
        let head = encode_head(message, body.len())?;
        let sent = async {
            self.socket.write_all(&head).await?;
            self.socket.write_all(body).await
        };
        match sent.await {
            Ok(()) => Ok(()),
            // It is dead; what it said before, or how it ended, tells more.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Ok(()),
            Err(source) => Err(JobError::Io { action: "writing to the media child", source }),
        }
    }

    /// The next message; `None` when it has closed its end. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Result<Option<Frame<FromChild>>, JobError> {
        loop {
            if let Some(frame) = self.decoder.next_frame()? {
                return Ok(Some(frame));
            }
            let got = match self.socket.read(&mut self.buffer).await {
                Ok(got) => got,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => 0,
                Err(source) => return Err(JobError::Io { action: "reading from the media child", source }),
            };
            if got == 0 {
                return Ok(None);
            }
            self.decoder.push(self.buffer.get(..got).unwrap_or_default());
        }
    }

    /// Waits for its end after its last word, or ends it.
    pub(crate) async fn end(&mut self) -> Result<ExitStatus, JobError> {
        if let Ok(status) = tokio::time::timeout(EXIT_GRACE, self.process.wait()).await {
            return status.map_err(JobError::io("waiting for the media child"));
        }
        self.process.start_kill().map_err(JobError::io("stopping the media child"))?;
        self.process.wait().await.map_err(JobError::io("waiting for the media child"))
    }

    /// It closed the socket without a result: how and why.
    pub(crate) async fn crashed(&mut self) -> JobError {
        let stderr = Arc::clone(&self.stderr);
        match self.end().await {
            Ok(status) => {
                let kept = stderr.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
                JobError::ChildCrashed { status, stderr: String::from_utf8_lossy(&kept).trim().to_owned() }
            }
            Err(error) => error,
        }
    }
}

/// Reads everything, so that the child never waits, and keeps the end.
async fn keep_end(mut pipe: ChildStderr, kept: Arc<Mutex<Vec<u8>>>) {
    let mut piece = [0; 1024];
    while let Ok(got) = pipe.read(&mut piece).await {
        if got == 0 {
            return;
        }
        let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.extend_from_slice(piece.get(..got).unwrap_or_default());
        let excess = kept.len().saturating_sub(STDERR_BYTES);
        kept.drain(..excess);
    }
}
