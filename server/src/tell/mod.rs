//! What happened is told: into inboxes, by mail, to other programs. Each part runs in the background of every server;
//! rows that are claimed by compare-and-set see to it that each thing is told once.

pub mod backup;
pub mod holidays;
pub mod mail;
pub mod notify;
pub(crate) mod speech;
pub mod webhooks;
