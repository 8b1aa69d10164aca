//! The server over HTTP: started in this process on a free port of the loopback, with a database and an object
//! store in a temporary folder.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod admin;
mod asks;
mod catch_up;
mod check_ins;
mod comments;
mod events;
mod feeds;
mod fuzz;
mod identity;
mod insights;
mod lists;
mod mails;
mod matrix;
mod media;
mod metrics;
mod notifications;
mod openapi;
mod overlap;
mod people;
mod reminders;
mod rounds;
mod search;
mod security;
mod share;
mod smoke;
mod smtp;
mod support;
mod transcripts;
mod updates;
mod uploads;
mod watching;
mod webhooks;
mod weeks;
mod world;
