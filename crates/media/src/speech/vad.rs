//! Silero voice activity detection.
