//! What the media child and its parent say to each other.
//!
//! One byte stream (a Unix socketpair) carries *frames* in both directions:
//! a four-byte header length, a four-byte body length (both little-endian), a
//! JSON header naming the message, and raw bytes that belong to it. Pure and
//! synchronous: the child reads and writes blocking, the worker feeds a
//! [`Decoder`] from its async socket.
//!
//! Order: the parent sends one [`ToChild::Start`]; afterwards it answers each
//! [`FromChild::Read`] with exactly one of `Data`, `Eof` or `SourceError`, and
//! may put in a `LengthKnown` at any time. The child has at most one `Read`
//! open. It ends with exactly one of `Finished`, `Failed`, `NeedsWholeFile`;
//! a closed stream without one of them is a crash.

mod codec;

pub use codec::{Decoder, Frame, ProtocolError, encode, encode_head, read_frame, write_frame};
use serde::{Deserialize, Serialize};

/// Version of this protocol; a child refuses a `Start` of another one.
pub const PROTOCOL_VERSION: u32 = 1;
/// Largest JSON header of a frame, in bytes.
pub const MAX_HEADER_BYTES: usize = 256 * 1024;
/// Largest body of a frame, in bytes. A segment never exceeds it.
pub const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;
/// Longest range that one `Read` asks for, in bytes.
pub const MAX_READ_BYTES: u32 = 1024 * 1024;

/// Messages of the parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ToChild {
    /// The job; always first, once.
    Start(Request),
    /// Answer to a read: the frame's body holds 1 to `len` bytes from `offset` on.
    Data,
    /// Answer to a read at or behind the final length.
    Eof,
    /// Answer to a read that the parent cannot serve; the child gives up.
    SourceError {
        /// Why, for logs.
        detail: String,
    },
    /// The last byte has come: the source's length is final.
    LengthKnown {
        /// Length of the whole source in bytes.
        size_bytes: u64,
    },
}

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

/// Messages of the child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromChild {
    /// Asks for bytes of the source; waits for the answer.
    Read {
        /// First byte.
        offset: u64,
        /// Most bytes wanted, at least 1, at most [`MAX_READ_BYTES`].
        len: u32,
    },
    /// What the source is; sent once before any rendition.
    Probed(Probed),
    /// A rendition begins (or goes on with another `init`); body: init bytes (`ftyp moov`).
    Rendition(Rendition),
    /// One media segment (`moof mdat`, perhaps several pairs); body: its bytes.
    Segment(Segment),
    /// Sound for speech recognition; body: 16 kHz mono signed 16-bit little-endian samples.
    Pcm {
        /// Index of the first sample since the start of the time line (pauses are
        /// filled with silence, so `start_sample / 16` is milliseconds).
        start_sample: u64,
    },
    /// How far the pass has come on the media's time line.
    Progress {
        /// Position in milliseconds.
        position_ms: u64,
    },
    /// A finished file; body: its bytes. May be sent again with newer content.
    Artefact {
        /// `poster.jpg`, `storyboard.jpg`, `storyboard.vtt` or `peaks.json`.
        name: String,
        /// Its media type.
        content_type: String,
    },
    /// The source cannot be read as a stream (an MP4 whose index is at the
    /// end): start again with [`Source::Seekable`] once the last byte is there.
    /// Last message.
    NeedsWholeFile,
    /// All went well; last message.
    Finished(Finished),
    /// It did not work; last message.
    Failed(Failure),
}

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

/// Why a job cannot be done; a retry with the same bytes ends the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Which kind.
    pub code: FailureCode,
    /// A sentence for users: what was found and what to do.
    pub detail: String,
}

/// Kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The bytes are no audio or video container that we read.
    UnsupportedMedia,
    /// The container is fine, the codec is not on the list.
    UnsupportedCodec,
    /// Neither picture nor sound inside.
    NoStreams,
    /// Protected against copying.
    Encrypted,
    /// Longer than allowed, or a time line that jumps by hours.
    TooLong,
    /// Pictures larger than allowed.
    TooManyPixels,
    /// Too broken to be read.
    Damaged,
    /// A stream was announced but nothing could be decoded.
    NoFrames,
    /// The output would be larger than allowed.
    OutputQuota,
    /// The parent could not deliver the bytes (worth a retry).
    Source,
    /// A fault of ours (worth a retry).
    Internal,
}

impl FailureCode {
    /// The name used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnsupportedMedia => "unsupported_media",
            Self::UnsupportedCodec => "unsupported_codec",
            Self::NoStreams => "no_streams",
            Self::Encrypted => "encrypted",
            Self::TooLong => "too_long",
            Self::TooManyPixels => "too_many_pixels",
            Self::Damaged => "damaged",
            Self::NoFrames => "no_frames",
            Self::OutputQuota => "output_quota",
            Self::Source => "source",
            Self::Internal => "internal",
        }
    }

    /// Whether the same bytes may do better next time.
    pub fn worth_a_retry(self) -> bool {
        matches!(self, Self::Source | Self::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_failures_are_those_of_the_wire() {
        for code in [FailureCode::UnsupportedMedia, FailureCode::TooLong, FailureCode::NoFrames] {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
