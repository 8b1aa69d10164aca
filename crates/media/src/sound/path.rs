//! The way of the sound: decoded, put on one time line, measured, encoded.

use super::encode::{AacEncoder, FRAME};
use super::limiter::Limiter;
use super::loudness::Loudness;
use super::peaks::Peaks;
use super::silence::Silence;
use super::timeline::{SAMPLE_RATE, Timeline};
use crate::decode::AudioDecoder;
use crate::error::{MediaError, Step};
use crate::ffi::{self, Resampler};
use crate::link::Link;
use crate::mux::sample::{AudioTrack, Sample, from_us, to_us};
use crate::protocol::FromChild;
use ffmpeg_next::{Packet, frame};

/// Samples a second of what speech recognition gets.
const SPEECH_RATE: u32 = 16_000;
/// Bytes of one message of speech samples: one second.
const SPEECH_CHUNK: usize = 32_000;

const RATE: i64 = SAMPLE_RATE as i64;

/// Decodes, measures, and encodes unless the source's own packets are used.
pub(crate) struct SoundPath {
    decoder: AudioDecoder,
    resampler: Option<Resampler>,
    to_speech: Resampler,
    timeline: Timeline,
    limiter: Option<Limiter>,
    encoder: Option<AacEncoder>,
    loudness: Loudness,
    silence: Silence,
    peaks: Peaks,
    speech: Vec<u8>,
    speech_start: u64,
    sends_speech: bool,
    channels: usize,
    zero_us: i64,
    /// Decoded frames.
    pub(crate) frames: u64,
    /// Latest end of real sound in microseconds.
    pub(crate) end_us: i64,
    next_us: i64,
}

/// How a path is set up.
pub(crate) struct SoundOptions {
    /// Channels of the output: 1 or 2.
    pub(crate) channels: usize,
    /// Encode to AAC (else only measure).
    pub(crate) encode: bool,
    /// Send speech samples.
    pub(crate) speech: bool,
    /// Gain in decibels and a limiter behind it.
    pub(crate) gain_db: Option<f64>,
    /// Time stamp of the time line's zero, in microseconds.
    pub(crate) zero_us: i64,
    /// No sound beyond this, in microseconds.
    pub(crate) max_us: i64,
}

impl SoundPath {
    /// A path behind a decoder.
    pub(crate) fn new(decoder: AudioDecoder, options: &SoundOptions) -> Result<Self, MediaError> {
        let channels = options.channels;
        let to_speech =
            Resampler::for_planes(channels, SAMPLE_RATE, 1, SPEECH_RATE).step("making a resampler")?;
        Ok(Self {
            decoder,
            resampler: None,
            to_speech,
            timeline: Timeline::new(channels, from_us(options.max_us, RATE)),
            limiter: options.gain_db.map(|gain_db| Limiter::new(channels, gain_db)),
            encoder: if options.encode { Some(AacEncoder::new(channels)?) } else { None },
            loudness: Loudness::new(channels),
            silence: Silence::default(),
            peaks: Peaks::default(),
            speech: Vec::with_capacity(SPEECH_CHUNK),
            speech_start: 0,
            sends_speech: options.speech,
            channels,
            zero_us: options.zero_us,
            frames: 0,
            end_us: 0,
            next_us: 0,
        })
    }

    /// The track that the encoder makes, if there is one.
    pub(crate) fn track(&self) -> Option<&AudioTrack> {
        self.encoder.as_ref().map(AacEncoder::track)
    }

    /// Packets that could not be decoded.
    pub(crate) fn bad(&self) -> u64 {
        self.decoder.bad
    }

    /// End of the time line so far, in microseconds.
    pub(crate) fn position_us(&self) -> i64 {
        to_us(self.timeline.end(), RATE)
    }

    /// Decodes a packet; returns what the encoder made of it.
    pub(crate) fn packet(&mut self, packet: &Packet, link: &Link) -> Result<Vec<Sample>, MediaError> {
        let bad_before = self.decoder.bad;
        self.decoder.send(packet);
        self.receive()?;
        if self.decoder.bad > bad_before && !ffi::is_discarded(packet) {
            // What cannot be decoded still takes its time.
            let end_us = self.decoder.packet_end_us(packet).map(|us| us - self.zero_us);
            self.end_us = self.end_us.max(end_us.unwrap_or(0));
        }
        self.take(link)
    }

    /// Silence up to a time: the pictures are far ahead and no sound comes.
    pub(crate) fn fill_to(&mut self, us: i64, link: &Link) -> Result<Vec<Sample>, MediaError> {
        self.timeline.fill_to(from_us(us, RATE));
        self.take(link)
    }

    fn receive(&mut self) -> Result<(), MediaError> {
        while let Some(frame) = self.decoder.receive() {
            self.add(&frame)?;
        }
        Ok(())
    }

