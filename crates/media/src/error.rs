//! What can end a job, and what the user is told.

use crate::protocol::{Failure, FailureCode, ProtocolError};

/// Why a pass ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaError {
    /// The bytes are at fault: told to the user.
    #[error("{}", .0.detail)]
    Failure(Failure),
    /// Must be run again with all bytes there.
    #[error("the index of the file is at its end")]
    NeedsWholeFile,
    /// The parent went away or broke the protocol.
    #[error("the parent is gone")]
    Parent(#[from] ProtocolError),
    /// ffmpeg failed where a good file cannot be the cause.
    #[error("{step} failed: {source}")]
    Ffmpeg {
        /// What was being done.
        step: &'static str,
        /// ffmpeg's error.
        source: ffmpeg_next::Error,
    },
}

impl MediaError {
    /// A failure with its sentence for users.
    pub(crate) fn failure(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::Failure(Failure { code, detail: detail.into() })
    }

    /// The file is too broken.
    pub(crate) fn damaged(what: &str) -> Self {
        Self::failure(
            FailureCode::Damaged,
            format!(
                "The file is damaged: {what}. Play it on your computer to check it, and upload it again."
            ),
        )
    }
}

/// Names the step of an ffmpeg call.
pub(crate) trait Step<T> {
    /// Turns ffmpeg's error into ours.
    fn step(self, step: &'static str) -> Result<T, MediaError>;
}

impl<T> Step<T> for Result<T, ffmpeg_next::Error> {
    fn step(self, step: &'static str) -> Result<T, MediaError> {
        self.map_err(|source| MediaError::Ffmpeg { step, source })
    }
}
