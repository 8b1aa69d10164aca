//! Table `media_generations`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media_generations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub update_id: Uuid,
    pub job_id: Option<Uuid>,
    pub attempt: i64,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub ended: bool,
    pub source_bytes: i64,
    #[sea_orm(column_type = "Text")]
    pub facts: String,
    pub created_at: i64,
    pub frozen_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
