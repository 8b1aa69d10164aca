//! Media and speech: what needs ffmpeg or whisper. Synchronous; errors are typed.
pub mod speech;
