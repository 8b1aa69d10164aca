//! Uploads against the real server process: stock clients, and SIGKILL in the middle.

mod clients;
mod kill;
mod server;

pub(crate) use server::bytes_in;