    fn add(&mut self, frame: &frame::Audio) -> Result<(), MediaError> {
        if self.resampler.as_ref().is_none_or(|resampler| !resampler.fits(frame)) {
            self.drain_resampler()?;
            match Resampler::for_frame(frame, self.channels, SAMPLE_RATE) {
                Ok(resampler) => self.resampler = Some(resampler),
                Err(_implausible) => {
                    self.decoder.bad += 1;
                    return Ok(());
                }
            }
        }
        let start_us = match self.decoder.timestamp_us(frame) {
            Some(us) => us - self.zero_us,
            None => self.next_us,
        };
        let Some(resampler) = self.resampler.as_mut() else { return Ok(()) };
        let planes = resampler.convert_frame(frame).step("resampling sound")?;
        let length = i64::try_from(frame.samples()).unwrap_or(0);
        self.next_us = start_us + to_us(length, i64::from(frame.rate()));
        self.end_us = self.end_us.max(self.next_us);
        self.frames += 1;
        self.timeline.push(from_us(start_us, RATE), &planes);
        Ok(())
    }

    fn drain_resampler(&mut self) -> Result<(), MediaError> {
        if let Some(mut old) = self.resampler.take() {
            let rest = old.flush().step("resampling sound")?;
            self.timeline.push(self.timeline.end(), &rest);
        }
        Ok(())
    }

    fn take(&mut self, link: &Link) -> Result<Vec<Sample>, MediaError> {
        let mut out = Vec::new();
        loop {
            let start = self.timeline.position();
            let Some(planes) = self.timeline.take(FRAME) else { return Ok(out) };
            out.extend(self.piece(start, planes, link)?);
        }
    }

    fn piece(
        &mut self,
        start: i64,
        mut planes: Vec<Vec<f32>>,
        link: &Link,
    ) -> Result<Vec<Sample>, MediaError> {
        if let Some(limiter) = &mut self.limiter {
            limiter.run(&mut planes);
        }
        self.loudness.push(&planes);
        let speech = self.to_speech.convert_planes(&planes).step("resampling speech")?;
        self.measure(&speech, link)?;
        match &mut self.encoder {
            Some(encoder) => encoder.encode(start, &planes),
            None => Ok(Vec::new()),
        }
    }

    fn measure(&mut self, speech: &[Vec<f32>], link: &Link) -> Result<(), MediaError> {
        let Some(mono) = speech.first() else { return Ok(()) };
        self.silence.push(mono);
        self.peaks.push(mono);
        if !self.sends_speech {
            return Ok(());
        }
        self.speech.extend(mono.iter().flat_map(|sample| to_s16(*sample).to_le_bytes()));
        while self.speech.len() >= SPEECH_CHUNK {
            let rest = self.speech.split_off(SPEECH_CHUNK);
            self.send_speech(link)?;
            self.speech = rest;
        }
        Ok(())
    }

    fn send_speech(&mut self, link: &Link) -> Result<(), MediaError> {
        if self.speech.is_empty() {
            return Ok(());
        }
        link.send(&FromChild::Pcm { start_sample: self.speech_start }, &self.speech)?;
        self.speech_start += u64::try_from(self.speech.len() / 2).unwrap_or(0);
        self.speech.clear();
        Ok(())
    }

    /// Drains decoder and resampler; the time line's end is then final.
    pub(crate) fn end_input(&mut self, link: &Link) -> Result<Vec<Sample>, MediaError> {
        self.decoder.end();
        self.receive()?;
        self.drain_resampler()?;
        self.take(link)
    }

    /// Encodes the rest and sends what was measured.
    pub(crate) fn finish(&mut self, link: &Link) -> Result<Vec<Sample>, MediaError> {
        let start = self.timeline.position();
        let mut rest = self.timeline.take_rest();
        let mut out = Vec::new();
        if rest.first().is_some_and(|plane| !plane.is_empty()) {
            for plane in &mut rest {
                plane.resize(FRAME, 0.0);
            }
            out.extend(self.piece(start, rest, link)?);
        }
        if let Some(encoder) = &mut self.encoder {
            out.extend(encoder.finish()?);
        }
        let tail = self.to_speech.flush().step("resampling speech")?;
        self.measure(&tail, link)?;
        self.send_speech(link)?;
        Ok(out)
    }

    /// The stretches without sound.
    pub(crate) fn silence_map(&self) -> Vec<[u64; 2]> {
        self.silence.map()
    }

    /// Integrated loudness and true peak.
    pub(crate) fn loudness(&self) -> (Option<f64>, Option<f64>) {
        (self.loudness.integrated_lufs(), self.loudness.true_peak_db())
    }

    /// The wave form.
    pub(crate) fn peaks_json(&self) -> Option<Vec<u8>> {
        self.peaks.to_json().ok()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i16")]
fn to_s16(value: f32) -> i16 {
    (value * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16
}
