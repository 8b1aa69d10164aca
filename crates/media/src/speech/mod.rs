//! From 16 kHz PCM to a transcript with word times.
//!
//! [`Windower`] takes the samples as they come and hands back [`Window`]s of
//! speech; [`Recogniser`] turns each window into [`RecognisedSegment`]s on the
//! recording's own time line. Silence and noise give neither windows nor words.
//! All of it is synchronous and busy: run it on threads of its own, with no
//! more cores for all recognisers together than the machine has.
mod error;
mod guard;
mod languages;
mod logging;
mod pace;
mod recogniser;
mod segment;
mod sentences;
mod span;
mod vad;
mod weights;
mod window;
mod words;

pub use error::SpeechError;
pub use languages::{Language, languages};
pub use pace::Pace;
pub use recogniser::{Abort, DetectedLanguage, Options, Recogniser, Weights};
pub use segment::{RecognisedSegment, Word};
pub use window::{SpeechSpan, Window, Windower};

/// Samples a second of everything here: mono PCM at 16 kHz.
pub const SAMPLE_RATE_HZ: u32 = 16_000;

/// The longest audio that one [`Window`] holds, in milliseconds.
pub const WINDOW_MAX_MS: i64 = 28_000;
