//! What the child tells of the source and of what it made.

use serde::{Deserialize, Serialize};

/// Video or voice only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// Has a moving picture.
    Video,
    /// Sound only.
    Voice,
}

/// What the source is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// Container, by its bytes: `webm`, `mp4`, `ogg`, ...
    pub container: String,
    /// Video or voice.
    pub media_kind: MediaKind,
    /// The streams that were found.
    pub streams: Vec<StreamInfo>,
    /// Duration as the header claims it, in milliseconds; often absent or wrong.
    pub claimed_duration_ms: Option<u64>,
    /// Width as displayed (after rotation), in pixels.
    pub width: Option<u32>,
    /// Height as displayed (after rotation), in pixels.
    pub height: Option<u32>,
    /// Clockwise rotation that the source asks for: 0, 90, 180 or 270 degrees.
    pub rotation: u32,
    /// Average frame rate as claimed.
    pub frame_rate: Option<f64>,
    /// The video goes out as it came in.
    pub video_copied: bool,
    /// The sound goes out as it came in.
    pub audio_copied: bool,
}

/// One stream of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamInfo {
    /// `video`, `audio`, `subtitle`, `data`, `picture`.
    pub kind: String,
    /// ffmpeg's name of the codec.
    pub codec: String,
    /// This stream is the one that is used.
    pub used: bool,
    /// Audio: samples a second.
    pub sample_rate: Option<u32>,
    /// Audio: channels.
    pub channels: Option<u32>,
}

/// What a rendition carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenditionKind {
    /// Picture, and sound when there is any; belongs into the master playlist.
    Video,
    /// Sound only: for voice updates the one rendition, else for `audio_url`.
    Audio,
}

/// A list of segments that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendition {
    /// `source` (copied), `720p`, `360p`, ..., or `audio`.
    pub name: String,
    /// What it carries.
    pub kind: RenditionKind,
    /// Number of these init bytes within the rendition: 0, then 1, ... after a
    /// discontinuity that changes the format.
    pub init: u32,
    /// RFC 6381 codecs, as for EXT-X-STREAM-INF: `avc1.640028,mp4a.40.2`.
    pub codecs: String,
    /// Displayed width in pixels; 0 for audio.
    pub width: u32,
    /// Displayed height in pixels; 0 for audio.
    pub height: u32,
    /// Frame rate for the master playlist, when known.
    pub frame_rate: Option<f64>,
    /// Estimated peak bits a second. The true one comes from the segments.
    pub bandwidth_bps: u64,
    /// EXT-X-TARGETDURATION in seconds.
    pub target_duration_s: u32,
    /// Content type of the segments: `video/mp4` or `audio/mp4`.
    pub content_type: String,
}

/// One media segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Name of the rendition.
    pub rendition: String,
    /// Number of the init bytes that it needs.
    pub init: u32,
    /// 0, 1, 2, ... within the rendition, without gaps.
    pub seq: u32,
    /// Start on the media's time line, in microseconds.
    pub start_us: u64,
    /// Length in microseconds.
    pub duration_us: u64,
    /// EXT-X-DISCONTINUITY goes before it.
    pub discontinuity: bool,
    /// Begins with a key frame (always so at the moment).
    pub independent: bool,
}

/// How a pass ended well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// Exact duration: the latest end of a picture or sound, in milliseconds.
    pub duration_ms: u64,
    /// There was a moving picture.
    pub has_video: bool,
    /// There was sound.
    pub has_audio: bool,
    /// Stretches without sound of at least half a second: `[start_ms, end_ms]`.
    pub silence_map: Vec<[u64; 2]>,
    /// Integrated loudness (ITU-R BS.1770), in LUFS; none for silence or no sound.
    pub loudness_lufs: Option<f64>,
    /// True peak in dBTP; none for silence or no sound.
    pub true_peak_db: Option<f64>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
    /// Pictures that were decoded or copied.
    pub frames: u64,
    /// Packets that could not be read or decoded.
    pub packets_bad: u64,
    /// Bytes sent as bodies.
    pub output_bytes: u64,
    /// Most resident memory, in bytes.
    pub peak_memory_bytes: u64,
    /// Processor time in milliseconds.
    pub cpu_ms: u64,
}

/// Something that is worth telling though it worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// `partial`: some of the file was damaged or missing.
    pub code: String,
    /// A sentence for users.
    pub detail: String,
}
