//! Table `watches`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "watches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub update_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub position_ms: i64,
    #[sea_orm(column_type = "Text")]
    pub seen_ranges: String,
    pub seen_ratio: f64,
    pub seen: bool,
    #[sea_orm(column_type = "Text")]
    pub by_means: String,
    pub last_at: i64,
    #[sea_orm(column_type = "Text")]
    pub played_ranges: String,
    #[sea_orm(column_type = "Text")]
    pub replayed_ranges: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
