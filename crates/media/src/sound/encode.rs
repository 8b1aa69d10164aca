//! Encodes sound as AAC-LC.

use super::timeline::SAMPLE_RATE;
use crate::error::{MediaError, Step};
use crate::ffi;
use crate::mux::sample::{AudioTrack, Sample};
use ffmpeg_next::codec::{self, Flags, encoder};
use ffmpeg_next::{Dictionary, Packet, Rational, format};

/// Samples of an AAC frame.
pub(crate) const FRAME: usize = 1024;

/// How it looks for quantizers. libavcodec's own advice above 64 kbit/s, and its default in later versions: half the time
/// of "twoloop", and nearer to the original (signal to distortion, speech at 96 and 160 kbit/s).
const SEARCH: &str = "fast";

/// The encoder; its delay is taken out of the time stamps.
pub(crate) struct AacEncoder {
    encoder: encoder::audio::Encoder,
    track: AudioTrack,
}

impl AacEncoder {
    /// For one or two channels at 48 kHz.
    pub(crate) fn new(channels: usize) -> Result<Self, MediaError> {
        let bits_per_second: u32 = if channels == 1 { 96_000 } else { 160_000 };
        let found = encoder::find_by_name("aac").ok_or(ffmpeg_next::Error::EncoderNotFound);
        let codec = found.step("finding the AAC encoder")?;
        let context = codec::Context::new_with_codec(codec);
        let mut encoder = context.encoder().audio().step("making the AAC encoder")?;
        let rate = i32::try_from(SAMPLE_RATE).unwrap_or(i32::MAX);
        encoder.set_rate(rate);
        encoder.set_format(format::Sample::F32(format::sample::Type::Planar));
        encoder.set_bit_rate(usize::try_from(bits_per_second).unwrap_or(96_000));
        ffi::set_channels(&mut encoder, i32::try_from(channels).unwrap_or(2));
        encoder.set_time_base(Rational(1, rate));
        encoder.set_flags(Flags::GLOBAL_HEADER);
        let mut options = Dictionary::new();
        options.set("aac_coder", SEARCH);
        let encoder = encoder.open_as_with(codec, options).step("opening the AAC encoder")?;
        let track = AudioTrack {
            sample_rate: SAMPLE_RATE,
            channels: u16::try_from(channels).unwrap_or(2),
            config: ffi::extradata(&encoder),
            bits_per_second,
        };
        Ok(Self { encoder, track })
    }

    /// How the track is described.
    pub(crate) fn track(&self) -> &AudioTrack {
        &self.track
    }

    /// Encodes a piece that begins at sample `start`.
    pub(crate) fn encode(&mut self, start: i64, planes: &[Vec<f32>]) -> Result<Vec<Sample>, MediaError> {
        let frame = ffi::sound_frame(planes, SAMPLE_RATE, start).step("making a sound frame")?;
        self.encoder.send_frame(&frame).step("encoding sound")?;
        Ok(self.receive())
    }

    /// What the encoder still holds.
    pub(crate) fn finish(&mut self) -> Result<Vec<Sample>, MediaError> {
        self.encoder.send_eof().step("encoding sound")?;
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
            // The first packet lies before zero: it only primes the decoder.
            if let (0.., Some(data)) = (pts, packet.data()) {
                out.push(Sample { dts: pts, pts, duration: 1024, key: true, data: data.into() });
            }
        }
    }
}
