//! Table `artefacts`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "artefacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub generation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub update_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub object_key: String,
    pub size_bytes: i64,
    #[sea_orm(column_type = "Text")]
    pub content_type: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
