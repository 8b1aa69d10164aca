//! One folder a noun, one file a verb: request, response, handler.

pub mod asks;
pub mod comments;
pub mod events;
pub mod identity;
pub mod me;
pub mod media;
pub mod reactions;
pub mod search;
pub mod system;
pub mod teams;
pub mod transcripts;
pub mod updates;
pub mod uploads;
pub mod watching;
pub mod words;
pub mod workspaces;
