//! Table `webhook_deliveries`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub webhook_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub dedupe_key: String,
    pub event_seq: i64,
    #[sea_orm(column_type = "Text")]
    pub event_kind: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub attempt: i64,
    pub run_at: i64,
    pub lease_until: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub attempts: String,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
