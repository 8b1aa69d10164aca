//! The whole: server, embedded worker, media child, recogniser, browser.

mod browser;
mod chunks;
mod inert;
mod instance;
mod kills;
mod leaks;
mod oidc;
mod operate;
mod recorder;
mod recordings;
mod round;
mod scaled;
mod share;
mod supervisor;
mod together;
mod told;
mod traces;
mod trims;
mod two_people;
mod upgrade;
mod web;
mod week;
