//! Table `users`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub email: String,
    #[sea_orm(column_type = "Text")]
    pub display_name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub password_hash: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub time_zone: String,
    #[sea_orm(column_type = "Text")]
    pub working_days: String,
    #[sea_orm(column_type = "Text")]
    pub work_start: String,
    #[sea_orm(column_type = "Text")]
    pub work_end: String,
    #[sea_orm(column_type = "Text")]
    pub digest_at: String,
    #[sea_orm(column_type = "Text")]
    pub locale: String,
    pub instance_owner: bool,
    pub disabled_at: Option<i64>,
    pub created_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
