//! Linear gain with a look-ahead peak limiter.

use std::collections::VecDeque;

/// Samples looked ahead: 5 ms at 48 kHz.
const AHEAD: usize = 240;
/// No sample leaves above this: -1.5 dBFS, room for peaks between samples.
const CEILING: f32 = 0.841;
/// How fast the gain comes back: about 30 ms.
const RELEASE: f32 = 0.000_7;

/// Raises or lowers sound; takes peaks back before they come.
#[derive(Debug)]
pub(crate) struct Limiter {
    gain: f32,
    reduction: f32,
    /// Peaks of the next moments that no later one reaches, with their moments: the first is the highest of all.
    peaks: VecDeque<(usize, f32)>,
    /// Samples heard.
    heard: usize,
    delayed: Vec<VecDeque<f32>>,
    primed: bool,
}

impl Limiter {
    /// A gain in decibels.
    pub(crate) fn new(channels: usize, gain_db: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a gain between -40 and 40 dB")]
        let gain = 10_f64.powf(gain_db.clamp(-40.0, 40.0) / 20.0) as f32;
        Self {
            gain,
            reduction: 1.0,
            peaks: VecDeque::new(),
            heard: 0,
            delayed: vec![VecDeque::new(); channels],
            primed: false,
        }
    }

    /// Works in place. The sound comes out 5 ms late, with silence in front.
    pub(crate) fn run(&mut self, planes: &mut [Vec<f32>]) {
        if !self.primed {
            self.primed = true;
            for channel in &mut self.delayed {
                channel.extend([0.0; AHEAD]);
            }
        }
        let count = planes.first().map_or(0, Vec::len);
        for index in 0..count {
            let mut peak = 0.0_f32;
            for (plane, delayed) in planes.iter().zip(&mut self.delayed) {
                let sample = plane.get(index).copied().unwrap_or(0.0) * self.gain;
                peak = peak.max(sample.abs());
                delayed.push_back(sample);
            }
            let wanted = self.highest(peak);
            let target = if wanted > CEILING { CEILING / wanted } else { 1.0 };
            if target < self.reduction {
                // Full reduction is there within the look-ahead.
                self.reduction = target.max(self.reduction - 2.0 / 240.0);
            } else {
                self.reduction += (target - self.reduction) * RELEASE;
            }
            for (plane, delayed) in planes.iter_mut().zip(&mut self.delayed) {
                let sample = delayed.pop_front().unwrap_or(0.0) * self.reduction;
                if let Some(out) = plane.get_mut(index) {
                    *out = sample.clamp(-CEILING, CEILING);
                }
            }
        }
    }

    /// The highest of the moments that are still to come out, this one among them.
    fn highest(&mut self, peak: f32) -> f32 {
        while self.peaks.pop_back_if(|(_, before)| *before <= peak).is_some() {}
        self.peaks.push_back((self.heard, peak));
        let first = self.heard.saturating_sub(AHEAD);
        while self.peaks.pop_front_if(|(moment, _)| *moment < first).is_some() {}
        self.heard += 1;
        self.peaks.front().map_or(0.0, |(_, peak)| *peak)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_sound_is_raised_and_peaks_stay_below_the_ceiling() {
        let mut limiter = Limiter::new(1, 12.0);
        let mut quiet = vec![vec![0.1_f32; 4800]];
        limiter.run(&mut quiet);
        assert!((quiet[0][4000] - 0.398).abs() < 0.001);
        assert_eq!(quiet[0][..AHEAD], [0.0; AHEAD]);
        let mut loud = vec![vec![0.9_f32; 4800]];
        limiter.run(&mut loud);
        assert!(loud[0].iter().all(|sample| sample.abs() <= CEILING));
    }

    #[test]
    fn the_highest_is_that_of_the_next_five_milliseconds() {
        let mut limiter = Limiter::new(1, 0.0);
        let (mut state, mut peaks) = (1_u32, vec![0.0; AHEAD]);
        for _ in 0..5_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Falling stretches, and the same peak again and again.
            let peak = f32::from(u16::try_from(state >> 28).unwrap());
            peaks.push(peak);
            let wanted = peaks[peaks.len() - AHEAD - 1..].iter().copied().fold(0.0, f32::max);
            assert!((limiter.highest(peak) - wanted).abs() < f32::EPSILON);
        }
    }
}
