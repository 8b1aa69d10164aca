//! AAC that goes out as it came in.

use crate::decode::scale_ticks;
use crate::ffi::{self, StreamFacts};
use crate::mux::sample::{AudioTrack, Sample};
use ffmpeg_next::codec::Id;
use ffmpeg_next::{Packet, Rational};

/// Stamps this close to the expected one are rounding (Matroska counts milliseconds).
const ROUNDING: i64 = 120;
/// `FF_PROFILE_AAC_LOW`.
const PROFILE_LC: i32 = 1;

/// Turns AAC packets into samples of a track.
pub(crate) struct AudioCopy {
    track: AudioTrack,
    time_base: Rational,
    zero_us: i64,
    expected: Option<i64>,
}

impl AudioCopy {
    /// None when the sound cannot be copied: another codec or profile, more
    /// than two channels, or no AudioSpecificConfig.
    pub(crate) fn new(facts: &StreamFacts, zero_us: i64) -> Option<Self> {
        let object = facts.extradata.first().map(|byte| byte >> 3);
        let plain = facts.codec == Id::AAC && facts.profile == PROFILE_LC && object == Some(2);
        let fits = (1..=2).contains(&facts.channels)
            && (16_000..=48_000).contains(&facts.sample_rate)
            && matches!(facts.frame_size, 0 | 1024)
            && facts.extradata.len() <= 64;
        if !(plain && fits) {
            return None;
        }
        let track = AudioTrack {
            sample_rate: facts.sample_rate,
            channels: u16::try_from(facts.channels).ok()?,
            config: facts.extradata.clone(),
            bits_per_second: if facts.bit_rate > 0 { facts.bit_rate } else { 128_000 },
        };
        Some(Self { track, time_base: facts.time_base, zero_us, expected: None })
    }

    /// How the track is described.
    pub(crate) fn track(&self) -> &AudioTrack {
        &self.track
    }

    /// A packet as a sample; none for what only primes the decoder.
    pub(crate) fn sample(&mut self, packet: &Packet) -> Option<Sample> {
        let data = packet.data().filter(|data| !data.is_empty())?;
        if ffi::is_discarded(packet) {
            return None;
        }
        let zero = crate::mux::sample::from_us(self.zero_us, i64::from(self.track.sample_rate));
        let stamp = packet
            .pts()
            .or(packet.dts())
            .map(|value| scale_ticks(value, self.time_base, self.track.sample_rate));
        let pts = match (stamp.map(|stamp| stamp - zero), self.expected) {
            (Some(stamp), Some(expected)) if (stamp - expected).abs() > ROUNDING => stamp.max(expected),
            (_, Some(expected)) => expected,
            (Some(stamp), None) if stamp < -512 => return None,
            (Some(stamp), None) => stamp.max(0),
            (None, None) => 0,
        };
        self.expected = Some(pts + 1024);
        Some(Sample { dts: pts, pts, duration: 1024, key: true, data: data.into() })
    }
}
