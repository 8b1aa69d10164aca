//! Cuts the samples of one rendition into segments at key frames.

use super::boxes::{self, FragmentSample, Run, VIDEO_TICKS};
use super::h264::AvcConfig;
use std::collections::VecDeque;
use std::sync::Arc;

/// A video track as its init bytes describe it.
#[derive(Debug, Clone)]
pub(crate) struct VideoTrack {
    /// Coded width in pixels.
    pub(crate) width: u16,
    /// Coded height in pixels.
    pub(crate) height: u16,
    /// Width to height of one pixel.
    pub(crate) pixel_aspect: (u32, u32),
    /// Parameter sets.
    pub(crate) config: AvcConfig,
}

/// An audio track as its init bytes describe it; AAC only.
#[derive(Debug, Clone)]
pub(crate) struct AudioTrack {
    /// Samples a second; also the track's ticks.
    pub(crate) sample_rate: u32,
    /// Channels.
    pub(crate) channels: u16,
    /// AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
    pub(crate) config: Vec<u8>,
    /// Nominal bit rate.
    pub(crate) bits_per_second: u32,
}

impl AudioTrack {
    /// RFC 6381 name: `mp4a.40.2`.
    pub(crate) fn codec_string(&self) -> String {
        let object = self.config.first().map_or(2, |byte| byte >> 3);
        format!("mp4a.40.{object}")
    }
}

/// One coded picture or piece of sound, on the media's time line.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// Decode time in ticks of its track; may be below zero.
    pub(crate) dts: i64,
    /// Presentation time in ticks of its track.
    pub(crate) pts: i64,
    /// Length in ticks, used only when nothing follows.
    pub(crate) duration: i64,
    /// Is an entry point.
    pub(crate) key: bool,
    /// As it goes into `mdat`.
    pub(crate) data: Arc<[u8]>,
}

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

/// Ticks to microseconds.
pub(crate) fn to_us(ticks: i64, rate: i64) -> i64 {
    let wide = i128::from(ticks) * 1_000_000 / i128::from(rate.max(1));
    i64::try_from(wide).unwrap_or(i64::MAX)
}

