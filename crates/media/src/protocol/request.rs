//! What a job is to do, and with which bounds.

use super::PROTOCOL_VERSION;
use serde::{Deserialize, Serialize};

/// One media job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Must be [`PROTOCOL_VERSION`].
    pub version: u32,
    /// What to do.
    pub mode: Mode,
    /// How the source can be read.
    pub source: Source,
    /// A recorder is still sending: short segments (2 s), low delay.
    pub live: bool,
    /// Heights (the shorter side) to encode when the video cannot be copied,
    /// highest first; capped to the source's own.
    pub ladder: Vec<u32>,
    /// The video may be copied when its codec and key frames fit.
    pub copy_allowed: bool,
    /// Bounds of the job.
    pub limits: Limits,
    /// Threads for decoder and encoder each.
    pub threads: u32,
}

impl Request {
    /// A transcode of `source` with the usual bounds.
    pub fn transcode(source: Source) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            mode: Mode::Transcode,
            source,
            live: false,
            ladder: vec![720, 360],
            copy_allowed: true,
            limits: Limits::default(),
            threads: 2,
        }
    }
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Mode {
    /// The whole pass: renditions and artefacts.
    Transcode,
    /// The source is one published rendition (its init bytes followed by its
    /// segments). Copies the video, applies the gain and a peak limiter to the
    /// audio, and sends `Rendition` and `Segment`s of the same name again; no
    /// artefacts, no PCM.
    NormaliseAudio {
        /// Name of the rendition, kept.
        rendition: String,
        /// Linear gain to apply, in decibels.
        gain_db: f64,
        /// Beside pictures: send the sound-only rendition `audio` too, so that sound is encoded once.
        sound_alone: bool,
    },
    /// The source is one published rendition. Encodes its pictures in the
    /// sizes of the ladder and copies its sound; no artefacts, no PCM, no
    /// sound-only rendition.
    AddRungs,
}

/// How the source can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// In sequence, while it arrives; the length may not be known yet.
    Stream,
    /// All bytes are there: any range can be asked for.
    Seekable {
        /// Length in bytes.
        size_bytes: u64,
    },
}

/// Bounds of one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Longest media time, in milliseconds.
    pub max_duration_ms: u64,
    /// Largest picture, in pixels.
    pub max_pixels: u64,
    /// Most streams that are looked at.
    pub max_streams: u32,
    /// Most bytes that the child may send as bodies.
    pub output_quota_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_duration_ms: 4 * 3_600_000,
            max_pixels: 4096 * 4096,
            max_streams: 8,
            output_quota_bytes: 32 * 1024 * 1024 * 1024,
        }
    }
}
