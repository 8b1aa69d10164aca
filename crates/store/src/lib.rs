//! The database: entities, repositories, the job queue, the event outbox, search.
//!
//! This is the only crate that names sea-orm. Reads take `&Reader`, writes happen in a [`Tx`]; every repository
//! function takes either through the [`Conn`] trait. A [`Tx`] collects events and appends them last, in the same
//! transaction as the domain write and the jobs that it enqueues.
#![warn(missing_docs)]

mod conn;
pub mod copy;
mod entity;
mod error;
mod json;
pub mod repo;
mod search;

pub use conn::{Conn, Dialect, Reader, Store, StoreOptions, Tx, Watcher};
pub use error::StoreError;
pub use repo::events::NewEvent;
