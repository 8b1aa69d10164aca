//! Table `rendition_inits`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rendition_inits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub rendition_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub init: i64,
    #[sea_orm(column_type = "Text")]
    pub object_key: String,
    pub size_bytes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
