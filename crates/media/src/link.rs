//! The child's end of the socket: asks for bytes, hands out results.

use crate::error::MediaError;
use crate::protocol::{self, FailureCode, FromChild, MAX_BODY_BYTES, ProtocolError, Request, ToChild};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

/// What a read brought.
pub(crate) enum Answer {
    /// At least one byte.
    Data(Vec<u8>),
    /// Nothing more, ever.
    End,
}

#[derive(Debug, Default)]
struct State {
    /// Why nothing more can be read; set once.
    fault: Option<Fault>,
    size_bytes: Option<u64>,
    sent_bytes: u64,
    quota_bytes: u64,
}

#[derive(Debug, Clone)]
enum Fault {
    /// The parent is gone or talks nonsense.
    Parent,
    /// The parent cannot deliver the source.
    Source(String),
}

/// Shared by the demuxer's reader and the outputs; all on one thread, the lock
/// only satisfies `Send`.
#[derive(Debug)]
pub(crate) struct Link {
    socket: UnixStream,
    state: Mutex<State>,
}

impl Link {
    /// Takes over a connected socket.
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self { socket, state: Mutex::new(State { quota_bytes: u64::MAX, ..State::default() }) }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first message: the job.
    pub(crate) fn receive_request(&self) -> Result<Request, MediaError> {
        match protocol::read_frame::<ToChild>(&mut &self.socket)? {
            Some(frame) => match frame.message {
                ToChild::Start(request) => {
                    self.state().quota_bytes = request.limits.output_quota_bytes;
                    Ok(request)
                }
                _ => Err(ProtocolError::Truncated.into()),
            },
            None => Err(ProtocolError::Truncated.into()),
        }
    }

    /// Asks for `len` bytes from `offset` on and waits for them.
    pub(crate) fn ask(&self, offset: u64, len: u32) -> Result<Answer, MediaError> {
        self.check()?;
        let result = self.ask_unchecked(offset, len);
        if result.is_err() {
            let mut state = self.state();
            if state.fault.is_none() {
                state.fault = Some(Fault::Parent);
            }
        }
        result
    }

    fn ask_unchecked(&self, offset: u64, len: u32) -> Result<Answer, MediaError> {
        protocol::write_frame(&mut &self.socket, &FromChild::Read { offset, len }, &[])?;
        loop {
            let Some(frame) = protocol::read_frame::<ToChild>(&mut &self.socket)? else {
                return Err(ProtocolError::Truncated.into());
            };
            match frame.message {
                ToChild::Data if !frame.body.is_empty() && u64::from(len) >= length(&frame.body) => {
                    return Ok(Answer::Data(frame.body));
                }
                ToChild::Eof => {
                    self.state().size_bytes.get_or_insert(offset);
                    return Ok(Answer::End);
                }
                ToChild::LengthKnown { size_bytes } => self.state().size_bytes = Some(size_bytes),
                ToChild::SourceError { detail } => {
                    self.state().fault = Some(Fault::Source(detail));
                    self.check()?;
                }
                ToChild::Data | ToChild::Start(_) => return Err(ProtocolError::Truncated.into()),
            }
        }
    }

    /// Fails when the source or the parent failed in a callback of ffmpeg, whose
    /// own error does not say so.
    pub(crate) fn check(&self) -> Result<(), MediaError> {
        match self.state().fault.clone() {
            None => Ok(()),
            Some(Fault::Parent) => Err(ProtocolError::Truncated.into()),
            Some(Fault::Source(detail)) => Err(MediaError::failure(
                FailureCode::Source,
                format!("The uploaded bytes could not be read ({detail}). Try again."),
            )),
        }
    }

    /// Sends a message; its bytes count against the quota.
    pub(crate) fn send(&self, message: &FromChild, body: &[u8]) -> Result<(), MediaError> {
        if body.len() > MAX_BODY_BYTES {
            return Err(MediaError::damaged("a single picture in it is larger than 64 MiB"));
        }
        {
            let mut state = self.state();
            state.sent_bytes = state.sent_bytes.saturating_add(length(body));
            if !body.is_empty() && state.sent_bytes > state.quota_bytes {
                return Err(MediaError::failure(
                    FailureCode::OutputQuota,
                    "The processed recording would be larger than allowed. Upload a shorter or smaller file.",
                ));
            }
        }
        protocol::write_frame(&mut &self.socket, message, body)?;
        Ok(())
    }

    /// Bytes sent as bodies so far.
    pub(crate) fn sent_bytes(&self) -> u64 {
        self.state().sent_bytes
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
