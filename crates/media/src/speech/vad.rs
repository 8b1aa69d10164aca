//! Silero voice activity detection, over blocks of a stream.
use super::{SpeechError, logging};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use whisper_rs::{WhisperVadContext, WhisperVadContextParams};

/// Samples that get one probability (32 ms).
pub(super) const FRAME: usize = 512;

/// Frames heard again before each block: the network forgets everything
/// between two calls and needs about a second to hear its way in again.
const WARM_UP_FRAMES: usize = 32;

/// Below this peak (-72 dBFS) a whole block is silent without asking.
const SILENT_PEAK: f32 = 0.000_25;

static MODEL: &[u8] = include_bytes!("../../assets/ggml-silero-v6.2.0.bin");
const MODEL_SHA256: &str = "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987";

/// The network and the last second that it heard.
#[derive(Debug)]
pub(super) struct Vad {
    context: WhisperVadContext,
    heard: Vec<f32>,
}

impl Vad {
    /// Loads the network that ships in the program.
    pub(super) fn new() -> Result<Self, SpeechError> {
        logging::silence();
        if hex::encode(Sha256::digest(MODEL)) != MODEL_SHA256 {
            return Err(SpeechError::VadDamaged);
        }
        // whisper.cpp reads it from a path and keeps nothing open.
        let mut file = tempfile::NamedTempFile::new().map_err(SpeechError::VadFile)?;
        file.write_all(MODEL).and_then(|()| file.flush()).map_err(SpeechError::VadFile)?;
        let path = file.path().to_str().ok_or_else(|| SpeechError::ModelPath(file.path().to_owned()))?;
        let mut parameters = WhisperVadContextParams::new();
        // Each step is tiny: a second thread only costs.
        parameters.set_n_threads(1);
        let context = WhisperVadContext::new(path, parameters).map_err(SpeechError::Vad)?;
        Ok(Self { context, heard: Vec::new() })
    }

    /// The probability of speech for each frame of `block`, whose length must
    /// be a multiple of [`FRAME`] unless it is the last of the recording.
    pub(super) fn probabilities(&mut self, block: &[f32]) -> Result<Vec<f32>, SpeechError> {
        let frames = block.len().div_ceil(FRAME);
        if block.iter().all(|s| s.abs() < SILENT_PEAK) {
            self.remember(block);
            return Ok(vec![0.0; frames]);
        }
        let warm_up = self.heard.len() / FRAME;
        let mut samples = std::mem::take(&mut self.heard);
        samples.extend_from_slice(block);
        self.context.detect_speech(&samples).map_err(SpeechError::Vad)?;
        let all = self.context.probabilities();
        let new = all.get(warm_up..).unwrap_or_default().to_vec();
        self.remember(block);
        Ok(new)
    }

    fn remember(&mut self, block: &[f32]) {
        let whole = block.len() / FRAME * FRAME;
        let from = whole.saturating_sub(WARM_UP_FRAMES * FRAME);
        self.heard = block[from..whole].to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_in_the_program_is_the_pinned_one_and_hears_silence() {
        let mut vad = Vad::new().unwrap();
        assert_eq!(vad.probabilities(&vec![0.0; FRAME * 10]).unwrap(), vec![0.0; 10]);
        // A hum is no speech either, and is asked about.
        let hum: Vec<f32> = (0..FRAME * 40_usize)
            .map(|i| 0.1 * (f32::from(u16::try_from(i % 160).unwrap()) / 160.0 * std::f32::consts::TAU).sin())
            .collect();
        let probabilities = vad.probabilities(&hum).unwrap();
        assert_eq!(probabilities.len(), 40);
        assert!(probabilities.iter().skip(5).all(|p| *p < 0.5), "{probabilities:?}");
    }
}
