//! Table `uploads`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub update_id: Uuid,
    pub user_id: Uuid,
    pub workspace_id: Uuid,
    pub length_bytes: Option<i64>,
    pub offset_bytes: i64,
    #[sea_orm(column_type = "Text")]
    pub metadata: String,
    #[sea_orm(column_type = "Text")]
    pub filename: String,
    #[sea_orm(column_type = "Text")]
    pub filetype: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub sniffed: bool,
    pub stalled_at: Option<i64>,
    pub last_byte_at: Option<i64>,
    pub expires_at: i64,
    pub created_at: i64,
    pub completed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
