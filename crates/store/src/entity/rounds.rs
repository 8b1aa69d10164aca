//! Table `rounds`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rounds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub check_in_id: Uuid,
    pub workspace_id: Uuid,
    pub team_id: Uuid,
    pub audience_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub held_on: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub prompts: String,
    pub replaces_meeting_minutes: Option<i64>,
    pub opened_at: i64,
    pub closes_at: i64,
    pub closed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
