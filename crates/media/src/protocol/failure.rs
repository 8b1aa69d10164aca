//! How a job ends that cannot be done.

use serde::{Deserialize, Serialize};

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
