//! Cuts a recording into windows of speech, while it arrives.
//!
//! Speech is cut at silences, pauses inside a window are shortened, and the
//! window remembers from where in the recording each piece of it came.
use super::pace::Pace;
use super::span::{Frames, SpanFinder};
use super::vad::{FRAME, Vad};
use super::{SpeechError, WINDOW_MAX_MS};
use std::collections::VecDeque;

/// Samples a millisecond.
const PER_MS: usize = 16;
/// Frames left around speech (256 ms): Silero is late at the start of a word
/// and early at a soft end.
const PAD_FRAMES: usize = 8;
/// A pause up to this many frames (1.1 s) stays as it is.
const KEPT_PAUSE_FRAMES: usize = 34;
/// Frames of the longest window.
const WINDOW_FRAMES: usize = 28_000 * PER_MS / FRAME;
/// A window is not cut before this many frames (10 s), if there is a choice.
const EARLY_FRAMES: usize = 312;
/// Speech without any silence is cut at its softest frame within the last 8 s.
const SOFTEST_FRAMES: usize = 250;

/// Speech up to this long behind what was recognised is its soft end, in milliseconds.
const SOFT_END_MS: i64 = 1_200;
/// A part of a window is at least this long, so that every part is shorter than the one before.
const LEAST_PART_MS: i64 = 1_000;

const _: () = assert!(WINDOW_MAX_MS == 28_000);

/// A stretch in which somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeechSpan {
    /// Start in milliseconds on the recording's time line.
    pub start_ms: i64,
    /// End in milliseconds.
    pub end_ms: i64,
}

/// Where a part of a window comes from, in samples.
#[derive(Debug, Clone, Copy)]
struct Piece {
    in_window: usize,
    in_recording: usize,
    length: usize,
}

/// Up to 28 s of audio with speech in it, long pauses taken out.
#[derive(Debug, Clone)]
pub struct Window {
    samples: Vec<f32>,
    pieces: Vec<Piece>,
    speech: Vec<SpeechSpan>,
}

impl Window {
    /// A window of samples (16 kHz mono, at most 28 s) that are taken to be
    /// speech without asking, and that start at `start_ms` of the recording.
    pub fn whole(samples: &[f32], start_ms: i64) -> Self {
        let in_recording = usize::try_from(start_ms).unwrap_or(0) * PER_MS;
        let most = WINDOW_FRAMES * FRAME;
        let samples = samples.get(..most).unwrap_or(samples).to_vec();
        let pieces = vec![Piece { in_window: 0, in_recording, length: samples.len() }];
        let end_ms = ms(in_recording + samples.len());
        Self { samples, pieces, speech: vec![SpeechSpan { start_ms: ms(in_recording), end_ms }] }
    }

    /// Where it starts in the recording, in milliseconds.
    pub fn start_ms(&self) -> i64 {
        self.pieces.first().map_or(0, |p| ms(p.in_recording))
    }

    /// Where it ends in the recording, in milliseconds.
    pub fn end_ms(&self) -> i64 {
        self.pieces.last().map_or(0, |p| ms(p.in_recording + p.length))
    }

    /// How much audio recognition gets to hear, in milliseconds.
    pub fn audio_ms(&self) -> i64 {
        ms(self.samples.len())
    }

    /// Where in it somebody speaks, on the recording's time line.
    pub fn speech(&self) -> &[SpeechSpan] {
        &self.speech
    }

