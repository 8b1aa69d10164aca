//! Decoded pictures to one or more encoded renditions, in one pass.

use super::encode::{EncodeOptions, H264Encoder, peak_bits_per_second};
use super::geometry::{Size, Turn};
use super::scale::Scaler;
use super::stills::Stills;
use crate::error::{MediaError, Step};
use crate::ffi;
use crate::link::Link;
use crate::mux::boxes::VIDEO_TICKS;
use crate::mux::sample::to_us;
use crate::publish::{Publisher, VideoOutput};
use ffmpeg_next::frame;
use std::sync::Arc;

const TICKS: i64 = VIDEO_TICKS as i64;
/// Pictures closer than this are left out: no more than 70 a second.
const CLOSEST: i64 = TICKS / 70;

/// Where the encoded pictures go.
pub(crate) enum Target {
    /// New renditions, by name.
    Ladder(Vec<(String, Size)>),
    /// The open segment of a rendition that was copied so far.
    GoOn {
        /// The rendition.
        output: usize,
        /// Its size on the screen.
        size: Size,
    },
}

struct Rung {
    scaler: Scaler,
    encoder: H264Encoder,
    output: usize,
}

/// What stays the same for all rungs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LadderOptions {
    /// How the source is turned.
    pub(crate) turn: Turn,
    /// The source is interlaced.
    pub(crate) interlaced: bool,
    /// Pictures a second as claimed.
    pub(crate) frame_rate: Option<f64>,
    /// A recorder is still sending.
    pub(crate) live: bool,
    /// Threads for each encoder.
    pub(crate) threads: u32,
}

/// Scales and encodes; keeps the time line free of holes.
pub(crate) struct Ladder {
    target: Option<Target>,
    options: LadderOptions,
    rungs: Vec<Rung>,
    previous: Option<frame::Video>,
    /// Ticks of the last picture.
    last: Option<i64>,
    next_key: i64,
    /// A hole is filled with a picture each so many ticks.
    fill: i64,
    key_every: i64,
    link: Arc<Link>,
    /// Stills are taken from the largest rung.
    pub(crate) stills: Stills,
}

impl Ladder {
    /// Starts with the first picture. `from` is where its time line begins, in ticks.
    pub(crate) fn new(
        target: Target,
        options: LadderOptions,
        stills: Stills,
        from: i64,
        link: Arc<Link>,
    ) -> Self {
        let (fill, key_every) = if options.live { (TICKS / 2, TICKS * 2) } else { (TICKS, TICKS * 4) };
        let last = (from > 0).then_some(from - 1);
        Self {
            target: Some(target),
            options,
            rungs: Vec::new(),
            previous: None,
            last,
            next_key: from,
            fill,
            key_every,
            link,
            stills,
        }
    }

    /// A decoded picture at `pts` ticks.
    pub(crate) fn picture(
        &mut self,
        picture: frame::Video,
        pts: i64,
        publisher: &mut Publisher,
    ) -> Result<(), MediaError> {
        let pts = pts.max(0);
        if self.last.is_some_and(|last| pts <= last || (pts - last < CLOSEST && self.previous.is_some())) {
            return Ok(());
        }
        if self.target.is_some() {
            self.build(&picture, publisher)?;
        }
        if self.last.is_none() && pts > 0 {
            // The first picture came late: it stands from the start.
            self.feed(&picture, 0, publisher)?;
            self.previous = Some(ffi::share(&picture).step("keeping a picture")?);
        }
        self.fill_to(pts, publisher)?;
        self.feed(&picture, pts, publisher)?;
        self.previous = Some(picture);
        Ok(())
    }

    /// Repeats the last picture in a hole, up to `pts`.
    pub(crate) fn fill_to(&mut self, pts: i64, publisher: &mut Publisher) -> Result<(), MediaError> {
        let Some(previous) = self.previous.take() else { return Ok(()) };
        while let Some(last) = self.last
            && pts - last > self.fill + self.fill / 2
        {
            self.feed(&previous, last + self.fill, publisher)?;
        }
        self.previous = Some(previous);
        Ok(())
    }

    /// Ticks of the last picture.
    pub(crate) fn position(&self) -> Option<i64> {
        self.last
    }

    fn build(&mut self, sample: &frame::Video, publisher: &mut Publisher) -> Result<(), MediaError> {
        let options = self.options;
        let frame_rate = options.frame_rate.filter(|rate| (1.0..=120.0).contains(rate));
        let in_band = matches!(self.target, Some(Target::GoOn { .. }));
        let rung = |size: Size,
                    from: &frame::Video,
                    top: bool|
         -> Result<(Scaler, H264Encoder, frame::Video), MediaError> {
            let turn = if top { options.turn } else { Turn::None };
            let mut scaler = Scaler::new(size, turn, options.interlaced && top);
            let first = scaler.run(from)?;
            let encode = EncodeOptions {
                size,
                frame_rate: frame_rate.unwrap_or(30.0),
                live: options.live,
                threads: options.threads,
                in_band,
            };
            let encoder = H264Encoder::new(encode, &first)?;
            Ok((scaler, encoder, first))
        };
        match self.target.take() {
            Some(Target::Ladder(sizes)) => {
                let mut above = ffi::share(sample).step("keeping a picture")?;
                for (name, size) in sizes {
                    let (scaler, encoder, first) = rung(size, &above, self.rungs.is_empty())?;
                    above = first;
                    let output = publisher.add_video(VideoOutput {
                        name,
                        track: encoder.track().clone(),
                        displayed: size,
                        frame_rate,
                        video_bits_per_second: Some(peak_bits_per_second(size)),
                    });
                    self.rungs.push(Rung { scaler, encoder, output });
                }
                publisher.video_is_complete();
            }
            Some(Target::GoOn { output, size }) => {
                let (scaler, encoder, _) = rung(size, sample, true)?;
                publisher.replace_open_video(output, encoder.track().clone());
                self.rungs.push(Rung { scaler, encoder, output });
            }
            None => {}
        }
        Ok(())
    }

    fn feed(
        &mut self,
        picture: &frame::Video,
        pts: i64,
        publisher: &mut Publisher,
    ) -> Result<(), MediaError> {
        let key = pts >= self.next_key;
        if key {
            self.next_key = pts + self.key_every;
        }
        self.last = Some(pts);
        let us = to_us(pts, TICKS);
        let mut stamped = ffi::share(picture).step("keeping a picture")?;
        stamped.set_pts(Some(pts));
        for (index, rung) in self.rungs.iter_mut().enumerate() {
            // Each rung is scaled from the one above: turned and 8 bits by then.
            let mut scaled = rung.scaler.run(&stamped)?;
            scaled.set_pts(Some(pts));
            stamped = ffi::share(&scaled).step("keeping a picture")?;
            if index == 0 && self.stills.wants(us) {
                self.stills.see(&scaled, us, &self.link)?;
            }
            for sample in rung.encoder.encode(&mut scaled, key)? {
                publisher.push_video(rung.output, sample);
            }
        }
        Ok(())
    }

    /// Encodes what is left; the last picture stands until `end` ticks.
    pub(crate) fn finish(&mut self, end: i64, publisher: &mut Publisher) -> Result<(), MediaError> {
        self.fill_to(end, publisher)?;
        for rung in &mut self.rungs {
            for sample in rung.encoder.finish()? {
                publisher.push_video(rung.output, sample);
            }
        }
        Ok(())
    }
}
