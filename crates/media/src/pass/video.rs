//! The pictures' way through a pass: copied, or decoded and encoded.

use super::plan::{Picture, Plan};
use crate::decode::{DecodeOptions, VideoDecoder};
use crate::demux::Demuxer;
use crate::error::MediaError;
use crate::ffi::StreamFacts;
use crate::link::Link;
use crate::mux::boxes::VIDEO_TICKS;
use crate::mux::sample::{VideoTrack, from_us, to_us};
use crate::picture::copy::{CopyOptions, CopyPath, Verdict};
use crate::picture::geometry::{Size, rungs};
use crate::picture::ladder::{Ladder, LadderOptions, Target};
use crate::picture::stills::Stills;
use crate::protocol::{FailureCode, Request};
use crate::publish::{Publisher, VideoOutput};
use ffmpeg_next::Packet;
use std::sync::Arc;

const TICKS: i64 = VIDEO_TICKS as i64;
/// A copy that must be encoded goes on at this size at most.
const GO_ON_SHORT_SIDE: u32 = 1080;

/// Sound may go on so long after the last copied picture, in microseconds.
const LONGEST_TAIL_US: i64 = 1_000_000;

/// Usual length of a picture in microseconds.
fn usual_length_us(frame_rate: Option<f64>) -> i64 {
    let rate = frame_rate.unwrap_or(30.0).clamp(1.0, 120.0);
    #[expect(clippy::cast_possible_truncation, reason = "between 8333 and a million")]
    let length_us = (1_000_000.0 / rate) as i64;
    length_us
}

/// Either way.
enum Path {
    Copy(Box<CopyPath>),
    Encode(Box<(VideoDecoder, Ladder)>),
}

/// The pictures of a pass.
pub(crate) struct VideoPath {
    path: Option<Path>,
    facts: StreamFacts,
    parameters: ffmpeg_next::codec::Parameters,
    picture: Picture,
    options: LadderOptions,
    decode: DecodeOptions,
    ladder: Vec<(String, Size)>,
    may_encode: bool,
    artefacts: bool,
    zero_us: i64,
    link: Arc<Link>,
    /// Pictures decoded or copied.
    frames: u64,
    /// Pictures that were really decoded.
    decoded: u64,
    bad_before: u64,
    previous_us: Option<i64>,
    /// Where the next picture belongs if it does not say so itself.
    next_us: i64,
    /// Usual length of a picture.
    length_us: i64,
    /// Latest end of a picture, in microseconds.
    pub(crate) end_us: i64,
}

impl VideoPath {
    /// Sets up the way that the plan says.
    pub(crate) fn new(
        demuxer: &Demuxer,
        facts: &StreamFacts,
        picture: Picture,
        plan: &Plan,
        request: &Request,
        publisher: &mut Publisher,
        link: &Arc<Link>,
    ) -> Result<Self, MediaError> {
        let decode = DecodeOptions {
            threads: request.threads,
            max_pixels: request.limits.max_pixels,
            keys_only: false,
        };
        let mut path = Self {
            path: None,
            facts: facts.clone(),
            parameters: demuxer.parameters(facts.index)?,
            picture,
            options: LadderOptions {
                turn: picture.turn,
                interlaced: facts.interlaced,
                frame_rate: facts.frame_rate,
                live: request.live,
                threads: request.threads,
            },
            decode,
            ladder: rungs(picture.displayed, &request.ladder),
            may_encode: plan.only.is_none(),
            artefacts: plan.artefacts,
            zero_us: plan.zero_us,
            link: Arc::clone(link),
            frames: 0,
            decoded: 0,
            bad_before: 0,
            previous_us: None,
            next_us: 0,
            length_us: usual_length_us(facts.frame_rate),
            end_us: 0,
        };
        match &plan.copy_video {
            Some(config) => {
                let side = |value| u16::try_from(value).unwrap_or(u16::MAX);
                let aspect = if facts.pixel_aspect.0 > 0 { facts.pixel_aspect } else { (1, 1) };
                let track = VideoTrack {
                    width: side(facts.size.0),
                    height: side(facts.size.1),
                    pixel_aspect: aspect,
                    config: config.clone(),
                };
                let output = publisher.add_video(VideoOutput {
                    name: plan.only.clone().unwrap_or_else(|| "source".to_owned()),
                    track,
                    displayed: picture.displayed,
                    frame_rate: facts.frame_rate,
                    video_bits_per_second: None,
                });
                publisher.video_is_complete();
                let zero = from_us(plan.zero_us, TICKS);
                let options = CopyOptions {
                    output,
                    config: config.clone(),
                    time_base: facts.time_base,
                    zero,
                    follows_changes: plan.only.is_some(),
                };
                let decode = DecodeOptions { threads: 1, keys_only: true, ..decode };
                let decoder = VideoDecoder::open(path.parameters.clone(), facts, decode)?;
                let stills = plan.artefacts.then(|| Stills::new(picture.displayed));
                path.path = Some(Path::Copy(Box::new(CopyPath::new(options, decoder, stills))));
            }
            None if plan.only.is_some() => {
                return Err(MediaError::failure(
                    FailureCode::Internal,
                    "The processed video cannot be copied. Try again.",
                ));
            }
            None => {
                let target = Target::Ladder(path.ladder.clone());
                path.encode_from(target, 0, None)?;
            }
        }
        Ok(path)
    }

