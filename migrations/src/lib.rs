//! The schema, step by step. Each step is a text file of portable SQL with two placeholders:
//! `{uuid}` (16 bytes) and `{serial}` (a number given by the database). See `README.md`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseBackend};

mod m0001_first;
mod m0002_lists;
mod m0004_rounds;
mod m0006_tell;
mod m0008_holidays;
mod m0009_together;
mod m0012_share;
mod m0013_admin;

pub use sea_orm_migration::MigratorTrait;

/// Runs every step that the database does not have yet.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_lists::Migration),
            Box::new(m0004_rounds::Migration),
            Box::new(m0006_tell::Migration),
            Box::new(m0008_holidays::Migration),
            Box::new(m0009_together::Migration),
            Box::new(m0012_share::Migration),
            Box::new(m0013_admin::Migration),
        ]
    }
}

/// Fills the placeholders in for one kind of database.
fn portable(backend: DatabaseBackend, sql: &str) -> String {
    let (uuid, serial) = match backend {
        DatabaseBackend::Postgres => ("uuid", "bigserial PRIMARY KEY NOT NULL"),
        _ => ("blob", "integer PRIMARY KEY AUTOINCREMENT NOT NULL"),
    };
    sql.replace("{uuid}", uuid).replace("{serial}", serial)
}

/// Runs the statements of a text file one by one.
///
/// # Errors
/// The first statement that the database refuses.
async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let filled = portable(manager.get_database_backend(), sql);
    for statement in filled.split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}
