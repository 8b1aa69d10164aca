//! The whole: server, embedded worker, media child, recogniser, browser.

mod chunks;
mod instance;
mod kills;
mod recorder;
mod recordings;
mod supervisor;
mod trims;
mod two_people;
mod upgrade;
mod week;
