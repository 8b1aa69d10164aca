//! A body becomes durable parts: cut, write, sync, then one transaction that moves the offset.
//!
//! While parts are made durable the next one is received. They are committed in their order, each after the one
//! before it. A broken connection keeps what came. With a checksum nothing is committed before the whole body verifies.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures::{Stream, StreamExt as _};
use meridian_blobs::{Key, ObjectWriter, layout};
use meridian_store::repo::uploads::{Appended, NewChunk};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use self::target::Committing;
pub(super) use self::target::Target;
use super::checksum::{Expected, Running};
use super::errors::TusError;
use super::sniffer::{Sniffer, Verdict};
use crate::error::{ApiError, Code};

mod target;

/// Parts of one body that are on their way to the disk at once: a disk syncs four files in little more time than one.
const PARTS_AT_ONCE: u16 = 4;

/// How a body is cut and when it is cut off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Largest part, in bytes.
    pub(super) part_bytes: u64,
    /// A part that grows slowly is committed after this time, so that viewers of a live recording see it.
    pub(super) part_time: Duration,
    /// A body that brings less than `idle_bytes` in this time is cut off.
    pub(super) idle: Duration,
    /// See `idle`.
    pub(super) idle_bytes: u64,
    /// Largest body with a checksum, in bytes.
    pub(super) checked_bytes: u64,
    /// How long a body may go on coming while the server stops.
    pub(super) last: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            part_bytes: 8 * 1024 * 1024,
            part_time: Duration::from_secs(1),
            idle: Duration::from_mins(1),
            idle_bytes: 1024,
            checked_bytes: 64 * 1024 * 1024,
            last: Duration::from_secs(3),
        }
    }
}

struct OpenPart {
    writer: ObjectWriter,
    since: Instant,
}

struct Receiver {
    target: Target,
    limits: Limits,
    sniffer: Sniffer,
    /// Where the next part begins, in bytes.
    at: u64,
    part: Option<OpenPart>,
    /// The last part that was sent off; it waits for those before it.
    in_flight: Option<Committing>,
    /// Held by each part that is on its way.
    room: Arc<Semaphore>,
    last: Appended,
    /// With a checksum: the sum so far.
    sum: Option<Running>,
    /// With a checksum: durable parts that no row names yet.
    held: Vec<NewChunk>,
}

/// Receives a body for an upload that stands where the client says. Returns where it stands afterwards.
pub(super) async fn receive<S>(
    target: Target,
    mut body: S,
    checksum: Option<Expected>,
    limits: Limits,
) -> Result<Appended, TusError>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    let sniffer = Sniffer::new(target.store.reader(), &target.blobs, &target.upload).await?;
    let at = target.upload.offset_bytes;
    let mut receiver = Receiver {
        last: Appended { offset_bytes: at, completed: target.upload.is_complete() },
        sum: checksum.map(Running::new),
        held: Vec::new(),
        target,
        limits,
        sniffer,
        at,
        part: None,
        in_flight: None,
        room: Arc::new(Semaphore::new(usize::from(PARTS_AT_ONCE))),
    };
    let done = receiver.run(&mut body).await;
    if done.is_err() {
        receiver.abandon().await;
        drain(&mut body).await;
    }
    done
}

impl Receiver {
    async fn run<S>(&mut self, body: &mut S) -> Result<Appended, TusError>
    where
        S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
    {
        let (closed, last) = (self.target.closed.clone(), self.limits.last);
        let mut stopped = pin!(async move {
            closed.cancelled().await;
            tokio::time::sleep(last).await;
        });
        let mut window = Instant::now();
        let mut window_bytes = 0_u64;
        loop {
            let window_end = window + self.limits.idle;
            let part_end = self.part.as_ref().filter(|_| self.sum.is_none());
            let part_end = part_end.map(|part| part.since + self.limits.part_time);
            let wake = part_end.map_or(window_end, |end| end.min(window_end));
            tokio::select! {
                biased;
                () = &mut stopped => {
                    return self.broken("The server stops. Ask with HEAD, then go on from there.", Code::Overloaded).await;
                }
                () = sleep_until(wake) => {
                    if part_end.is_some_and(|end| end <= Instant::now()) {
                        self.cut().await?;
                    }
                    if window_end <= Instant::now() {
                        if window_bytes < self.limits.idle_bytes {
                            return self.broken("No more bytes came in time.", Code::Timeout).await;
                        }
                        (window, window_bytes) = (Instant::now(), 0);
                    }
                }
                next = body.next() => match next {
                    Some(Ok(bytes)) => {
                        window_bytes = window_bytes.saturating_add(size(&bytes));
                        self.take(bytes).await?;
                    }
                    Some(Err(error)) => {
                        tracing::debug!(%error, upload = %self.target.upload.id, "the body broke off");
                        return self.broken("The body broke off.", Code::Malformed).await;
                    }
                    None => return self.finish().await,
                },
            }
        }
    }

