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
        if manager.get_database_backend() == DatabaseBackend::Sqlite {
            crate::run(manager, include_str!("sql/m0001_sqlite.sql")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, include_str!("sql/m0001_down.sql")).await
    }
}
