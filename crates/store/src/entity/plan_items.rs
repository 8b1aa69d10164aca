//! Table `plan_items`: see `migrations/src/sql`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub check_in_id: Uuid,
    pub from_round_id: Uuid,
    pub user_id: Uuid,
    pub update_id: Uuid,
    pub comment_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub settled_at: Option<i64>,
    pub created_at: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub due_on: Option<String>,
    pub pinned_at: Option<i64>,
    pub pinned_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
