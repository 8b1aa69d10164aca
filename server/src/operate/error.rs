//! What stops a command. Its text tells whoever typed it what is wrong.

use std::path::{Path, PathBuf};

use meridian_blobs::BlobError;
use meridian_store::StoreError;

/// What stops a command.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// The database.
    #[error("the database cannot be used")]
    Store(#[source] StoreError),
    /// The object store.
    #[error("the object store cannot be used")]
    Blob(#[from] BlobError),
    /// A file.
    #[error("{action} {path}")]
    File {
        /// What was being done.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file holds something else than what it should.
    #[error("{path} cannot be read")]
    Json {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// The command will not do it; nothing has changed.
    #[error("{0}")]
    Refused(String),
    /// The backup is damaged; nothing has changed.
    #[error("the backup is damaged and nothing was changed: {0}")]
    Damaged(String),
    /// What was written is not what was read; nothing has changed in the database.
    #[error("what was written is not what was read: {0}")]
    Differs(String),
}

impl From<StoreError> for OperateError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(why) => Self::Refused(why),
            other => Self::Store(other),
        }
    }
}

impl OperateError {
    /// Wraps an error of a file.
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
