//! Encodes pictures as H.264.

use super::geometry::Size;
use crate::error::{MediaError, Step};
use crate::ffi;
use crate::mux::boxes::VIDEO_TICKS;
use crate::mux::h264::{self, AvcConfig};
use crate::mux::sample::{Sample, VideoTrack};
use ffmpeg_next::codec::{self, Flags, encoder, threading};
use ffmpeg_next::{Dictionary, Error, Packet, Rational, color, format, frame, picture};

/// The encoder of one rung.
pub(crate) struct H264Encoder {
    encoder: encoder::video::Encoder,
    track: VideoTrack,
    frame_ticks: i64,
    /// Goes in front of each key frame.
    in_band: Vec<u8>,
}

/// What the encoder needs to know about its pictures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EncodeOptions {
    /// Size of the pictures; even sides.
    pub(crate) size: Size,
    /// Pictures a second, as far as known.
    pub(crate) frame_rate: f64,
    /// No look-ahead: a recorder is still sending.
    pub(crate) live: bool,
    /// Threads.
    pub(crate) threads: u32,
    /// Key frames carry their parameter sets: pictures before them have others.
    pub(crate) in_band: bool,
}

/// Peak bits a second for a picture of this size.
pub(crate) fn peak_bits_per_second(size: Size) -> u64 {
    match u64::from(size.width) * u64::from(size.height) {
        0..=100_000 => 600_000,
        100_001..=240_000 => 1_000_000,
        240_001..=600_000 => 2_000_000,
        600_001..=1_000_000 => 4_000_000,
        1_000_001..=2_200_000 => 7_000_000,
        _ => 16_000_000,
    }
}

impl H264Encoder {
    /// An encoder for pictures like `sample`.
    pub(crate) fn new(options: EncodeOptions, sample: &frame::Video) -> Result<Self, MediaError> {
        let found = encoder::find_by_name("libx264").ok_or(Error::EncoderNotFound);
        let codec = found.step("finding the H.264 encoder")?;
        let mut context = codec::Context::new_with_codec(codec);
        let count = usize::try_from(options.threads.clamp(1, 16)).unwrap_or(1);
        context.set_threading(threading::Config { kind: threading::Type::Frame, count, safe: false });
        let mut encoder = context.encoder().video().step("making the H.264 encoder")?;
        encoder.set_width(options.size.width);
        encoder.set_height(options.size.height);
        encoder.set_format(format::Pixel::YUV420P);
        encoder.set_time_base(Rational(1, i32::try_from(VIDEO_TICKS).unwrap_or(90_000)));
        let frame_rate = options.frame_rate.clamp(1.0, 60.0);
        #[expect(clippy::cast_possible_truncation, reason = "between 1000 and 60000")]
        let frame_rate_milli = (frame_rate * 1000.0) as i32;
        encoder.set_frame_rate(Some(Rational(frame_rate_milli, 1000)));
        encoder.set_aspect_ratio(Rational(1, 1));
        // Key frames are forced; this is only the upper end.
        encoder.set_gop(1200);
        encoder.set_colorspace(sample.color_space());
        encoder.set_color_primaries(sample.color_primaries());
        encoder.set_color_transfer_characteristic(sample.color_transfer_characteristic());
        encoder.set_color_range(color::Range::MPEG);
        encoder.set_flags(Flags::GLOBAL_HEADER);
        let peak = peak_bits_per_second(options.size);
        let (peak_text, buffer) = (peak.to_string(), (peak * 2).to_string());
        let mut settings: Vec<(&str, &str)> = vec![
            ("preset", "veryfast"),
            ("crf", "23"),
            ("profile", "high"),
            ("forced-idr", "1"),
            // Pictures in order need no edit list and no negative offsets,
            // which players treat differently.
            ("bf", "0"),
            ("sc_threshold", "0"),
            ("maxrate", &peak_text),
            ("bufsize", &buffer),
        ];
        if options.live {
            settings.extend([("rc-lookahead", "0"), ("x264-params", "sync-lookahead=0")]);
        }
        let encoder = encoder
            .open_with(settings.iter().collect::<Dictionary<'_>>())
            .step("opening the H.264 encoder")?;
        let config = AvcConfig::from_annex_b(&ffi::extradata(&encoder))
            .ok_or(Error::InvalidData)
            .step("reading the H.264 encoder's parameter sets")?;
        let side = |value| u16::try_from(value).unwrap_or(u16::MAX);
        let track = VideoTrack {
            width: side(options.size.width),
            height: side(options.size.height),
            pixel_aspect: (1, 1),
            config,
        };
        #[expect(clippy::cast_possible_truncation, reason = "between 1500 and 90000")]
        let frame_ticks = (f64::from(VIDEO_TICKS) / frame_rate) as i64;
        let in_band =
            if options.in_band { AvcConfig::in_band(&ffi::extradata(&encoder)) } else { Vec::new() };
        Ok(Self { encoder, track, frame_ticks, in_band })
    }

    /// How the track is described.
    pub(crate) fn track(&self) -> &VideoTrack {
        &self.track
    }

    /// Encodes a picture; its time stamp is in ticks of 1/90000.
    pub(crate) fn encode(
        &mut self,
        picture: &mut frame::Video,
        key: bool,
    ) -> Result<Vec<Sample>, MediaError> {
        picture.set_kind(if key { picture::Type::I } else { picture::Type::None });
        self.encoder.send_frame(picture).step("encoding a picture")?;
        Ok(self.receive())
    }

    /// What the encoder still holds.
    pub(crate) fn finish(&mut self) -> Result<Vec<Sample>, MediaError> {
        self.encoder.send_eof().step("encoding a picture")?;
        Ok(self.receive())
    }

    fn receive(&mut self) -> Vec<Sample> {
        let mut out = Vec::new();
        loop {
            let mut packet = Packet::empty();
            if self.encoder.receive_packet(&mut packet).is_err() {
                return out;
            }
            let pts = packet.pts().unwrap_or(0);
            let coded = h264::to_length_prefixed(packet.data().unwrap_or_default());
            let data = if packet.is_key() { [self.in_band.as_slice(), &coded].concat() } else { coded };
            out.push(Sample {
                dts: packet.dts().unwrap_or(pts),
                pts,
                duration: self.frame_ticks,
                key: packet.is_key(),
                data: data.into(),
            });
        }
    }
}