    /// What recognition hears: 16 kHz mono.
    pub(super) fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// What is left of it from a moment on (milliseconds from its start), when somebody still speaks there.
    pub(super) fn unheard(&self, from_ms: i64) -> Option<Self> {
        let at = usize::try_from(from_ms).ok().filter(|_| from_ms >= LEAST_PART_MS)? * PER_MS;
        let samples = self.samples.get(at..)?.to_vec();
        let mut pieces = Vec::new();
        for piece in self.pieces.iter().filter(|p| p.in_window + p.length > at) {
            let gone = at.saturating_sub(piece.in_window);
            pieces.push(Piece {
                in_window: piece.in_window.saturating_sub(at),
                in_recording: piece.in_recording + gone,
                length: piece.length - gone,
            });
        }
        let start_ms = pieces.first().map(|p| ms(p.in_recording))?;
        let speech: Vec<SpeechSpan> = self
            .speech
            .iter()
            .filter(|span| span.end_ms > start_ms)
            .map(|span| SpeechSpan { start_ms: span.start_ms.max(start_ms), end_ms: span.end_ms })
            .collect();
        let spoken_ms: i64 = speech.iter().map(|span| span.end_ms - span.start_ms).sum();
        (spoken_ms > SOFT_END_MS).then_some(Self { samples, pieces, speech })
    }

    /// Where in the recording a moment of the window is. At a seam the moment
    /// belongs to the piece before it: word times are ends.
    pub(super) fn recording_ms(&self, window_ms: i64) -> i64 {
        let at = usize::try_from(window_ms).unwrap_or(0) * PER_MS;
        let piece = self.pieces.iter().find(|p| at <= p.in_window + p.length).or(self.pieces.last());
        piece.map_or(0, |p| ms(p.in_recording + at.saturating_sub(p.in_window).min(p.length)))
    }
}

/// Finds speech in a stream of samples and cuts it at silences.
///
/// The result does not depend on how the samples are portioned. Memory stays
/// below 20 MB whatever the length of the recording.
#[derive(Debug)]
pub struct Windower {
    vad: Vad,
    pace: Pace,
    /// Samples from `kept_from` on; those before are in windows or silent.
    kept: VecDeque<f32>,
    kept_from: usize,
    /// How far speech has been looked for.
    analysed: usize,
    finder: SpanFinder,
    /// Spans that no window has yet.
    pending: Vec<Frames>,
    /// All spans of the recording.
    speech: Vec<SpeechSpan>,
    /// How many frames have been looked at.
    frame: usize,
    /// Where the speech of the last window ended.
    emitted_to: Option<usize>,
}

impl Windower {
    /// Ready for the first sample of a recording.
    pub fn new() -> Result<Self, SpeechError> {
        Ok(Self {
            vad: Vad::new()?,
            pace: Pace::default(),
            kept: VecDeque::new(),
            kept_from: 0,
            analysed: 0,
            finder: SpanFinder::default(),
            pending: Vec::new(),
            speech: Vec::new(),
            frame: 0,
            emitted_to: None,
        })
    }

    /// Cuts for another purpose from here on.
    pub fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// Takes the next samples (16 kHz mono) and gives the windows whose end is
    /// now certain: mostly none, seldom more than one.
    pub fn push(&mut self, samples: &[f32]) -> Result<Vec<Window>, SpeechError> {
        let mut windows = Vec::new();
        let block_samples = self.pace.block_frames() * FRAME;
        // However much comes at once, only about a block more is held.
        for part in samples.chunks(block_samples) {
            self.kept.extend(part);
            while self.kept_from + self.kept.len() >= self.analysed + block_samples {
                let block = self.copy(self.analysed, self.analysed + block_samples);
                self.analyse(&block, &mut windows)?;
            }
        }
        Ok(windows)
    }

    /// The same for signed 16-bit samples.
    pub fn push_s16(&mut self, samples: &[i16]) -> Result<Vec<Window>, SpeechError> {
        let samples: Vec<f32> = samples.iter().map(|s| f32::from(*s) / 32_768.0).collect();
        self.push(&samples)
    }

    /// The recording has ended: gives what remains.
    pub fn finish(&mut self) -> Result<Vec<Window>, SpeechError> {
        let mut windows = Vec::new();
        let end = self.kept_from + self.kept.len();
        if end > self.analysed {
            let block = self.copy(self.analysed, end);
            self.analyse(&block, &mut windows)?;
        }
        if let Some(span) = self.finder.finish() {
            self.add(span, &mut windows);
        }
        self.emit(self.pending.len(), usize::MAX, &mut windows);
        Ok(windows)
    }

