//! Whisper: weights that are loaded once, and recognisers on them with one inference at a time each.
use super::guard::{self, Heard};
use super::words::{self, Token};
use super::{RecognisedSegment, SpeechError, Window, languages, logging, sentences, weights};
use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use whisper_rs::{
    DtwMode, DtwParameters, FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters,
    WhisperState,
};

/// Asked often during inference: true stops it with [`SpeechError::Aborted`].
pub type Abort = Arc<dyn Fn() -> bool + Send + Sync>;

/// Samples of one frame of the encoder's output (20 ms).
const CONTEXT_SAMPLES: usize = 320;
/// The encoder's output has a multiple of this many frames: attention multiplies by their number, and has fast code for
/// multiples of 8 (AVX2) and 16 (AVX-512) only. The 1,500 frames of 30 s, what Whisper was trained with, are none.
const CONTEXT_STEP: usize = 32;
/// Frames of the encoder's output at most: 29.4 s, for windows of up to 28 s.
const FULL_CONTEXT: usize = 1_500 / CONTEXT_STEP * CONTEXT_STEP;
/// Frames left beyond the audio: cut closer, the text suffers.
const CONTEXT_MARGIN: usize = 256;
/// whisper.cpp ends the process when word times are asked of less than 160 ms;
/// below a second Whisper hears little anyway.
const SHORTEST_SAMPLES: usize = 16_000;
/// What one of Whisper's time stamps is worth.
const STAMP_MS: i64 = 20;
/// How much of a window is heard to find its language (15 s).
const DETECTION_SAMPLES: usize = 15 * 16_000;
/// The glossary may use this many tokens of the prompt (224 at most).
const GLOSSARY_TOKENS: usize = 100;
/// Memory for dynamic time warping of one window.
const DTW_BYTES: usize = 128 << 20;
/// How often a window is taken up again where Whisper stopped before its end.
const MOST_PARTS: usize = 4;

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

/// A model's weights in memory (about 80 MB with `base`), shared by all recognisers on them. The last one frees them.
#[derive(Debug, Clone)]
pub struct Weights {
    context: Arc<WhisperContext>,
}

impl Weights {
    /// Loads them.
    pub fn load(model: &Path) -> Result<Self, SpeechError> {
        logging::silence();
        let path = model.to_str().ok_or_else(|| SpeechError::ModelPath(model.to_owned()))?;
        let mut parameters = WhisperContextParameters::default();
        parameters.flash_attn(false).dtw_parameters(DtwParameters {
            mode: DtwMode::ModelPreset { model_preset: weights::preset(model)? },
            dtw_mem_size: DTW_BYTES,
        });
        let context = WhisperContext::new_with_params(path, parameters)
            .map_err(|source| SpeechError::Model { path: model.to_owned(), source })?;
        Ok(Self { context: Arc::new(context) })
    }

    /// Something that recognises with them. `threads`: how many cores inference may keep busy.
    pub fn recogniser(&self, threads: usize) -> Result<Recogniser, SpeechError> {
        let state = self.context.create_state().map_err(SpeechError::Inference)?;
        Ok(Recogniser { context: Arc::clone(&self.context), state, threads: threads.max(1) })
    }
}

/// What recognises, one window at a time (almost 300 MB beside the weights with `base`). `Send`: move it to the thread
/// that does the work.
#[derive(Debug)]
pub struct Recogniser {
    context: Arc<WhisperContext>,
    state: WhisperState,
    threads: usize,
}

impl Recogniser {
    /// How many cores inference may keep busy from now on.
    pub fn set_threads(&mut self, threads: usize) {
        self.threads = threads.max(1);
    }

    /// False for the `.en` models, whose only language is English.
    pub fn is_multilingual(&self) -> bool {
        self.context.is_multilingual()
    }

    /// What is spoken in this window; "en" at once for an `.en` model.
    pub fn detect_language(&mut self, window: &Window) -> Result<DetectedLanguage, SpeechError> {
        if !self.is_multilingual() {
            return Ok(DetectedLanguage { code: "en".to_owned(), probability: 1.0 });
        }
        let samples = padded(window.samples());
        let samples = samples.get(..DETECTION_SAMPLES).unwrap_or(&samples);
        // whisper.cpp detects with the encoder's size of the last inference, 30 s
        // when there was none. So: one inference that stops before it encodes
        // (its span is as short as may be) and leaves spectrogram and size behind.
        let mut parameters = self.parameters(samples.len());
        parameters.set_language(Some("en"));
        parameters.set_duration_ms(100);
        self.state.full(parameters, samples).map_err(SpeechError::Inference)?;
        let (id, all) = self.state.lang_detect(0, self.threads).map_err(SpeechError::Inference)?;
        let code = whisper_rs::get_lang_str(id).unwrap_or("en").to_owned();
        let probability = usize::try_from(id).ok().and_then(|id| all.get(id)).copied().unwrap_or(0.0);
        Ok(DetectedLanguage { code, probability })
    }

