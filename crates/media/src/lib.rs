//! Media and speech: what needs ffmpeg or whisper. Synchronous; errors are typed.
//!
//! ffmpeg runs on bytes of users only inside the *media child*, a process
//! without network, files or other programs ([`child`]); [`protocol`] is what
//! it speaks with its parent.

pub mod child;
mod codecs;
mod decode;
mod demux;
mod error;
mod ffi;
mod layout;
mod link;
mod mux;
mod pass;
mod picture;
pub mod protocol;
mod publish;
pub mod sandbox;
mod sound;
mod source;
pub mod speech;

pub use codecs::missing as missing_codecs;
