//! What Meridian is about, without input or output: ids, words of the field, policy, time.
#![warn(missing_docs)]

pub mod catch_up;
pub mod clock;
pub mod egress;
pub mod engagement;
pub mod enums;
pub mod feeds;
pub mod holidays;
pub mod ids;
pub mod markup;
pub mod mp4;
pub mod notify;
pub mod policy;
pub mod ranges;
pub mod rounds;
pub mod schedule;
pub mod sniff;
pub mod suggestions;
pub mod transcript;
pub mod webhook;
pub mod working_time;
