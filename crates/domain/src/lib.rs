//! What Meridian is about: entities, rules and decisions, without I/O.

pub mod sniff;