/// Microseconds to ticks.
pub(crate) fn from_us(us: i64, rate: i64) -> i64 {
    let wide = i128::from(us) * i128::from(rate) / 1_000_000;
    i64::try_from(wide).unwrap_or(i64::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(seconds: f64, key: bool) -> Sample {
        #[expect(clippy::cast_possible_truncation, reason = "small test values")]
        let pts = (seconds * 90_000.0) as i64;
        Sample { dts: pts, pts, duration: 3000, key, data: vec![1; 10].into() }
    }

    fn sound(index: i64) -> Sample {
        Sample { dts: index * 1024, pts: index * 1024, duration: 1024, key: true, data: vec![2; 4].into() }
    }

    fn feed(segmenter: &mut Segmenter, seconds: u32, key_every: u32) {
        for frame in 0..seconds * 10 {
            segmenter.push_video(picture(f64::from(frame) / 10.0, frame % (key_every * 10) == 0));
        }
        for index in 0..=i64::from(seconds) * 48_000 / 1024 {
            segmenter.push_audio(sound(index));
        }
    }

    fn spans(cuts: &[Cut]) -> Vec<(i64, i64)> {
        cuts.iter().map(|cut| (cut.start_us / 1000, cut.duration_us / 1000)).collect()
    }

    #[test]
    fn files_are_cut_at_key_frames_from_four_seconds_on() {
        let mut segmenter = Segmenter::new(CutRule::new(false), true, Some(48_000));
        feed(&mut segmenter, 11, 2);
        let mut cuts: Vec<Cut> = std::iter::from_fn(|| segmenter.next_cut()).collect();
        assert_eq!(spans(&cuts), [(0, 4000), (4000, 4000)]);
        segmenter.end_video();
        segmenter.end_audio();
        cuts.extend(std::iter::from_fn(|| segmenter.next_last()));
        assert_eq!(cuts.len(), 3);
        assert_eq!(cuts[2].start_us, 8_000_000);
        assert!((3_000_000..3_050_000).contains(&cuts[2].duration_us));
        assert!(cuts.iter().all(|cut| cut.independent && !cut.discontinuity && cut.init == 0));
        assert!(segmenter.next_last().is_none());
    }

    #[test]
    fn a_segment_waits_for_its_sound_but_not_for_ever() {
        let mut segmenter = Segmenter::new(CutRule::new(true), true, Some(48_000));
        for frame in 0..=40 {
            segmenter.push_video(picture(f64::from(frame) / 10.0, frame % 20 == 0));
        }
        // Sound is at zero, pictures at four seconds: beyond the lag of a live recorder.
        assert_eq!(spans(&[segmenter.next_cut().unwrap()]), [(0, 2000)]);
        let mut patient = Segmenter::new(CutRule::new(false), true, Some(48_000));
        for frame in 0..=60 {
            patient.push_video(picture(f64::from(frame) / 10.0, frame % 20 == 0));
        }
        assert!(patient.next_cut().is_none());
        for index in 0..188 {
            patient.push_audio(sound(index));
        }
        assert!(patient.next_cut().is_some());
    }

    #[test]
    fn an_early_key_frame_saves_a_long_distance() {
        let mut segmenter = Segmenter::new(CutRule::new(false), true, None);
        for frame in 0..70 {
            let sample = picture(f64::from(frame) / 10.0, frame == 0 || frame == 35);
            assert!(!segmenter.is_overlong(sample.pts) || frame > 65, "{frame}");
            segmenter.push_video(sample);
        }
        assert_eq!(spans(&[segmenter.next_cut().unwrap()]), [(0, 3500)]);
    }

    #[test]
    fn a_distance_without_key_frame_is_replaced_behind_a_discontinuity() {
        let mut segmenter = Segmenter::new(CutRule::new(false), true, None);
        let mut frame = 0;
        loop {
            let sample = picture(f64::from(frame) / 10.0, frame == 0 || frame == 40);
            if segmenter.is_overlong(sample.pts) {
                break;
            }
            segmenter.push_video(sample);
            frame += 1;
        }
        assert_eq!(frame, 105);
        assert_eq!(segmenter.open_key_pts(), Some(4 * 90_000));
        segmenter.replace_open_video();
        for frame in 40..90 {
            segmenter.push_video(picture(f64::from(frame) / 10.0, frame % 40 == 0));
        }
        segmenter.end_video();
        let cuts: Vec<Cut> = std::iter::from_fn(|| segmenter.next_last()).collect();
        assert_eq!(spans(&cuts)[..2], [(0, 4000), (4000, 4000)]);
        assert_eq!(cuts.iter().map(|cut| cut.init).collect::<Vec<_>>(), [0, 1, 1]);
        assert_eq!(cuts.iter().map(|cut| cut.discontinuity).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn sound_only_is_cut_by_its_own_clock() {
        let mut segmenter = Segmenter::new(CutRule::new(false), false, Some(48_000));
        for index in 0..500 {
            segmenter.push_audio(sound(index));
        }
        segmenter.end_audio();
        let cuts: Vec<Cut> = std::iter::from_fn(|| segmenter.next_last()).collect();
        let total: i64 = cuts.iter().map(|cut| cut.duration_us).sum();
        assert_eq!(cuts.len(), 3);
        assert!((total - 500 * 1024 * 1_000_000 / 48_000).abs() < 2000, "{total}");
    }

    #[test]
    fn sound_after_the_last_picture_keeps_the_longest_length() {
        let mut segmenter = Segmenter::new(CutRule::new(false), true, Some(48_000));
        segmenter.push_video(picture(0.0, true));
        for index in 0..1000 {
            segmenter.push_audio(sound(index));
        }
        segmenter.end_video();
        segmenter.end_audio();
        let cuts: Vec<Cut> = std::iter::from_fn(|| segmenter.next_last()).collect();
        assert!(cuts.iter().all(|cut| cut.duration_us <= 6_500_000), "{:?}", spans(&cuts));
        assert_eq!(cuts.iter().map(|cut| cut.duration_us).sum::<i64>() / 1000, 21_333);
    }
}