    fn encode_from(&mut self, target: Target, from: i64, stills: Option<Stills>) -> Result<(), MediaError> {
        let decoder = VideoDecoder::open(self.parameters.clone(), &self.facts, self.decode)?;
        let displayed = self.picture.displayed;
        let fresh = || if self.artefacts { Stills::new(displayed) } else { Stills::none(displayed) };
        let stills = stills.unwrap_or_else(fresh);
        let ladder = Ladder::new(target, self.options, stills, from, Arc::clone(&self.link));
        self.path = Some(Path::Encode(Box::new((decoder, ladder))));
        Ok(())
    }

    /// Takes a packet.
    pub(crate) fn packet(&mut self, packet: Packet, publisher: &mut Publisher) -> Result<(), MediaError> {
        self.note_end(&packet);
        match &mut self.path {
            Some(Path::Copy(copy)) => match copy.packet(packet, publisher, &self.link)? {
                Verdict::Copied => Ok(()),
                Verdict::MustEncode => self.leave_copy(publisher),
            },
            Some(Path::Encode(parts)) => {
                parts.0.send(&packet);
                self.receive(publisher)
            }
            None => Ok(()),
        }
    }

    /// Exact end of a picture: its own length, or that of the one before.
    fn note_end(&mut self, packet: &Packet) {
        let Some(stamp) = packet.pts().or(packet.dts()) else { return };
        let us = crate::decode::scale_us(stamp, self.facts.time_base) - self.zero_us;
        let own_us = crate::decode::scale_us(packet.duration(), self.facts.time_base);
        let gap_us = self.previous_us.map_or(0, |previous| us - previous).clamp(0, 100_000);
        let length_us = if own_us > 0 && own_us < 10_000_000 { own_us } else { gap_us };
        self.previous_us = Some(us);
        self.end_us = self.end_us.max(us + length_us);
    }

    fn leave_copy(&mut self, publisher: &mut Publisher) -> Result<(), MediaError> {
        let Some(Path::Copy(copy)) = self.path.take() else { return Ok(()) };
        if !self.may_encode {
            return Err(MediaError::failure(
                FailureCode::Internal,
                "The processed video cannot be copied. Try again.",
            ));
        }
        self.frames += copy.frames;
        self.decoded += copy.decoded;
        self.bad_before += copy.bad();
        let output = copy.output();
        let (held, from, stills) = copy.into_parts();
        if publisher.take_back(output) {
            self.encode_from(Target::Ladder(self.ladder.clone()), 0, stills)?;
        } else {
            let size = self.picture.displayed.with_short_side(GO_ON_SHORT_SIDE);
            self.encode_from(Target::GoOn { output, size }, from, stills)?;
        }
        for packet in held {
            if let Some(Path::Encode(parts)) = &mut self.path {
                parts.0.send(&packet);
            }
            self.receive(publisher)?;
        }
        Ok(())
    }

