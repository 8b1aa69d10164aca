//! Pictures that go out as they came in; only key frames are decoded, for stills.

use super::stills::Stills;
use crate::decode::{VideoDecoder, scale_ticks};
use crate::error::MediaError;
use crate::ffi;
use crate::link::Link;
use crate::mux::boxes::VIDEO_TICKS;
use crate::mux::h264::{AvcConfig, sps};
use crate::mux::sample::{Sample, VideoTrack};
use crate::publish::Publisher;
use ffmpeg_next::{Packet, Rational, packet};
use std::collections::VecDeque;

/// Whether copying can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The packet is copied.
    Copied,
    /// From the open segment on, pictures must be encoded.
    MustEncode,
}

/// What a copy needs.
pub(crate) struct CopyOptions {
    /// The rendition.
    pub(crate) output: usize,
    /// Parameter sets of its init bytes.
    pub(crate) config: AvcConfig,
    /// Ticks of the packets.
    pub(crate) time_base: Rational,
    /// Time line's zero, in ticks of 1/90000.
    pub(crate) zero: i64,
    /// Other parameter sets on the way begin other init bytes; else they end the copy.
    pub(crate) follows_changes: bool,
}

/// Copies H.264 packets into a rendition.
pub(crate) struct CopyPath {
    options: CopyOptions,
    decoder: VideoDecoder,
    /// Taken from key frames; none when no artefacts are wanted.
    pub(crate) stills: Option<Stills>,
    /// Packets of the open segment, in case it must be encoded after all.
    held: VecDeque<Packet>,
    held_from: Option<i64>,
    started: bool,
    /// Packets copied.
    pub(crate) frames: u64,
    /// Key frames that were decoded.
    pub(crate) decoded: u64,
}

impl CopyPath {
    /// Copies into `options.output`; `decoder` decodes key frames only.
    pub(crate) fn new(options: CopyOptions, decoder: VideoDecoder, stills: Option<Stills>) -> Self {
        Self {
            options,
            decoder,
            stills,
            held: VecDeque::new(),
            held_from: None,
            started: false,
            frames: 0,
            decoded: 0,
        }
    }

    /// The rendition.
    pub(crate) fn output(&self) -> usize {
        self.options.output
    }

    /// Packets that could not be decoded.
    pub(crate) fn bad(&self) -> u64 {
        self.decoder.bad
    }

    /// Copies a packet.
    pub(crate) fn packet(
        &mut self,
        packet: Packet,
        publisher: &mut Publisher,
        link: &Link,
    ) -> Result<Verdict, MediaError> {
        let ticks = |value| scale_ticks(value, self.options.time_base, VIDEO_TICKS) - self.options.zero;
        let Some(pts) = packet.pts().or(packet.dts()).map(ticks) else {
            // Nobody says when to show it: the encoder's clock must count.
            self.held.push_back(packet);
            return Ok(Verdict::MustEncode);
        };
        let dts = packet.dts().map_or(pts, ticks).min(pts);
        if !self.started && !packet.is_key() {
            return Ok(Verdict::Copied);
        }
        // What starts late stands from the start on.
        let (pts, dts) = if self.started { (pts.max(0), dts) } else { (0, dts.min(0)) };
        if self.options.follows_changes {
            self.follow(&packet, pts, publisher);
        }
        let changed = ffi::is_discarded(&packet)
            || packet.side_data().any(|side| side.kind() == packet::side_data::Type::NewExtraData)
            || self.options.config.packet_changes_it(packet.data().unwrap_or_default());
        let overlong =
            publisher.segmenter(self.options.output).is_some_and(|segmenter| segmenter.is_overlong(pts));
        if changed || overlong {
            self.release(publisher);
            self.held.push_back(packet);
            return Ok(Verdict::MustEncode);
        }
        self.started = true;
        self.see(&packet, pts, link)?;
        let duration = scale_ticks(packet.duration(), self.options.time_base, VIDEO_TICKS);
        let sample = Sample {
            dts,
            pts,
            duration: if duration > 0 { duration } else { 3000 },
            key: packet.is_key(),
            data: self.options.config.to_mdat(packet.data().unwrap_or_default()).into(),
        };
        publisher.push_video(self.options.output, sample);
        self.frames += 1;
        self.held.push_back(packet);
        self.release(publisher);
        Ok(Verdict::Copied)
    }

    /// A key frame with parameter sets of its own: from here on with other init bytes.
    fn follow(&mut self, packet: &Packet, pts: i64, publisher: &mut Publisher) {
        let data = packet.data().unwrap_or_default();
        if !packet.is_key() || !self.options.config.packet_changes_it(data) {
            return;
        }
        let config = self.options.config.of_packet(data);
        let size = config.as_ref().and_then(|config| config.sps.first()).and_then(|set| sps::size(set));
        if let Some((config, (width, height))) = config.zip(size) {
            // What the encoder here made: square pixels.
            let track = VideoTrack { width, height, pixel_aspect: (1, 1), config: config.clone() };
            publisher.change_video(self.options.output, pts, track);
            self.options.config = config;
        }
    }

    /// Lets go of packets whose segment is cut.
    fn release(&mut self, publisher: &mut Publisher) {
        let open = publisher.segmenter(self.options.output).and_then(|segmenter| segmenter.open_key_pts());
        if open == self.held_from {
            return;
        }
        self.held_from = open;
        let time_base = self.options.time_base;
        let zero = self.options.zero;
        while let Some(first) = self.held.front() {
            let pts =
                first.pts().or(first.dts()).map(|value| scale_ticks(value, time_base, VIDEO_TICKS) - zero);
            if first.is_key() && pts == open {
                break;
            }
            self.held.pop_front();
        }
    }

    fn see(&mut self, packet: &Packet, pts: i64, link: &Link) -> Result<(), MediaError> {
        if !packet.is_key() {
            return Ok(());
        }
        self.decoder.send(packet);
        self.see_decoded(pts, link)
    }

    fn see_decoded(&mut self, pts: i64, link: &Link) -> Result<(), MediaError> {
        let us = crate::mux::sample::to_us(pts, i64::from(VIDEO_TICKS));
        while let Some(picture) = self.decoder.receive() {
            self.decoded += 1;
            if let Some(stills) = self.stills.as_mut().filter(|stills| stills.wants(us)) {
                stills.see(&picture, us, link)?;
            }
        }
        Ok(())
    }

    /// Drains the decoder of key frames.
    pub(crate) fn finish(&mut self, link: &Link) -> Result<(), MediaError> {
        self.decoder.end();
        self.see_decoded(0, link)
    }

    /// Hands over what an encoder needs to go on: the open segment's packets,
    /// where they begin, and the stills so far.
    pub(crate) fn into_parts(self) -> (VecDeque<Packet>, i64, Option<Stills>) {
        (self.held, self.held_from.unwrap_or(0), self.stills)
    }
}
