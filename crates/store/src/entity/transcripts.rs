//! Table `transcripts`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[expect(clippy::struct_field_names, reason = "the column is named after the recogniser's model")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "transcripts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub update_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub language: String,
    #[sea_orm(column_type = "Text")]
    pub origin: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub model: Option<String>,
    pub revision: i64,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub outdated: bool,
    pub generation_id: Option<Uuid>,
    pub created_at: i64,
    pub changed_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
