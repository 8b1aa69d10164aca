//! Rules by which a workspace lets go of what is old.

use meridian_domain::enums::PublishState;
use meridian_domain::ids::{UpdateId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::Deserialize;

use super::updates::{RowUpdate, from_models};
use crate::entity::retention::{self, Column};
use crate::entity::{teams, updates};
use crate::{Conn, StoreError, Tx, json};

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// After how many days what is deleted; `None`: never.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Published updates, by when they were published.
    pub updates_days: Option<i64>,
    /// Drafts, by when they were last changed.
    pub drafts_days: Option<i64>,
    /// Entries of the audit log.
    pub audit_days: Option<i64>,
    /// Updates that a team pinned stay.
    pub keep_pinned: bool,
    /// Counts edits; 0: nobody has set rules yet.
    pub version: i64,
}

impl From<retention::Model> for Rules {
    fn from(row: retention::Model) -> Self {
        Self {
            updates_days: row.updates_days,
            drafts_days: row.drafts_days,
            audit_days: row.audit_days,
            keep_pinned: row.keep_pinned,
            version: row.version,
        }
    }
}

/// A workspace's rules; where nobody set any, everything stays.
pub async fn find(conn: &impl Conn, workspace: WorkspaceId) -> Result<Rules, StoreError> {
    let found = retention::Entity::find_by_id(workspace.0).one(conn.raw()).await?;
    Ok(found.map_or(Rules { keep_pinned: true, ..Rules::default() }, Rules::from))
}

/// Sets a workspace's rules; their `version` becomes one more than it was.
pub async fn set(tx: &Tx, workspace: WorkspaceId, rules: &Rules) -> Result<Rules, StoreError> {
    let version = find(tx, workspace).await?.version + 1;
    let row = retention::ActiveModel {
        workspace_id: Set(workspace.0),
        updates_days: Set(rules.updates_days),
        drafts_days: Set(rules.drafts_days),
        audit_days: Set(rules.audit_days),
        keep_pinned: Set(rules.keep_pinned),
        version: Set(version),
    };
    let columns =
        [Column::UpdatesDays, Column::DraftsDays, Column::AuditDays, Column::KeepPinned, Column::Version];
    retention::Entity::insert(row)
        .on_conflict(OnConflict::column(Column::WorkspaceId).update_columns(columns).to_owned())
        .exec_without_returning(tx.raw())
        .await?;
    Ok(Rules { version, ..rules.clone() })
}

/// All workspaces that have rules.
pub async fn all(conn: &impl Conn) -> Result<Vec<(WorkspaceId, Rules)>, StoreError> {
    let rows = retention::Entity::find().all(conn.raw()).await?;
    Ok(rows.into_iter().map(|row| (row.workspace_id.into(), Rules::from(row))).collect())
}

/// Updates whose time is over at an instant (milliseconds since 1970), the oldest first.
pub async fn due(
    conn: &impl Conn,
    workspace: WorkspaceId,
    rules: &Rules,
    now_ms: i64,
    limit: u64,
) -> Result<Vec<RowUpdate>, StoreError> {
    let Some(over) = over(conn, workspace, rules, now_ms).await? else { return Ok(Vec::new()) };
    from_models(over.order_by_asc(updates::Column::CreatedAt).limit(limit).all(conn.raw()).await?)
}

/// How many those are.
pub async fn count_due(
    conn: &impl Conn,
    workspace: WorkspaceId,
    rules: &Rules,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let Some(over) = over(conn, workspace, rules, now_ms).await? else { return Ok(0) };
    Ok(over.count(conn.raw()).await?)
}

async fn over(
    conn: &impl Conn,
    workspace: WorkspaceId,
    rules: &Rules,
    now_ms: i64,
) -> Result<Option<Select<updates::Entity>>, StoreError> {
    use updates::Column;
    let before = |days: i64| now_ms.saturating_sub(days.saturating_mul(DAY_MS));
    let mut any = Condition::any();
    if let Some(days) = rules.updates_days {
        let pinned = if rules.keep_pinned { pinned(conn, workspace).await? } else { Vec::new() };
        let old = Condition::all()
            .add(Column::PublishState.eq(PublishState::Published.as_str()))
            .add(Column::PublishedAt.lt(before(days)))
            .add(Column::Id.is_not_in(pinned.iter().map(|id| id.0)));
        any = any.add(old);
    }
    if let Some(days) = rules.drafts_days {
        let old = Condition::all()
            .add(Column::PublishState.eq(PublishState::Draft.as_str()))
            .add(Column::Live.eq(false))
            .add(Column::ChangedAt.lt(before(days)));
        any = any.add(old);
    }
    if any.is_empty() {
        return Ok(None);
    }
    let all =
        Condition::all().add(Column::WorkspaceId.eq(workspace.0)).add(Column::DeletedAt.is_null()).add(any);
    Ok(Some(updates::Entity::find().filter(all)))
}

/// What the teams of a workspace pinned.
async fn pinned(conn: &impl Conn, workspace: WorkspaceId) -> Result<Vec<UpdateId>, StoreError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Agreement {
        pinned_update_ids: Vec<UpdateId>,
    }
    let rows: Vec<String> = teams::Entity::find()
        .select_only()
        .column(teams::Column::Agreement)
        .filter(teams::Column::WorkspaceId.eq(workspace.0))
        .filter(teams::Column::DeletedAt.is_null())
        .into_tuple()
        .all(conn.raw())
        .await?;
    let mut ids = Vec::new();
    for text in rows.iter().filter(|text| !text.is_empty()) {
        ids.extend(json::read::<Agreement>("teams.agreement", text)?.pinned_update_ids);
    }
    Ok(ids)
}
