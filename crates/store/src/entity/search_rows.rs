//! Table `search_rows`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = true)]
    pub row_id: i64,
    pub workspace_id: Uuid,
    pub audience_id: Uuid,
    pub update_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub source: String,
    pub segment_id: Option<Uuid>,
    pub comment_id: Option<Uuid>,
    pub start_ms: Option<i64>,
    pub end_ms: Option<i64>,
    pub at: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub language: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub digest: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