    /// Where speech has been found so far.
    pub fn speech(&self) -> &[SpeechSpan] {
        &self.speech
    }

    /// How far the recording has been listened to, in milliseconds.
    pub fn analysed_ms(&self) -> i64 {
        ms(self.analysed)
    }

    fn copy(&self, from: usize, to: usize) -> Vec<f32> {
        let last = self.kept_from + self.kept.len();
        let (from, to) = (from.max(self.kept_from), to.min(last));
        self.kept.range(from - self.kept_from..to.max(from) - self.kept_from).copied().collect()
    }

    fn analyse(&mut self, block: &[f32], windows: &mut Vec<Window>) -> Result<(), SpeechError> {
        let probabilities = self.vad.probabilities(block)?;
        self.analysed += block.len();
        for probability in probabilities {
            let closed = self.finder.push(probability);
            self.frame += 1;
            if let Some(span) = closed {
                self.add(span, windows);
            } else if let Some(open) = self.finder.open() {
                self.cut_if_full(open, windows);
            } else {
                self.emit_after_pause(windows);
            }
        }
        self.forget();
        Ok(())
    }

    fn add(&mut self, span: Frames, windows: &mut Vec<Window>) {
        self.speech.push(SpeechSpan { start_ms: ms(span.from * FRAME), end_ms: ms(span.to * FRAME) });
        if audio_frames(&self.pending, Some(span)) > self.pace.window_frames() {
            self.emit_at_best_pause(span.from, windows);
        }
        self.pending.push(span);
    }

    /// The speech that goes on now would make the window too long.
    fn cut_if_full(&mut self, open: usize, windows: &mut Vec<Window>) {
        let going_on = Frames { from: open, to: self.frame };
        if audio_frames(&self.pending, Some(going_on)) < self.pace.window_frames() {
            return;
        }
        if !self.pending.is_empty() {
            self.emit_at_best_pause(open, windows);
            return;
        }
        let at = self.softest(self.frame.saturating_sub(SOFTEST_FRAMES).max(open + 1), self.frame);
        if let Some(left) = self.finder.cut(at) {
            self.speech.push(SpeechSpan { start_ms: ms(left.from * FRAME), end_ms: ms(left.to * FRAME) });
            self.pending.push(left);
            self.emit(1, at, windows);
        }
    }

    /// Gives the pending spans up to the longest of their pauses; a pause late
    /// in the window is worth more. `next` is where the speech after them starts.
    fn emit_at_best_pause(&mut self, next: usize, windows: &mut Vec<Window>) {
        let mut best = (self.pending.len(), 0);
        for count in 1..=self.pending.len() {
            let audio = audio_frames(&self.pending[..count], None);
            let end = self.pending[count - 1].to;
            let pause = self.pending.get(count).map_or(next, |s| s.from).saturating_sub(end);
            let worth = pause.min(KEPT_PAUSE_FRAMES) * if audio < EARLY_FRAMES { audio / 4 } else { audio };
            if worth >= best.1 {
                best = (count, worth);
            }
        }
        self.emit(best.0, next, windows);
    }

    fn emit_after_pause(&mut self, windows: &mut Vec<Window>) {
        let Some(last) = self.pending.last() else { return };
        let pause = self.frame - last.to;
        if self.pace.ends_after(pause, || audio_frames(&self.pending, None)) {
            self.emit(self.pending.len(), self.frame, windows);
        }
    }

