//! One folder a noun, one file a verb: request, response, handler.

pub mod admin;
pub mod asks;
pub mod catch_up;
pub mod check_ins;
pub mod comments;
pub mod events;
pub mod exports;
pub mod feeds;
pub mod identity;
pub mod me;
pub mod media;
pub mod notifications;
pub mod reactions;
pub mod rounds;
pub mod search;
pub mod share;
pub mod system;
pub mod teams;
pub mod transcripts;
pub mod updates;
pub mod uploads;
pub mod watching;
pub mod webhooks;
pub mod words;
pub mod workspaces;
