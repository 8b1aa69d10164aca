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
    /// Highest sample of each of the next moments.
    peaks: VecDeque<f32>,
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
            delayed: vec![VecDeque::new(); channels],
            primed: false,
        }
    }

    /// Works in place. The sound comes out 5 ms late, with silence in front.
    pub(crate) fn run(&mut self, planes: &mut [Vec<f32>]) {
        if !self.primed {
            self.primed = true;
            self.peaks.extend([0.0; AHEAD]);
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
            self.peaks.push_back(peak);
            let wanted = self.peaks.iter().copied().fold(0.0, f32::max);
            let target = if wanted > CEILING { CEILING / wanted } else { 1.0 };
            if target < self.reduction {
                // Full reduction is there within the look-ahead.
                self.reduction = target.max(self.reduction - 2.0 / 240.0);
            } else {
                self.reduction += (target - self.reduction) * RELEASE;
            }
            self.peaks.pop_front();
            for (plane, delayed) in planes.iter_mut().zip(&mut self.delayed) {
                let sample = delayed.pop_front().unwrap_or(0.0) * self.reduction;
                if let Some(out) = plane.get_mut(index) {
                    *out = sample.clamp(-CEILING, CEILING);
                }
            }
        }
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
}