    fn receive(&mut self, publisher: &mut Publisher) -> Result<(), MediaError> {
        let Some(Path::Encode(parts)) = &mut self.path else { return Ok(()) };
        let (decoder, ladder) = &mut **parts;
        while let Some(picture) = decoder.receive() {
            self.frames += 1;
            self.decoded += 1;
            // Without a stamp, pictures follow each other at the stream's rate.
            let us = decoder.timestamp_us(&picture).map_or(self.next_us, |us| us - self.zero_us);
            self.next_us = us + self.length_us;
            ladder.picture(picture, from_us(us, TICKS), publisher)?;
        }
        Ok(())
    }

    /// A recorder sends no pictures while nothing moves: stands still until `us`.
    pub(crate) fn fill_to(&mut self, us: i64, publisher: &mut Publisher) -> Result<(), MediaError> {
        let ticks = from_us(us, TICKS);
        if let Some(Path::Copy(copy)) = &self.path {
            let overlong = copy.frames > 0
                && publisher.segmenter(copy.output()).is_some_and(|segmenter| segmenter.is_overlong(ticks));
            if !overlong || !self.may_encode {
                return Ok(());
            }
            self.leave_copy(publisher)?;
        }
        match &mut self.path {
            Some(Path::Encode(parts)) => parts.1.fill_to(ticks, publisher),
            _ => Ok(()),
        }
    }

    /// How far the pictures have come, in microseconds.
    pub(crate) fn position_us(&self) -> i64 {
        match &self.path {
            Some(Path::Encode(parts)) => parts.1.position().map_or(0, |ticks| to_us(ticks, TICKS)),
            _ => self.previous_us.unwrap_or(0),
        }
    }

    /// Drains the decoder.
    pub(crate) fn end_input(&mut self, publisher: &mut Publisher) -> Result<(), MediaError> {
        match &mut self.path {
            Some(Path::Encode(parts)) => parts.0.end(),
            Some(Path::Copy(copy)) => {
                copy.finish(&self.link)?;
            }
            None => {}
        }
        self.receive(publisher)
    }

    /// Encodes the rest, the last picture standing until `end_us`.
    pub(crate) fn finish(&mut self, end_us: i64, publisher: &mut Publisher) -> Result<(), MediaError> {
        // Players end where the pictures end: sound that goes on needs one that stands.
        let goes_on = matches!(&self.path, Some(Path::Copy(copy)) if copy.frames > 0)
            && self.may_encode
            && end_us - self.end_us > LONGEST_TAIL_US;
        if goes_on {
            self.leave_copy(publisher)?;
            if let Some(Path::Encode(parts)) = &mut self.path {
                parts.0.end();
            }
            self.receive(publisher)?;
        }
        match &mut self.path {
            Some(Path::Encode(parts)) => parts.1.finish(from_us(end_us, TICKS), publisher),
            Some(Path::Copy(_)) | None => Ok(()),
        }
    }

    /// Sends what is ready only at the end: the storyboard, and the poster of what is short.
    pub(crate) fn finish_stills(&mut self, end_us: i64) -> Result<(), MediaError> {
        let stills = match &mut self.path {
            Some(Path::Encode(parts)) => Some(&mut parts.1.stills),
            Some(Path::Copy(copy)) => copy.stills.as_mut(),
            None => None,
        };
        stills.map_or(Ok(()), |stills| stills.finish(end_us, &self.link))
    }

    /// Pictures copied or decoded.
    pub(crate) fn frames(&self) -> u64 {
        match &self.path {
            Some(Path::Copy(copy)) => self.frames + copy.frames,
            _ => self.frames,
        }
    }

    /// Pictures that a decoder really made.
    pub(crate) fn decoded(&self) -> u64 {
        match &self.path {
            Some(Path::Copy(copy)) => self.decoded + copy.decoded,
            _ => self.decoded,
        }
    }

    /// Packets that could not be decoded.
    pub(crate) fn bad(&self) -> u64 {
        self.bad_before
            + match &self.path {
                Some(Path::Copy(copy)) => copy.bad(),
                Some(Path::Encode(parts)) => parts.0.bad,
                None => 0,
            }
    }
}
