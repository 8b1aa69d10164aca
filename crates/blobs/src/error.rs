//! The one error type of this crate.

use crate::Key;

/// What can go wrong with an object.
///
/// [`BlobError::NotFound`] and [`BlobError::NoSpace`] have an answer of their own at the edge (404 or a damaged
/// update, and 507); the others are faults of the store.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No object has this key.
    #[error("no object {key}")]
    NotFound {
        /// The key that was asked for.
        key: Key,
    },
    /// An object with this key exists already; it was left as it is.
    #[error("object {key} exists already")]
    AlreadyExists {
        /// The key that was to be written.
        key: Key,
    },
    /// The disk is full or a quota is used up. Nothing was kept.
    #[error("no room left in the store")]
    NoSpace {
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The object ends before the range that was asked for.
    #[error("object {key} has no bytes {start}..{end}")]
    Truncated {
        /// The damaged object.
        key: Key,
        /// First byte asked for.
        start: u64,
        /// One past the last byte asked for.
        end: u64,
    },
    /// The range lies outside the sequence.
    #[error("range {start}..{end} is outside of {len_bytes} bytes")]
    OutOfRange {
        /// First byte asked for.
        start: u64,
        /// One past the last byte asked for.
        end: u64,
        /// Length of the sequence.
        len_bytes: u64,
    },
    /// A text that cannot be an object's key.
    #[error("not an object key: {reason}")]
    InvalidKey {
        /// Which rule it breaks; holds no part of the text.
        reason: &'static str,
    },
    /// A store address this build cannot open.
    #[error("cannot open the object store: {reason}")]
    InvalidUrl {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The file system refused.
    #[error("{action} failed")]
    Io {
        /// What was being done.
        action: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The object store refused.
    #[error("the object store failed")]
    Remote {
        /// What it said.
        #[source]
        source: object_store::Error,
    },
    /// A blocking task was cancelled or panicked.
    #[error("a storage task ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl BlobError {
    /// Wraps an error of the file system, telling a full disk from the others.
    pub(crate) fn io(action: &'static str, source: std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        match source.kind() {
            StorageFull | QuotaExceeded => Self::NoSpace { source },
            _ => Self::Io { action, source },
        }
    }

    /// Whether the store is away, or full, for a moment: the same may work soon.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::NoSpace { .. } | Self::Remote { source: object_store::Error::Generic { .. } })
    }

    /// Wraps an error of `object_store` about one object.
    pub(crate) fn remote(key: &Key, source: object_store::Error) -> Self {
        match source {
            object_store::Error::NotFound { .. } => Self::NotFound { key: key.clone() },
            object_store::Error::AlreadyExists { .. } => Self::AlreadyExists { key: key.clone() },
            source => Self::Remote { source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_full_quota_are_no_space() {
        for code in [libc::ENOSPC, libc::EDQUOT] {
            let error = BlobError::io("write", std::io::Error::from_raw_os_error(code));
            assert!(matches!(error, BlobError::NoSpace { .. }), "{error:?}");
        }
        let error = BlobError::io("write", std::io::Error::from_raw_os_error(libc::EIO));
        assert!(matches!(error, BlobError::Io { .. }), "{error:?}");
    }
}
