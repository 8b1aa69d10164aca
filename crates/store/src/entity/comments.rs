//! Table `comments`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub update_id: Uuid,
    pub workspace_id: Uuid,
    pub audience_id: Uuid,
    pub author_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    #[sea_orm(column_type = "Text")]
    pub body_html: String,
    pub at_ms: Option<i64>,
    pub end_ms: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub parent_id: Option<Uuid>,
    pub assignee_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub due_on: Option<String>,
    pub expected_by: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub mentions: String,
    #[sea_orm(column_type = "Text")]
    pub priority: String,
    pub resolved_at: Option<i64>,
    pub resolved_by: Option<Uuid>,
    pub acknowledged_at: Option<i64>,
    pub answer_id: Option<Uuid>,
    pub edited_at: Option<i64>,
    pub created_at: i64,
    pub version: i64,
    pub deleted_at: Option<i64>,
    pub backup_due_at: Option<i64>,
    pub backup_told_at: Option<i64>,
    pub backup_id: Option<Uuid>,
    pub talk_opened_at: Option<i64>,
    pub talk_opened_by: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub guest_name: Option<String>,
    pub share_link_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
