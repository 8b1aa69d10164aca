//! Tracks and their samples, and how their ticks are counted.

use super::h264::AvcConfig;
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
