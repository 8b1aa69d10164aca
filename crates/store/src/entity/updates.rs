//! Table `updates`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "updates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub team_id: Uuid,
    pub audience_id: Uuid,
    pub author_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    #[sea_orm(column_type = "Text")]
    pub links: String,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    pub live: bool,
    #[sea_orm(column_type = "Text")]
    pub publish_state: String,
    pub publish_at: Option<i64>,
    pub published_at: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub priority: String,
    pub round_id: Option<Uuid>,
    pub reply_to_id: Option<Uuid>,
    pub recorded_at: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub language: Option<String>,
    pub duration_ms: Option<i64>,
    pub client_duration_ms: Option<i64>,
    pub trim_start_ms: Option<i64>,
    pub trim_end_ms: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub phase: String,
    pub percent: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure_detail: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub warnings: String,
    #[sea_orm(column_type = "Text")]
    pub chapters: String,
    #[sea_orm(column_type = "Text")]
    pub silence_map: String,
    pub upload_id: Option<Uuid>,
    pub generation_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub transcript_status: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub transcript_language: Option<String>,
    pub word_count: i64,
    pub comment_count: i64,
    pub created_at: i64,
    pub changed_at: i64,
    pub version: i64,
    pub deleted_at: Option<i64>,
    pub purge_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
