//! Table `check_ins`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "check_ins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub team_id: Uuid,
    pub audience_id: Uuid,
    #[sea_orm(column_type = "Text", nullable)]
    pub private_to: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub prompts: String,
    #[sea_orm(column_type = "Text")]
    pub schedule: String,
    #[sea_orm(column_type = "Text")]
    pub made_on: String,
    pub open_for_minutes: i64,
    #[sea_orm(column_type = "Text")]
    pub remind_before: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub expected: Option<String>,
    pub max_duration_ms: Option<i64>,
    pub replaces_meeting_minutes: Option<i64>,
    pub created_by: Uuid,
    pub created_at: i64,
    pub version: i64,
    pub deleted_at: Option<i64>,
    pub floor_at: i64,
    pub checked_at: i64,
    pub next_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
