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
mod failure;
mod request;
mod told;

pub use codec::{Decoder, Frame, ProtocolError, encode, encode_head, read_frame, write_frame};
pub use failure::{Failure, FailureCode};
pub use request::{Limits, Mode, Request, Source};
use serde::{Deserialize, Serialize};
pub use told::{Finished, MediaKind, Probed, Rendition, RenditionKind, Segment, StreamInfo, Warning};

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
