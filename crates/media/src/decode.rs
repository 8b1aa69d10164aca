//! Decoders: opened by name from the short list, bounded, with errors counted.

use crate::codecs;
use crate::error::{MediaError, Step};
use crate::ffi::{self, StreamFacts};
use crate::mux::sample::to_us;
use crate::protocol::FailureCode;
use ffmpeg_next::codec::{self, Parameters, threading};
use ffmpeg_next::{Discard, Error, Packet, Rational, decoder, frame};
use std::marker::PhantomData;

/// How a decoder is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DecodeOptions {
    /// Threads.
    pub(crate) threads: u32,
    /// Largest picture in pixels.
    pub(crate) max_pixels: u64,
    /// Decode key frames only.
    pub(crate) keys_only: bool,
}

fn open(
    parameters: Parameters,
    name: Option<&str>,
    time_base: Rational,
    options: DecodeOptions,
) -> Result<decoder::Opened, MediaError> {
    let found = name.and_then(decoder::find_by_name).ok_or(Error::DecoderNotFound);
    let codec = found.step("finding a decoder")?;
    let mut context = codec::Context::from_parameters(parameters).step("reading codec parameters")?;
    let count = usize::try_from(options.threads.clamp(1, 16)).unwrap_or(1);
    context.set_threading(threading::Config { kind: threading::Type::Frame, count, safe: false });
    ffi::set_max_pixels(&mut context, options.max_pixels);
    let mut decoder = context.decoder();
    // Without it the pre-skip of Opus is not taken off.
    decoder.set_packet_time_base(time_base);
    if options.keys_only {
        decoder.skip_frame(Discard::NonKey);
    }
    decoder.open_as(codec).map_err(|_refused| {
        MediaError::failure(
            FailureCode::UnsupportedCodec,
            format!(
                "The file uses a kind of {} that Meridian does not read, or it is damaged. Convert it to MP4 with \
                 H.264 and AAC, and upload it again.",
                codecs::label(codec.name())
            ),
        )
    })
}

/// Decodes one stream to frames of a kind.
pub(crate) struct Decoder<Frame> {
    inner: decoder::Opened,
    time_base: Rational,
    /// Packets that could not be decoded.
    pub(crate) bad: u64,
    frames: PhantomData<fn() -> Frame>,
}

/// Decodes pictures.
pub(crate) type VideoDecoder = Decoder<frame::Video>;
/// Decodes sound.
pub(crate) type AudioDecoder = Decoder<frame::Audio>;

impl<Frame> Decoder<Frame> {
    /// Opens the decoder of the short list for a stream.
    fn of(
        name: Option<&str>,
        parameters: Parameters,
        facts: &StreamFacts,
        options: DecodeOptions,
    ) -> Result<Self, MediaError> {
        let inner = open(parameters, name, facts.time_base, options)?;
        Ok(Self { inner, time_base: facts.time_base, bad: 0, frames: PhantomData })
    }

    /// Gives it a packet.
    pub(crate) fn send(&mut self, packet: &Packet) {
        if self.inner.send_packet(packet).is_err() {
            self.bad += 1;
        }
    }

    /// No more packets.
    pub(crate) fn end(&mut self) {
        if self.inner.send_eof().is_err() {
            self.bad += 1;
        }
    }
}

impl VideoDecoder {
    /// Opens the decoder of the short list for a stream.
    pub(crate) fn open(
        parameters: Parameters,
        facts: &StreamFacts,
        options: DecodeOptions,
    ) -> Result<Self, MediaError> {
        Self::of(codecs::video_decoder(facts.codec), parameters, facts, options)
    }

    /// The next picture. Errors are counted and passed over.
    pub(crate) fn receive(&mut self) -> Option<frame::Video> {
        let mut picture = frame::Video::empty();
        receive(&mut self.inner, &mut picture, &mut self.bad).then_some(picture)
    }

    /// A picture's time stamp in microseconds.
    pub(crate) fn timestamp_us(&self, picture: &frame::Video) -> Option<i64> {
        ffi::best_timestamp(picture).map(|ticks| scale_us(ticks, self.time_base))
    }
}

impl AudioDecoder {
    /// Opens the decoder of the short list for a stream.
    pub(crate) fn open(parameters: Parameters, facts: &StreamFacts) -> Result<Self, MediaError> {
        let options = DecodeOptions { threads: 1, max_pixels: 1, keys_only: false };
        Self::of(codecs::audio_decoder(facts.codec), parameters, facts, options)
    }

    /// The next piece of sound. Errors are counted and passed over.
    pub(crate) fn receive(&mut self) -> Option<frame::Audio> {
        let mut sound = frame::Audio::empty();
        receive(&mut self.inner, &mut sound, &mut self.bad).then_some(sound)
    }

    /// Where a packet says that it ends, in microseconds.
    pub(crate) fn packet_end_us(&self, packet: &Packet) -> Option<i64> {
        packet.pts().map(|pts| scale_us(pts.saturating_add(packet.duration()), self.time_base))
    }

    /// A frame's time stamp in microseconds.
    pub(crate) fn timestamp_us(&self, sound: &frame::Audio) -> Option<i64> {
        ffi::best_timestamp(sound).map(|ticks| scale_us(ticks, self.time_base))
    }
}

/// One frame, or none until more packets come. A decoder that fails on a frame
/// is asked again, but not for ever.
fn receive(inner: &mut decoder::Opened, frame: &mut ffmpeg_next::Frame, bad: &mut u64) -> bool {
    for _ in 0..64 {
        match inner.receive_frame(frame) {
            Ok(()) => return true,
            Err(Error::Eof | Error::Other { errno: libc::EAGAIN }) => return false,
            Err(_damaged) => *bad += 1,
        }
    }
    false
}

/// Ticks of a time base to microseconds.
pub(crate) fn scale_us(ticks: i64, base: Rational) -> i64 {
    let product = i128::from(ticks) * i128::from(base.numerator());
    let product = i64::try_from(product).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX });
    to_us(product, i64::from(base.denominator()))
}

/// Ticks of a time base to ticks of 1/`rate`, rounded.
pub(crate) fn scale_ticks(ticks: i64, base: Rational, rate: u32) -> i64 {
    let product = i128::from(ticks) * i128::from(base.numerator()) * i128::from(rate);
    let divisor = i128::from(base.denominator()).max(1);
    i64::try_from((product + divisor / 2).div_euclid(divisor)).unwrap_or(i64::MAX)
}
