//! Puts decoded sound on one gapless time line.
//!
//! Recorders stamp packets with jitter, pauses leave holes, streams start late
//! or below zero. Everything behind this sees samples 0, 1, 2, ... at 48 kHz.

use std::collections::VecDeque;

/// Samples a second of all sound behind the resampler.
pub(crate) const SAMPLE_RATE: u32 = 48_000;

/// Differences below this are jitter, not holes (30 ms, so that the sum of all
/// errors stays under 40 ms).
const TOLERANCE: i64 = 1440;

/// Sound that waits to be taken in equal pieces.
#[derive(Debug)]
pub(crate) struct Timeline {
    channels: Vec<VecDeque<f32>>,
    /// Index of the next sample to be written.
    next: i64,
    /// Index of the first sample that waits.
    taken: i64,
    /// How far stamps have been off since the last correction.
    limit: i64,
}

impl Timeline {
    /// Starts at zero. Sound beyond `limit` samples is refused.
    pub(crate) fn new(channels: usize, limit: i64) -> Self {
        Self { channels: vec![VecDeque::new(); channels], next: 0, taken: 0, limit }
    }

    /// Index behind the last sample written.
    pub(crate) fn end(&self) -> i64 {
        self.next
    }

    /// Index of the first sample not taken yet.
    pub(crate) fn position(&self) -> i64 {
        self.taken
    }

    /// Adds samples whose stamp says that they begin at `start`; fills a hole
    /// before them with silence, drops what overlaps.
    pub(crate) fn push(&mut self, start: i64, planes: &[Vec<f32>]) {
        let count = planes.first().map_or(0, Vec::len);
        let off = start - self.next;
        let mut skip = 0;
        if off > TOLERANCE {
            self.fill_to(start);
        } else if off < -TOLERANCE || (self.next == 0 && off < 0) {
            skip = usize::try_from(-off).unwrap_or(0).min(count);
        }
        for (channel, plane) in self.channels.iter_mut().zip(planes) {
            channel.extend(plane.iter().skip(skip));
        }
        self.next += i64::try_from(count - skip).unwrap_or(0);
    }

    /// Adds silence up to an index.
    pub(crate) fn fill_to(&mut self, end: i64) {
        let end = end.min(self.limit);
        let Ok(missing) = usize::try_from(end - self.next) else { return };
        for channel in &mut self.channels {
            channel.extend(std::iter::repeat_n(0.0, missing));
        }
        self.next = self.next.max(end);
    }

    /// Takes exactly `count` samples of each channel, or none.
    pub(crate) fn take(&mut self, count: usize) -> Option<Vec<Vec<f32>>> {
        if self.channels.iter().any(|channel| channel.len() < count) {
            return None;
        }
        self.taken += i64::try_from(count).unwrap_or(0);
        Some(self.channels.iter_mut().map(|channel| channel.drain(..count).collect()).collect())
    }

    /// Takes what is left.
    pub(crate) fn take_rest(&mut self) -> Vec<Vec<f32>> {
        let rest: Vec<Vec<f32>> =
            self.channels.iter_mut().map(|channel| channel.drain(..).collect()).collect();
        self.taken = self.next;
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ones(count: usize) -> Vec<Vec<f32>> {
        vec![vec![1.0; count]]
    }

    #[test]
    fn jitter_is_ignored_holes_are_filled_overlaps_dropped() {
        let mut line = Timeline::new(1, i64::MAX);
        line.push(0, &ones(4800));
        line.push(4800 + 900, &ones(4800));
        assert_eq!(line.end(), 9600);
        line.push(48_000, &ones(4800));
        assert_eq!(line.end(), 52_800);
        line.push(48_000, &ones(9600));
        assert_eq!(line.end(), 57_600);
        let all = line.take_rest().remove(0);
        assert_eq!(all.len(), 57_600);
        assert_eq!((all[9599], all[9600], all[47_999], all[48_000]), (1.0, 0.0, 0.0, 1.0));
    }

    #[test]
    fn what_lies_before_zero_is_cut_and_a_late_start_is_silence() {
        let mut line = Timeline::new(1, i64::MAX);
        line.push(-300, &ones(1000));
        assert_eq!(line.end(), 700);
        let mut late = Timeline::new(1, i64::MAX);
        late.push(24_000, &ones(10));
        assert!(late.take(24_000).unwrap()[0].iter().all(|sample| *sample == 0.0));
        assert!(late.take(11).is_none());
        assert_eq!(late.position(), 24_000);
    }
}
