//! A zip that is written while it is read: a thread of its own writes what comes over one bounded channel into another,
//! so an archive of any size takes the same small memory, and a reader who leaves ends it.

use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::contents::Contents;

/// Pieces on their way in and out.
const WAITING: usize = 8;
/// Size of what goes out at once, in bytes.
const OUT_BYTES: usize = 128 * 1024;

/// A step of writing.
enum Step {
    /// A file begins.
    Begin { name: String, packed: bool },
    /// Bytes of the file that began last.
    Bytes(Bytes),
    /// There is nothing more.
    End,
}

/// Where an archive's files go.
pub(super) struct Files(mpsc::Sender<Step>);

/// The reader has left.
#[derive(Debug, thiserror::Error)]
#[error("the reader of the archive has left")]
pub(super) struct Left;

impl Files {
    /// A file of text.
    pub(super) async fn text(&self, name: String, text: impl Into<Bytes>) -> Result<(), Left> {
        self.send(Step::Begin { name, packed: true }).await?;
        self.send(Step::Bytes(text.into())).await
    }

    /// A file of media; the caller sends its bytes next.
    pub(super) async fn media(&self, name: String) -> Result<(), Left> {
        self.send(Step::Begin { name, packed: false }).await
    }

    /// Bytes of the file that began last.
    pub(super) async fn bytes(&self, bytes: Bytes) -> Result<(), Left> {
        self.send(Step::Bytes(bytes)).await
    }

    async fn send(&self, step: Step) -> Result<(), Left> {
        self.0.send(step).await.map_err(|_unsent| Left)
    }
}

/// The zip of a workspace. Without its end, and so not to be opened, when something went wrong on the way: then the
/// connection breaks.
pub(super) fn stream(contents: Contents) -> BoxStream<'static, io::Result<Bytes>> {
    let (files, steps) = mpsc::channel(WAITING);
    let (out, pieces) = mpsc::channel(WAITING);
    let failed = out.clone();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = write(steps, out) {
            tracing::warn!(%error, "an export ended early");
        }
    });
    actix_web::rt::spawn(async move {
        let files = Files(files);
        match contents.write(&files).await {
            // Whether anybody still reads does not matter here.
            Ok(()) => drop(files.send(Step::End).await),
            Err(error) => drop(failed.send(Err(io::Error::other(error))).await),
        }
    });
    stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) })
        .into_stream()
        .boxed()
}

fn write(mut steps: mpsc::Receiver<Step>, out: mpsc::Sender<io::Result<Bytes>>) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(Out { to: out, waiting: BytesMut::new() });
    while let Some(step) = steps.blocking_recv() {
        match step {
            Step::Begin { name, packed } => {
                let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
                let options = SimpleFileOptions::default().compression_method(method).large_file(!packed);
                zip.start_file(name, options)?;
            }
            Step::Bytes(bytes) => zip.write_all(&bytes)?,
            Step::End => {
                zip.finish()?.into_inner().flush()?;
                return Ok(());
            }
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// Hands written bytes on in pieces of some size.
struct Out {
    to: mpsc::Sender<io::Result<Bytes>>,
    waiting: BytesMut,
}

impl Out {
    fn hand_on(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let piece = self.waiting.split().freeze();
        self.to.blocking_send(Ok(piece)).map_err(|_unsent| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= OUT_BYTES {
            self.hand_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()
    }
}
