//! Cuts a recording into windows of speech, while it arrives.
use super::SpeechError;

/// A stretch in which somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeechSpan {
    /// Start in milliseconds on the recording's time line.
    pub start_ms: i64,
    /// End in milliseconds.
    pub end_ms: i64,
}

/// Up to 28 s of audio with speech in it, long pauses taken out.
#[derive(Debug, Clone)]
pub struct Window {}

impl Window {
    /// Where it starts in the recording, in milliseconds.
    pub fn start_ms(&self) -> i64 {
        0
    }

    /// Where it ends in the recording, in milliseconds.
    pub fn end_ms(&self) -> i64 {
        0
    }

    /// How much audio recognition gets to hear, in milliseconds.
    pub fn audio_ms(&self) -> i64 {
        0
    }
}

/// Finds speech in a stream of samples and cuts it at silences.
///
/// Memory stays below a few megabytes whatever the length of the recording.
#[derive(Debug)]
pub struct Windower {}

impl Windower {
    /// Ready for the first sample of a recording.
    pub fn new() -> Result<Self, SpeechError> {
        Err(SpeechError::VadDamaged)
    }

    /// Takes the next samples (16 kHz mono) and gives the windows whose end is
    /// now certain: mostly none, seldom more than one.
    pub fn push(&mut self, _samples: &[f32]) -> Result<Vec<Window>, SpeechError> {
        Ok(Vec::new())
    }

    /// The same for signed 16-bit samples.
    pub fn push_s16(&mut self, _samples: &[i16]) -> Result<Vec<Window>, SpeechError> {
        Ok(Vec::new())
    }

    /// The recording has ended: gives what remains.
    pub fn finish(&mut self) -> Result<Vec<Window>, SpeechError> {
        Ok(Vec::new())
    }

    /// Where speech has been found so far.
    pub fn speech(&self) -> &[SpeechSpan] {
        &[]
    }

    /// How far the recording has been listened to, in milliseconds.
    pub fn analysed_ms(&self) -> i64 {
        0
    }
}
