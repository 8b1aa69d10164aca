//! Finds the stretches where nobody speaks.

/// Samples of one window: 20 ms at 16 kHz.
const WINDOW: usize = 320;
const WINDOW_MS: u64 = 20;
/// Shorter pauses belong to speech.
const SHORTEST_MS: u64 = 500;
/// Kept on each side, so that no word is cut.
const MARGIN_MS: u64 = 60;

/// Collects the level of each 20 ms of 16 kHz mono sound.
#[derive(Debug, Default)]
pub(crate) struct Silence {
    levels_db: Vec<f32>,
    sum: f64,
    count: usize,
}

impl Silence {
    /// Adds samples between -1 and 1.
    pub(crate) fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            self.sum += f64::from(*sample) * f64::from(*sample);
            self.count += 1;
            if self.count == WINDOW {
                self.end_window();
            }
        }
    }

    fn end_window(&mut self) {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a level in dB")]
        self.levels_db.push((10.0 * (self.sum / self.count as f64).max(1e-12).log10()) as f32);
        (self.sum, self.count) = (0.0, 0);
    }

    /// `[start_ms, end_ms]` of each silence, in order, within the sound's length.
    /// The threshold lies 30 dB below the loud parts, between -60 and -40 dBFS,
    /// so that a quiet microphone is not taken for silence.
    pub(crate) fn map(&self) -> Vec<[u64; 2]> {
        let mut sorted = self.levels_db.clone();
        sorted.sort_by(f32::total_cmp);
        let Some(loud) = sorted.get(sorted.len() * 95 / 100).copied() else { return Vec::new() };
        let threshold = (loud - 30.0).clamp(-60.0, -40.0);
        let mut out = Vec::new();
        let mut start = None;
        let levels = self.levels_db.iter().map(|level| *level < threshold).chain([false]);
        let mut now_ms = 0;
        for quiet in levels {
            match (quiet, start) {
                (true, None) => start = Some(now_ms),
                (false, Some(from)) => {
                    start = None;
                    self.add(&mut out, from, now_ms);
                }
                _ => {}
            }
            now_ms += WINDOW_MS;
        }
        out
    }

    fn add(&self, out: &mut Vec<[u64; 2]>, from_ms: u64, to_ms: u64) {
        if to_ms - from_ms < SHORTEST_MS {
            return;
        }
        let length_ms = u64::try_from(self.levels_db.len()).unwrap_or(0) * WINDOW_MS;
        let from = if from_ms == 0 { 0 } else { from_ms + MARGIN_MS };
        let to = if to_ms >= length_ms { length_ms } else { to_ms - MARGIN_MS };
        out.push([from, to]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(level: f32, ms: usize) -> Vec<f32> {
        (0..ms * 16).map(|n| if n % 2 == 0 { level } else { -level }).collect()
    }

    fn map(parts: &[(f32, usize)]) -> Vec<[u64; 2]> {
        let mut silence = Silence::default();
        for (level, ms) in parts {
            silence.push(&noise(*level, *ms));
        }
        silence.map()
    }

    #[test]
    fn pauses_are_found_and_short_ones_are_not() {
        let parts = [(0.2, 2000), (0.0001, 1000), (0.2, 1000), (0.0001, 300), (0.2, 1000), (0.0001, 800)];
        assert_eq!(map(&parts), [[2060, 2940], [5360, 6100]]);
    }

    #[test]
    fn a_quiet_voice_is_a_voice_and_nothing_at_all_is_silence() {
        assert_eq!(map(&[(0.01, 2000), (0.0002, 1000), (0.01, 2000)]), [[2060, 2940]]);
        assert_eq!(map(&[(0.0, 3000)]), [[0, 3000]]);
        assert!(map(&[]).is_empty());
    }
}
