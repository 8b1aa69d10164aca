//! One file a noun. A finder takes the viewer (or the tenant) as its first argument after the connection.

use sea_orm::{ConnectionTrait, Statement};

use crate::{Conn, StoreError};

pub mod access;
pub mod attempts;
mod audiences;
pub mod audit;
pub mod catch_up;
pub mod check_ins;
pub mod comments;
pub mod consumers;
pub mod credentials;
pub mod digests;
pub mod events;
pub mod exports;
pub mod feeds;
pub mod figures;
#[cfg(test)]
mod growth;
pub mod idempotency;
pub mod identities;
pub mod insights;
pub mod invites;
pub mod jobs;
mod leases;
pub mod mails;
pub mod media;
pub mod notifications;
pub mod objects;
pub mod processing;
pub mod reactions;
pub mod retention;
pub mod rounds;
pub mod search;
pub mod sessions;
mod several;
pub mod share_links;
pub mod storage;
pub mod teams;
pub mod transcripts;
pub mod updates;
pub mod uploads;
pub mod users;
pub mod visibility;
pub mod watching;
pub mod webhooks;
pub mod workers;
pub mod working;
pub mod workspaces;

pub(crate) use several::several;

/// The first column of the first row of a statement without parameters; 0 where there is none.
pub(crate) async fn scalar_i64(conn: &impl Conn, sql: &str) -> Result<i64, StoreError> {
    let raw = conn.raw();
    let found = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), sql)).await?;
    Ok(found.map(|row| row.try_get_by_index::<i64>(0)).transpose()?.unwrap_or(0))
}