    /// Gives the first pending spans as a window; `following`: no later speech starts before that frame.
    fn emit(&mut self, count: usize, following: usize, windows: &mut Vec<Window>) {
        let spans: Vec<Frames> = self.pending.drain(..count).collect();
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return };
        // The air around speech must not hold the neighbour's words.
        let next = self.pending.first().map(|s| s.from).or(self.finder.open()).unwrap_or(following);
        let earliest = self.emitted_to.map_or(0, |to| to.midpoint(first.from));
        let latest = last.to.midpoint(next);
        self.emitted_to = Some(last.to);
        let mut window = Window { samples: Vec::new(), pieces: Vec::new(), speech: Vec::new() };
        for (from, to) in audible(&spans) {
            let from = from.max(earliest) * FRAME;
            let samples = self.copy(from, to.min(latest) * FRAME);
            let piece = Piece { in_window: window.samples.len(), in_recording: from, length: samples.len() };
            window.samples.extend(samples);
            window.pieces.push(piece);
        }
        window.speech = spans
            .iter()
            .map(|s| SpeechSpan { start_ms: ms(s.from * FRAME), end_ms: ms(s.to * FRAME) })
            .collect();
        if !window.samples.is_empty() {
            windows.push(window);
        }
    }

    /// Drops samples that no window will want.
    fn forget(&mut self) {
        let first = self.pending.first().map(|s| s.from).or(self.finder.open()).unwrap_or(self.frame);
        let needed = (first.saturating_sub(PAD_FRAMES + 1) * FRAME).min(self.analysed);
        if needed > self.kept_from {
            self.kept.drain(..(needed - self.kept_from).min(self.kept.len()));
            self.kept_from = needed;
        }
    }

    /// The frame with the least energy, taken with its neighbours.
    fn softest(&self, from: usize, to: usize) -> usize {
        let energy = |frame: usize| -> f32 {
            self.copy(frame.saturating_sub(1) * FRAME, (frame + 2) * FRAME).iter().map(|s| s * s).sum()
        };
        (from..to).map(|f| (energy(f), f)).min_by(|a, b| a.0.total_cmp(&b.0)).map_or(from, |(_, f)| f)
    }
}

/// Frames to be heard for these spans: with some air around them, long pauses
/// shortened to it.
fn audible(spans: &[Frames]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for span in spans {
        let from = span.from.saturating_sub(PAD_FRAMES);
        match out.last_mut() {
            Some(last) if span.from.saturating_sub(last.1) <= KEPT_PAUSE_FRAMES - PAD_FRAMES => {
                last.1 = span.to + PAD_FRAMES;
            }
            _ => out.push((from, span.to + PAD_FRAMES)),
        }
    }
    out
}

fn audio_frames(spans: &[Frames], next: Option<Frames>) -> usize {
    let all: Vec<Frames> = spans.iter().copied().chain(next).collect();
    audible(&all).iter().map(|(from, to)| to - from).sum()
}

fn ms(samples: usize) -> i64 {
    i64::try_from(samples / PER_MS).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_window_keeps_its_place_in_the_recording() {
        let piece = |in_window: usize, in_recording: usize, length: usize| Piece {
            in_window: in_window * PER_MS,
            in_recording: in_recording * PER_MS,
            length: length * PER_MS,
        };
        let speech = |start_ms, end_ms| SpeechSpan { start_ms, end_ms };
        let window = Window {
            samples: (0..10_000 * 16_u32)
                .map(|sample| f32::from(u16::try_from(sample / 16).unwrap()))
                .collect(),
            pieces: vec![piece(0, 50_000, 4_000), piece(4_000, 60_000, 6_000)],
            speech: vec![speech(50_200, 53_800), speech(60_200, 62_000), speech(63_000, 65_900)],
        };
        let rest = window.unheard(5_500).unwrap();
        assert_eq!((rest.start_ms(), rest.end_ms(), rest.audio_ms()), (61_500, 66_000, 4_500));
        assert!((rest.samples()[0] - 5_500.0).abs() < f32::EPSILON);
        assert_eq!(rest.speech(), [speech(61_500, 62_000), speech(63_000, 65_900)]);
        assert_eq!((rest.recording_ms(1_000), window.recording_ms(6_500)), (62_500, 62_500));
        let from_the_first = window.unheard(1_000).unwrap();
        assert_eq!(from_the_first.start_ms(), 51_000);
        assert_eq!(from_the_first.recording_ms(3_001), 60_001);
        // A soft end, the beginning, and beyond the end.
        assert!(window.unheard(8_800).is_none() && window.unheard(999).is_none());
        assert!(window.unheard(10_000).is_none() && window.unheard(12_000).is_none());
    }
}
