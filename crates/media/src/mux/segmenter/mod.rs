//! Cuts the samples of one rendition into segments at key frames.

mod emit;
#[cfg(test)]
mod tests;

use super::boxes::VIDEO_TICKS;
use super::sample::{Sample, to_us};
use std::collections::VecDeque;

/// When to cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutRule {
    /// From this length on, the next key frame ends a segment; microseconds.
    pub(crate) min_us: i64,
    /// No segment may be longer; microseconds.
    pub(crate) max_us: i64,
    /// How far sound may lag behind before a segment goes out without it; microseconds.
    pub(crate) audio_lag_us: i64,
    /// A segment of this size is cut at the next chance whatever its length; bytes.
    pub(crate) max_bytes: usize,
}

impl CutRule {
    /// Two seconds for a live recorder, four for files.
    pub(crate) fn new(live: bool) -> Self {
        let (min_us, max_us) = if live { (1_900_000, 3_400_000) } else { (3_900_000, 6_400_000) };
        let audio_lag_us = if live { 3_000_000 } else { 30_000_000 };
        Self { min_us, max_us, audio_lag_us, max_bytes: 48 * 1024 * 1024 }
    }

    /// EXT-X-TARGETDURATION that every segment keeps.
    pub(crate) fn target_duration_s(self) -> u32 {
        if self.max_us < 4_000_000 { 3 } else { 6 }
    }
}

/// A finished segment.
#[derive(Debug)]
pub(crate) struct Cut {
    /// Number of the init bytes that it needs.
    pub(crate) init: u32,
    /// Position in the rendition, from 0.
    pub(crate) seq: u32,
    /// Start in microseconds.
    pub(crate) start_us: i64,
    /// Length in microseconds.
    pub(crate) duration_us: i64,
    /// The init bytes changed before it.
    pub(crate) discontinuity: bool,
    /// Begins with a key frame or is sound only.
    pub(crate) independent: bool,
    /// Track time of the pictures' zero, for the init bytes; ticks.
    pub(crate) video_start: i64,
    /// `moof mdat`.
    pub(crate) bytes: Vec<u8>,
}

/// Where a segment ends and the next begins.
#[derive(Debug, Clone, Copy)]
struct Boundary {
    /// Microseconds.
    at_us: i64,
    /// Presentation time of the key frame in ticks; none in sound-only renditions.
    key_pts: Option<i64>,
    /// Init bytes from here on.
    init: u32,
}

/// Collects samples, gives out segments.
#[derive(Debug)]
pub(crate) struct Segmenter {
    rule: CutRule,
    has_video: bool,
    audio_rate: Option<i64>,
    video: VecDeque<Sample>,
    audio: VecDeque<Sample>,
    video_bytes: usize,
    boundaries: VecDeque<Boundary>,
    /// Start of the segment that is still open (behind all boundaries); microseconds.
    open_us: i64,
    /// Its key frame; none for the first segment.
    open_key: Option<i64>,
    /// Latest key frame in the open segment that came too early to cut.
    early_key: Option<Boundary>,
    /// Start of the segment that goes out next; microseconds.
    start_us: i64,
    init: u32,
    sent_init: Option<u32>,
    seq: u32,
    /// Pictures out of order are decoded before zero: what moves them behind it.
    /// The same for all init bytes, so that players find one time line.
    dts_shift: i64,
    last_video_dts: Option<i64>,
    video_done: bool,
    audio_done: bool,
}

const TICKS: i64 = VIDEO_TICKS as i64;

impl Segmenter {
    /// A rendition that starts at the time line's zero.
    pub(crate) fn new(rule: CutRule, has_video: bool, audio_rate: Option<u32>) -> Self {
        Self {
            rule,
            has_video,
            audio_rate: audio_rate.map(i64::from),
            video: VecDeque::new(),
            audio: VecDeque::new(),
            video_bytes: 0,
            boundaries: VecDeque::new(),
            open_us: 0,
            open_key: None,
            early_key: None,
            start_us: 0,
            init: 0,
            sent_init: None,
            seq: 0,
            dts_shift: 0,
            last_video_dts: None,
            video_done: !has_video,
            audio_done: audio_rate.is_none(),
        }
    }

    /// Segments given out so far.
    pub(crate) fn sent(&self) -> u32 {
        self.seq
    }

    /// The sound track turned out to be empty. Only before the first segment.
    pub(crate) fn without_audio(&mut self) {
        self.audio_rate = None;
        self.audio.clear();
        self.audio_done = true;
    }

