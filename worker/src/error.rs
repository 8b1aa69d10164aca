//! Why a job stopped, and with it what becomes of the job.

use std::process::ExitStatus;

use meridian_blobs::BlobError;
use meridian_media::protocol::ProtocolError;
use meridian_media::speech::SpeechError;
use meridian_store::StoreError;

/// A job that did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    /// The bytes cannot become media: a retry ends the same.
    #[error("{code}: {detail}")]
    Rejected {
        /// The API's word.
        code: String,
        /// A sentence for users.
        detail: String,
    },
    /// Somebody else has the job, or it was called off.
    #[error("the lease is lost")]
    Lost,
    /// The worker is to end.
    #[error("the worker is ending")]
    Shutdown,
    /// The job was put aside until something happens; nothing more to write.
    #[error("parked")]
    Parked,
    /// The media child died.
    #[error("the media child ended without a result ({status}); its last words: {stderr}")]
    ChildCrashed {
        /// How.
        status: ExitStatus,
        /// The end of what it wrote.
        stderr: String,
    },
    /// The media child did nothing for too long, or far too much.
    #[error("the media child was stopped: {0}")]
    ChildStuck(&'static str),
    /// The media child reports a fault that is not the file's.
    #[error("the media child failed: {0}")]
    Child(String),
    /// The media child broke the protocol.
    #[error("the media child's words cannot be read")]
    Protocol(#[from] ProtocolError),
    /// The database.
    #[error("the database failed")]
    Store(#[source] StoreError),
    /// The object store.
    #[error("the object store failed")]
    Blob(#[from] BlobError),
    /// A process, socket or scratch file.
    #[error("{action} failed")]
    Io {
        /// What was being done.
        action: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Speech recognition.
    #[error("speech recognition failed")]
    Speech(#[from] SpeechError),
    /// A number that the database or the child gave is out of range.
    #[error("a number is out of range")]
    Range(#[from] std::num::TryFromIntError),
    /// A task of the job panicked or was cancelled.
    #[error("a task ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::Lost,
            other => Self::Store(other),
        }
    }
}

impl JobError {
    /// Whether the database or the object store is away, or full, for a moment: the job itself is not to blame.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing() || error.is_disk_full(),
            Self::Blob(error) => error.is_passing(),
            _ => false,
        }
    }

    /// Wraps an error of the system.
    pub(crate) fn io(action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}

/// An error and everything below it, for logs.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(source) = below {
        text.push_str(": ");
        text.push_str(&source.to_string());
        below = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_is_away_or_full_is_not_the_job_s_fault() {
        let io = || std::io::Error::other("x");
        assert!(JobError::from(BlobError::NoSpace { source: io() }).is_passing());
        assert!(!JobError::from(BlobError::Io { action: "reading", source: io() }).is_passing());
        assert!(!JobError::ChildStuck("slow").is_passing());
    }
}
