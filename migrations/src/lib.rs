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
mod m0016_sign_in;
mod m0017_replays;
mod m0019_pages;

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
            Box::new(m0016_sign_in::Migration),
            Box::new(m0017_replays::Migration),
            Box::new(m0019_pages::Migration),
        ]
    }
}

/// Fills the placeholders in for one kind of database.
fn portable(backend: DatabaseBackend, sql: &str) -> String {
    let (uuid, serial) = match backend {
        DatabaseBackend::Postgres => ("uuid", "bigserial PRIMARY KEY NOT NULL"),
        _ => ("blob", "integer PRIMARY KEY AUTOINCREMENT NOT NULL"),
    };
    let filled = sql.replace("{uuid}", uuid).replace("{serial}", serial);
    if backend == DatabaseBackend::Postgres { sorted_by_bytes(&filled) } else { filled }
}

/// Columns of the type `text` sort by bytes, as on SQLite, whatever the database's language is. The type stands
/// behind its column's name; a column that is called `text` stands behind a comma or a bracket.
fn sorted_by_bytes(sql: &str) -> String {
    const TYPE: &str = " text";
    let mut out = String::with_capacity(sql.len() + 256);
    let mut rest = sql;
    while let Some(at) = rest.find(TYPE) {
        let (before, found) = rest.split_at(at);
        let after = found.get(TYPE.len()..).unwrap_or_default();
        out.push_str(before);
        let named = out.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        out.push_str(TYPE);
        if named && (after.is_empty() || after.starts_with([' ', ',', ')', ';', '\n'])) {
            out.push_str(" COLLATE \"C\"");
        }
        rest = after;
    }
    out.push_str(rest);
    out
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

#[cfg(test)]
mod tests {
    use super::sorted_by_bytes;

    #[test]
    fn columns_of_text_sort_by_bytes() {
        let table =
            "CREATE TABLE t (a text NOT NULL, text text, texts bigint,\n  text text);\nADD COLUMN b text";
        let wanted = "CREATE TABLE t (a text COLLATE \"C\" NOT NULL, text text COLLATE \"C\", texts bigint,\n  \
            text text COLLATE \"C\");\nADD COLUMN b text COLLATE \"C\"";
        assert_eq!(sorted_by_bytes(table), wanted);
    }
}
