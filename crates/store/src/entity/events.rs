//! Table `events`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = true)]
    pub seq: i64,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub at: i64,
    pub workspace_id: Uuid,
    pub audience_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub update_id: Option<Uuid>,
    pub round_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub data: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