    /// Takes the next bytes of the body.
    async fn take(&mut self, mut bytes: Bytes) -> Result<(), TusError> {
        let held = self.part.as_ref().map_or(0, |part| part.writer.size_bytes());
        let end = self.at.saturating_add(held).saturating_add(size(&bytes));
        let most = self.target.upload.length_bytes.unwrap_or(self.target.most_bytes);
        let start = self.target.upload.offset_bytes;
        if end > most {
            return Err(
                ApiError::new(Code::TooLarge, "These are more bytes than the upload may have.").into()
            );
        }
        if let Some(sum) = &mut self.sum {
            if end - start > self.limits.checked_bytes {
                let detail = "A body with a checksum may have at most 64 MiB.";
                return Err(ApiError::new(Code::TooLarge, detail).into());
            }
            sum.add(&bytes);
        }
        self.sniffer.add(&bytes);
        if self.sum.is_none() && self.sniffer.is_due() {
            self.judge(end == most && self.target.upload.length_bytes.is_some()).await?;
        }
        while !bytes.is_empty() {
            let part = self.part.get_or_insert_with(|| OpenPart {
                writer: self.target.blobs.writer(layout::upload_part(self.target.upload.id.into(), self.at)),
                since: Instant::now(),
            });
            let room = self.limits.part_bytes.saturating_sub(part.writer.size_bytes());
            let piece = bytes.split_to(usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len()));
            part.writer.write(piece).await?;
            if part.writer.size_bytes() >= self.limits.part_bytes {
                self.cut().await?;
            }
        }
        Ok(())
    }

    /// Whether what came is media; ends the upload when it is not.
    async fn judge(&mut self, whole: bool) -> Result<bool, TusError> {
        match self.sniffer.verdict(whole) {
            Verdict::Media => Ok(true),
            Verdict::Open => Ok(false),
            Verdict::NotMedia(found) => {
                self.part = None;
                // A commit under way would collide with the end of the upload.
                self.settle().await?;
                Err(self.target.reject(&found).await)
            }
        }
    }

    /// Closes the part that is open and sends it off to be committed, once few enough are on their way.
    async fn cut(&mut self) -> Result<(), TusError> {
        let Some(part) = self.part.take() else { return Ok(()) };
        let (at, part_bytes) = (self.at, part.writer.size_bytes());
        if self.sum.is_some() {
            self.at = at.saturating_add(part_bytes);
            let (key, size_bytes) = part.writer.finish().await?;
            self.held.push(NewChunk { size_bytes, object_key: key.to_string() });
            return Ok(());
        }
        let room = self.room_for(&part.writer).await?;
        self.at = at.saturating_add(part_bytes);
        let is_media = self.judge(self.target.upload.length_bytes == Some(self.at)).await?;
        if is_media {
            self.sniffer.settle();
        }
        let commit = self.target.clone().commit(part.writer, at, is_media, self.in_flight.take());
        self.in_flight = Some(tokio::spawn(async move {
            let done = commit.await;
            drop(room);
            done
        }));
        Ok(())
    }

    /// Waits until one more part may be on its way: one at a time where a part waits in memory.
    async fn room_for(&mut self, writer: &ObjectWriter) -> Result<OwnedSemaphorePermit, TusError> {
        let wanted = if writer.is_held_in_memory() { u32::from(PARTS_AT_ONCE) } else { 1 };
        let room = Arc::clone(&self.room).acquire_many_owned(wanted).await.map_err(ApiError::internal)?;
        if self.in_flight.as_ref().is_some_and(JoinHandle::is_finished) {
            self.settle().await?;
        }
        Ok(room)
    }

    /// Waits for what is on its way.
    async fn settle(&mut self) -> Result<(), TusError> {
        if let Some(in_flight) = self.in_flight.take() {
            self.last = in_flight.await.map_err(ApiError::internal)??;
        }
        Ok(())
    }

    /// The body is whole.
    async fn finish(&mut self) -> Result<Appended, TusError> {
        self.cut().await?;
        self.settle().await?;
        let upload = &self.target.upload;
        let whole = upload.length_bytes == Some(self.at);
        if let Some(sum) = self.sum.take() {
            if !sum.matches() {
                return Err(TusError::ChecksumMismatch);
            }
            let start = upload.offset_bytes;
            let is_media = self.judge(whole).await?;
            let done = self.target.append(start, &self.held, is_media).await;
            if !done.as_ref().is_err_and(TusError::is_refusal) {
                self.held.clear();
            }
            return done;
        }
        if whole && !self.last.completed {
            // Nothing came, but the length that was told is reached already.
            let is_media = self.judge(true).await?;
            self.last = self.target.append(self.at, &[], is_media).await?;
        }
        Ok(self.last)
    }

    /// The body ended before its end: what came is kept, unless a checksum was to cover it.
    async fn broken(&mut self, detail: &str, code: Code) -> Result<Appended, TusError> {
        if self.sum.is_none() {
            self.cut().await?;
            self.settle().await?;
        }
        Err(ApiError::new(code, detail).into())
    }

    /// Cleans up after an error: parts that no row names.
    async fn abandon(&mut self) {
        self.part = None;
        if let Err(error) = self.settle().await {
            tracing::debug!(%error, upload = %self.target.upload.id, "the part before failed too");
        }
        for chunk in std::mem::take(&mut self.held) {
            if let Ok(key) = Key::parse(&chunk.object_key) {
                self.target.discard(&key).await;
            }
        }
    }
}

fn size(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Reads on for a while after a refusal: a client that is still sending would otherwise see its connection reset
/// instead of the answer.
pub(super) async fn drain<S>(body: &mut S)
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    const MOST_BYTES: u64 = 64 * 1024 * 1024;
    let mut drained = 0_u64;
    let reading = async {
        while let Some(Ok(bytes)) = body.next().await {
            drained = drained.saturating_add(size(&bytes));
            if drained > MOST_BYTES {
                break;
            }
        }
    };
    if tokio::time::timeout(Duration::from_secs(5), reading).await.is_err() {
        tracing::debug!("a refused body is still coming");
    }
}

#[cfg(test)]
mod tests;
