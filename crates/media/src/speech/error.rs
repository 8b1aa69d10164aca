//! What can go wrong between samples and text.
use std::path::PathBuf;

/// An error of recognition or of voice activity detection.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// The weights are not there or are no whisper.cpp model.
    #[error("the speech model {path} cannot be loaded")]
    Model {
        /// The file that was to be loaded.
        path: PathBuf,
        /// What whisper.cpp said.
        source: whisper_rs::WhisperError,
    },
    /// The weights cannot be read.
    #[error("the speech model {path} cannot be read")]
    ModelUnread {
        /// The file that was to be loaded.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Weights of a kind whose word times are not known.
    #[error(
        "{path} is not one of Whisper's models (tiny, base, small, medium, large); `meridian-worker model fetch` gets one"
    )]
    ModelUnknown {
        /// The file that was to be loaded.
        path: PathBuf,
    },
    /// The path of the weights cannot be given to whisper.cpp.
    #[error("the path {0} of the speech model is not UTF-8")]
    ModelPath(PathBuf),
    /// The voice activity model cannot be used.
    #[error("voice activity detection failed")]
    Vad(#[source] whisper_rs::WhisperError),
    /// The voice activity model that ships with the program cannot be unpacked.
    #[error("the voice activity model cannot be written to a temporary file")]
    VadFile(#[source] std::io::Error),
    /// The voice activity model in the program is not the one it was built with.
    #[error("the voice activity model in this program is damaged")]
    VadDamaged,
    /// Inference failed.
    #[error("speech recognition failed")]
    Inference(#[source] whisper_rs::WhisperError),
    /// A language code that Whisper does not know.
    #[error("{0:?} is not a language that speech recognition knows")]
    UnknownLanguage(String),
    /// The caller's abort callback said stop.
    #[error("speech recognition was stopped")]
    Aborted,
}