    /// Adds a picture. Decode times that stand still or go back are moved on by a tick.
    pub(crate) fn push_video(&mut self, mut sample: Sample) {
        match self.last_video_dts {
            Some(last) if sample.dts <= last => sample.dts = last + 1,
            None if sample.dts < 0 => self.dts_shift = -sample.dts,
            _ => {}
        }
        self.last_video_dts = Some(sample.dts);
        let at_us = to_us(sample.pts, TICKS);
        let span = at_us - self.open_us;
        if sample.key && !(self.video.is_empty() && self.boundaries.is_empty()) {
            let boundary = Boundary { at_us, key_pts: Some(sample.pts), init: self.open_init() };
            if span >= self.rule.min_us || (span > 0 && self.video_bytes >= self.rule.max_bytes) {
                if span > self.rule.max_us
                    && let Some(early) = self.early_key.take()
                {
                    self.cut_at(early);
                }
                self.cut_at(boundary);
            } else if span >= 1_000_000 {
                self.early_key = Some(boundary);
            }
        }
        self.video_bytes += sample.data.len();
        self.video.push_back(sample);
    }

    fn cut_at(&mut self, boundary: Boundary) {
        self.open_us = boundary.at_us;
        self.open_key = boundary.key_pts;
        self.video_bytes = 0;
        self.early_key = None;
        self.boundaries.push_back(boundary);
    }

    /// Ends the open segment at the key frame that comes next, at `pts`: it needs other init bytes.
    pub(crate) fn cut_for_change(&mut self, pts: i64) {
        let init = self.open_init() + 1;
        self.cut_at(Boundary { at_us: to_us(pts, TICKS), key_pts: Some(pts), init });
    }

    fn open_init(&self) -> u32 {
        self.boundaries.back().map_or(self.init, |boundary| boundary.init)
    }

    /// Adds sound.
    pub(crate) fn push_audio(&mut self, sample: Sample) {
        let Some(rate) = self.audio_rate else { return };
        if !self.has_video {
            let at_us = to_us(sample.pts, rate);
            if at_us - self.open_us >= self.rule.min_us {
                let boundary = Boundary { at_us, key_pts: None, init: self.init };
                self.cut_at(boundary);
            }
        }
        self.audio.push_back(sample);
    }

    /// Whether the open segment grew beyond what may be sent although the next
    /// picture, at `pts`, is no key frame to cut at. May cut at an earlier one.
    pub(crate) fn is_overlong(&mut self, pts: i64) -> bool {
        let at_us = to_us(pts, TICKS);
        let too_long = |open_us: i64| at_us - open_us > self.rule.max_us;
        let mut over = too_long(self.open_us) || self.video_bytes > self.rule.max_bytes;
        if over && let Some(early) = self.early_key.take() {
            self.cut_at(early);
            self.video_bytes = self
                .video
                .iter()
                .rev()
                .take_while(|sample| Some(sample.pts) != early.key_pts)
                .map(|sample| sample.data.len())
                .sum();
            over = at_us - self.open_us > self.rule.max_us || self.video_bytes > self.rule.max_bytes;
        }
        over
    }

    /// Start of the open segment, in ticks: pictures from this key frame on can still be replaced.
    pub(crate) fn open_key_pts(&self) -> Option<i64> {
        self.open_key
    }

    /// Takes back the pictures of the open segment and goes on with other init bytes.
    pub(crate) fn replace_open_video(&mut self) {
        let keep = match self.open_key_pts() {
            Some(pts) => self.video.iter().position(|sample| sample.key && sample.pts == pts).unwrap_or(0),
            None => 0,
        };
        self.video.truncate(keep);
        self.video_bytes = 0;
        self.early_key = None;
        self.last_video_dts = self.video.back().map(|sample| sample.dts);
        let next = self.open_init() + 1;
        match self.boundaries.back_mut() {
            Some(boundary) => boundary.init = next,
            None => self.init = next,
        }
    }

    /// Hands over the sound that has not gone out (a ladder takes the place of a copy).
    pub(crate) fn take_audio(&mut self) -> Vec<Sample> {
        std::mem::take(&mut self.audio).into()
    }

    /// No more pictures will come.
    pub(crate) fn end_video(&mut self) {
        self.video_done = true;
    }

    /// No more sound will come.
    pub(crate) fn end_audio(&mut self) {
        self.audio_done = true;
    }
}
