//! One media child at work: its reads are answered, its outputs handed on, and it is stopped when it is stuck.

use std::future::Future;
use std::time::{Duration, Instant};

use meridian_media::child::Urgency;
use meridian_media::protocol::{FailureCode, Finished, FromChild, Mode, Request, ToChild};

use crate::error::JobError;
use crate::media_child::MediaChild;
use crate::source::{Served, Source, Waited};

/// Time of its own that a child may use whatever it reads.
const BUSY_BASE: Duration = Duration::from_mins(30);
/// And as many seconds more for each second of media.
const BUSY_PER_SECOND: u32 = 10;

/// Takes what a child puts out.
pub(crate) trait Sink: Send {
    /// One message with its bytes; never `Read` nor a last one.
    fn take(
        &mut self,
        message: FromChild,
        body: Vec<u8>,
        source: &Source,
    ) -> impl Future<Output = Result<(), JobError>> + Send;

    /// The upload has sent nothing for the stall time. `Ok`: the attempt ends with what is there, or (false) more
    /// came after all.
    fn stalled(&mut self, source: &Source) -> impl Future<Output = Result<bool, JobError>> + Send;
}

/// How a child ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// All went well.
    Finished(Box<Finished>),
    /// It has to start again once the last byte is there.
    NeedsWholeFile,
}

/// Times of one session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// After how long a silent upload has stalled.
    pub(crate) stall: Duration,
    /// After how long a silent child is stopped.
    pub(crate) silence: Duration,
}

/// Nobody waits for another rung. What was sent as a file is needed soon; while it is made the API answers as ever.
fn urgency(request: &Request) -> Urgency {
    match request.mode {
        Mode::AddRungs => Urgency::Later,
        _ if request.live => Urgency::Live,
        _ => Urgency::Soon,
    }
}

/// Runs one request to its end.
pub(crate) async fn run(
    request: Request,
    source: &mut Source,
    sink: &mut impl Sink,
    patience: Patience,
) -> Result<Ended, JobError> {
    let child = MediaChild::spawn(urgency(&request))?;
    let mut session =
        Session { child, reading: None, told_length: false, busy: Duration::ZERO, position_ms: 0 };
    session.child.send(&ToChild::Start(request), &[]).await?;
    loop {
        if let Some(ended) = session.step(source, sink, patience).await? {
            session.child.end().await?;
            return Ok(ended);
        }
    }
}

struct Session {
    child: MediaChild,
    /// The read that waits for bytes.
    reading: Option<(u64, u32)>,
    told_length: bool,
    /// Time that the child took for itself.
    busy: Duration,
    position_ms: u64,
}

impl Session {
    async fn step(
        &mut self,
        source: &mut Source,
        sink: &mut impl Sink,
        patience: Patience,
    ) -> Result<Option<Ended>, JobError> {
        let started = Instant::now();
        let waiting = self.reading.is_some();
        let frame = tokio::select! {
            biased;
            frame = self.child.next() => frame?,
            waited = source.wait(patience.stall), if waiting => {
                self.waited(waited?, source, sink).await?;
                return Ok(None);
            }
            () = tokio::time::sleep(patience.silence), if !waiting => {
                return Err(JobError::ChildStuck("it said nothing for too long"));
            }
        };
        if !waiting {
            self.busy += started.elapsed();
        }
        let Some(frame) = frame else { return Err(self.child.crashed().await) };
        match frame.message {
            FromChild::Read { offset, len } => self.answer(offset, len, source).await?,
            FromChild::Finished(finished) => return Ok(Some(Ended::Finished(Box::new(finished)))),
            FromChild::NeedsWholeFile => return Ok(Some(Ended::NeedsWholeFile)),
            FromChild::Failed(failure) => return Err(failed(failure.code, failure.detail)),
            message => {
                if let FromChild::Progress { position_ms } = &message {
                    self.position_ms = *position_ms;
                }
                sink.take(message, frame.body, source).await?;
            }
        }
        let allowed = u32::try_from(self.position_ms / 1000).unwrap_or(u32::MAX);
        let allowed =
            BUSY_BASE + Duration::from_secs(1).saturating_mul(allowed.saturating_mul(BUSY_PER_SECOND));
        if self.busy > allowed {
            return Err(JobError::ChildStuck("it took far longer than the media lasts"));
        }
        Ok(None)
    }

    async fn answer(&mut self, offset: u64, len: u32, source: &mut Source) -> Result<(), JobError> {
        match source.read(offset, len).await? {
            Served::Data(bytes) => {
                self.reading = None;
                self.tell_length(source).await?;
                self.child.send(&ToChild::Data, &bytes).await
            }
            Served::Eof => {
                self.reading = None;
                self.tell_length(source).await?;
                self.child.send(&ToChild::Eof, &[]).await
            }
            Served::Later => {
                self.reading = Some((offset, len));
                Ok(())
            }
        }
    }

    /// Once, as soon as the length is final.
    async fn tell_length(&mut self, source: &Source) -> Result<(), JobError> {
        if self.told_length || !source.is_whole() {
            return Ok(());
        }
        self.told_length = true;
        let size_bytes = source.size_bytes();
        self.child.send(&ToChild::LengthKnown { size_bytes }, &[]).await
    }

    async fn waited(
        &mut self,
        waited: Waited,
        source: &mut Source,
        sink: &mut impl Sink,
    ) -> Result<(), JobError> {
        if waited == Waited::Stalled && sink.stalled(source).await? {
            source.end_here();
        }
        match self.reading {
            Some((offset, len)) => self.answer(offset, len, source).await,
            None => Ok(()),
        }
    }
}

/// What users can mend is their file's fault; the rest is worth another attempt.
fn failed(code: FailureCode, detail: String) -> JobError {
    match code {
        FailureCode::Source | FailureCode::Internal => JobError::Child(detail),
        code => JobError::Rejected { code: code.as_str().to_owned(), detail },
    }
}

/// Waits until the source has its last byte, for a child that ended before it.
pub(crate) async fn drain(
    source: &mut Source,
    sink: &mut impl Sink,
    patience: Patience,
) -> Result<(), JobError> {
    while !source.is_whole() {
        if source.wait(patience.stall).await? == Waited::Stalled && sink.stalled(source).await? {
            source.end_here();
        }
    }
    Ok(())
}