    /// The text of a window; empty when there are no words in it.
    pub fn transcribe(
        &mut self,
        window: &Window,
        options: &Options,
    ) -> Result<Vec<RecognisedSegment>, SpeechError> {
        let language = match &options.language {
            Some(name) => {
                languages::code_of(name).ok_or_else(|| SpeechError::UnknownLanguage(name.clone()))?.to_owned()
            }
            None => self.detect_language(window)?.code,
        };
        let mut words = Vec::new();
        let mut part = Cow::Borrowed(window);
        for _ in 0..MOST_PARTS {
            let samples = padded(part.samples());
            self.infer(&samples, &language, options)?;
            let (tokens, heard, ended_ms) = self.collect(&part);
            if !guard::is_speech(&heard) {
                break;
            }
            words.extend(words::words(&tokens, part.speech()));
            // Whisper likes to end with a whole sentence, though somebody speaks on.
            match ended_ms.and_then(|ended_ms| part.unheard(ended_ms)) {
                Some(rest) => part = Cow::Owned(rest),
                None => break,
            }
        }
        Ok(sentences::segments(guard::without_loops(words)))
    }

    fn infer(&mut self, samples: &[f32], language: &str, options: &Options) -> Result<(), SpeechError> {
        let prompt = self.prompt(&options.glossary);
        let mut parameters = self.parameters(samples.len());
        parameters.set_language(Some(language));
        parameters.set_translate(options.translate);
        // Without a limit of 0 text loops; the glossary is the only exception.
        parameters.set_n_max_text_ctx(i32::try_from(prompt.len()).unwrap_or(0));
        if !prompt.is_empty() {
            parameters.set_tokens(&prompt);
        }
        if let Some(abort) = options.abort.clone() {
            // The type must be this box by name: whisper-rs reads it back as one.
            let ask: Box<dyn FnMut() -> bool> = Box::new(move || abort());
            parameters.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(ask);
        }
        let result = self.state.full(parameters, samples);
        if options.abort.as_ref().is_some_and(|abort| abort()) {
            return Err(SpeechError::Aborted);
        }
        result.map_err(SpeechError::Inference)
    }

    fn parameters<'a, 'b>(&self, samples: usize) -> FullParams<'a, 'b> {
        let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        parameters.set_n_threads(i32::try_from(self.threads).unwrap_or(1));
        parameters.set_print_progress(false);
        parameters.set_print_realtime(false);
        parameters.set_print_timestamps(false);
        parameters.set_print_special(false);
        parameters.set_temperature_inc(0.2);
        parameters.set_no_context(true);
        // A window is one piece: a second pass over its last moments invents text.
        parameters.set_single_segment(true);
        parameters.set_suppress_nst(true);
        let context = (samples.div_ceil(CONTEXT_SAMPLES) + CONTEXT_MARGIN).next_multiple_of(CONTEXT_STEP);
        parameters.set_audio_ctx(i32::try_from(context.min(FULL_CONTEXT)).unwrap_or(0));
        parameters
    }

    /// The glossary as what was said before: Whisper goes on in its spelling.
    fn prompt(&self, glossary: &[String]) -> Vec<i32> {
        let mut prompt = Vec::new();
        for term in glossary {
            // A NUL would end whisper-rs.
            let term: String = term.chars().filter(|c| !c.is_control()).collect();
            if term.trim().is_empty() {
                continue;
            }
            let text = if prompt.is_empty() {
                format!(" Glossary: {}", term.trim())
            } else {
                format!(", {}", term.trim())
            };
            match self.context.tokenize(&text, GLOSSARY_TOKENS) {
                Ok(tokens) if prompt.len() + tokens.len() < GLOSSARY_TOKENS => prompt.extend(tokens),
                _ => break,
            }
        }
        if !prompt.is_empty()
            && let Ok(end) = self.context.tokenize(".", 4)
        {
            prompt.extend(end);
        }
        prompt
    }

    /// The text's tokens, how sure they are, and to where in the window Whisper says that it listened, in milliseconds;
    /// `None` where its text goes on to the end.
    fn collect(&self, window: &Window) -> (Vec<Token>, Heard, Option<i64>) {
        let end_of_text = self.context.token_eot();
        let first_stamp = self.context.token_beg();
        let mut ended_ms = None;
        let mut tokens = Vec::new();
        let mut heard = Heard::default();
        for segment in self.state.as_iter() {
            heard.no_speech = heard.no_speech.max(segment.no_speech_probability());
            let mut last_ms = segment.start_timestamp() * 10;
            for index in 0..segment.n_tokens() {
                let Some(token) = segment.get_token(index) else { continue };
                let data = token.token_data();
                if data.id >= end_of_text {
                    if data.id >= first_stamp {
                        let stamp_ms = i64::from(data.id - first_stamp) * STAMP_MS;
                        ended_ms = Some(stamp_ms.max(last_ms));
                    }
                    continue;
                }
                let Ok(bytes) = token.to_bytes() else { continue };
                ended_ms = None;
                if data.t_dtw >= 0 {
                    last_ms = last_ms.max(data.t_dtw * 10);
                }
                heard.add(bytes, data.plog);
                tokens.push(Token {
                    bytes: bytes.to_vec(),
                    end_ms: window.recording_ms(last_ms),
                    probability: data.p,
                });
            }
        }
        (tokens, heard, ended_ms)
    }
}

fn padded(samples: &[f32]) -> Cow<'_, [f32]> {
    if samples.len() >= SHORTEST_SAMPLES {
        return samples.into();
    }
    let mut longer = samples.to_vec();
    longer.resize(SHORTEST_SAMPLES, 0.0);
    longer.into()
}
