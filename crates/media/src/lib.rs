//! Media and speech: what needs ffmpeg or whisper. Synchronous; errors are typed.
//!
//! ffmpeg runs on bytes of users only inside the *media child*, a process
//! without network, files or other programs ([`child`]); [`protocol`] is what
//! it speaks with its parent.

pub mod child;
pub mod protocol;
pub mod sandbox;
pub mod speech;
