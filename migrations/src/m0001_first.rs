//! The first schema: people, teams, updates, uploads, media, transcripts, comments, jobs, events, search.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("sql/m0001_up.sql")).await?;
        match manager.get_database_backend() {
            DatabaseBackend::Postgres => crate::run(manager, include_str!("sql/m0001_postgres.sql")).await,
            _ => crate::run(manager, include_str!("sql/m0001_sqlite.sql")).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            crate::run(manager, "DROP TABLE IF EXISTS search_terms").await?;
        }
        crate::run(manager, include_str!("sql/m0001_down.sql")).await
    }
}
