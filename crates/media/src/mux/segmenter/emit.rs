//! What goes out: segments that are complete, and what is left at the end.

use super::super::boxes::{self, FragmentSample, Run};
use super::super::sample::{Sample, from_us, to_us};
use super::{Boundary, Cut, Segmenter, TICKS};
use std::collections::VecDeque;

impl Segmenter {
    fn audio_end_us(&self) -> i64 {
        match (self.audio.back(), self.audio_rate) {
            (Some(last), Some(rate)) => to_us(last.pts + last.duration, rate),
            _ => self.start_us,
        }
    }

    fn video_end_us(&self) -> i64 {
        let end = self.video.iter().rev().take(32).map(|sample| sample.pts + sample.duration).max();
        end.map_or(self.start_us, |ticks| to_us(ticks, TICKS))
    }

    /// The next segment that is complete.
    pub(crate) fn next_cut(&mut self) -> Option<Cut> {
        let boundary = *self.boundaries.front()?;
        let audio_there = self.audio_done
            || self.audio_end_us() >= boundary.at_us
            || self.video_end_us() - self.audio_end_us() > self.rule.audio_lag_us;
        if !audio_there {
            return None;
        }
        self.boundaries.pop_front();
        Some(self.emit(boundary))
    }

    /// After both ends: what is left, in pieces that keep the longest length.
    pub(crate) fn next_last(&mut self) -> Option<Cut> {
        if !(self.video_done && self.audio_done) {
            return None;
        }
        if let Some(cut) = self.next_cut() {
            return Some(cut);
        }
        if self.video.is_empty() && self.audio.is_empty() {
            return None;
        }
        let end_us = self.audio_end_us().max(self.video_end_us());
        // Sound that goes on long after the last picture.
        let split_us = self.start_us + self.rule.min_us;
        if end_us - self.start_us > self.rule.max_us && self.video_end_us() <= split_us {
            return Some(self.emit(Boundary { at_us: split_us, key_pts: None, init: self.init }));
        }
        Some(self.emit(Boundary { at_us: end_us, key_pts: None, init: self.init }))
    }

    fn emit(&mut self, end: Boundary) -> Cut {
        let video_count = match end.key_pts {
            Some(pts) => self.video.iter().position(|sample| sample.key && sample.pts == pts).unwrap_or(0),
            None => self.video.len(),
        };
        let last = self.boundaries.is_empty() && end.key_pts.is_none() && self.video_done && self.audio_done;
        let audio_count = match self.audio_rate {
            Some(rate) => {
                let end_pts = from_us(end.at_us, rate);
                let count = self.audio.iter().take_while(|sample| sample.pts < end_pts).count();
                if last && self.audio_end_us() <= end.at_us { self.audio.len() } else { count }
            }
            None => 0,
        };
        let bytes = self.fragment(video_count, audio_count);
        let starts_with_key = self.video.front().is_none_or(|sample| sample.key);
        self.video.drain(..video_count);
        self.audio.drain(..audio_count);
        let cut = Cut {
            init: self.init,
            seq: self.seq,
            start_us: self.start_us,
            duration_us: (end.at_us - self.start_us).max(1),
            discontinuity: self.sent_init.is_some_and(|sent| sent != self.init),
            independent: starts_with_key,
            video_start: self.dts_shift,
            bytes,
        };
        self.sent_init = Some(self.init);
        self.seq += 1;
        self.start_us = end.at_us;
        self.init = end.init;
        cut
    }

    fn fragment(&self, video_count: usize, audio_count: usize) -> Vec<u8> {
        let mut runs = Vec::new();
        if video_count > 0 {
            runs.push(run(&self.video, video_count, 1, self.dts_shift));
        }
        if audio_count > 0 {
            runs.push(run(&self.audio, audio_count, boxes::audio_track_number(self.has_video), 0));
        }
        boxes::fragment(self.seq + 1, &runs)
    }
}

/// The first `count` samples; each lasts until the next one's decode time.
fn run(samples: &VecDeque<Sample>, count: usize, track: u32, shift: i64) -> Run<'_> {
    let next_dts = samples.iter().skip(1).map(|next| Some(next.dts)).chain([None]);
    let out = samples
        .iter()
        .zip(next_dts)
        .take(count)
        .map(|(sample, next)| {
            let duration = next.map_or(sample.duration, |next| next - sample.dts).max(1);
            FragmentSample {
                duration: u32::try_from(duration).unwrap_or(u32::MAX),
                composition_offset: i32::try_from(sample.pts - sample.dts).unwrap_or(0),
                key: sample.key,
                data: &sample.data,
            }
        })
        .collect();
    let first = samples.front().map_or(0, |sample| sample.dts + shift);
    Run { track, decode_time: u64::try_from(first).unwrap_or(0), samples: out }
}
