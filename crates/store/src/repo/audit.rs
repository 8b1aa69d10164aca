//! The audit log: who changed what in a workspace. Written in the transaction of the change, never changed, kept as long
//! as the workspace's retention rules say. It names objects by id and says nothing of what updates contain.

use jiff::Timestamp;
use meridian_domain::ids::{AuditEntryId, UserId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use crate::entity::audit_log::{self, Column};
use crate::{Conn, StoreError, Tx, json};

/// An entry to write.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Where.
    pub workspace_id: WorkspaceId,
    /// Who; `None`: the server itself, by a rule.
    pub actor_id: Option<UserId>,
    /// What, as `noun.verb`.
    pub action: &'static str,
    /// The id of what was changed.
    pub target_id: Option<Uuid>,
    /// What else is to be known: names and roles, no contents.
    pub details: Value,
}

/// An entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: AuditEntryId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor_id: Option<UserId>,
    /// What.
    pub action: String,
    /// The id of what was changed.
    pub target_id: Option<Uuid>,
    /// What else is to be known.
    pub details: Value,
}

/// Which entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// Of this person.
    pub actor_id: Option<UserId>,
    /// Of this action, or of all that begin with `noun.`.
    pub action: Option<&'a str>,
}

/// Writes an entry.
pub async fn record(tx: &Tx, new: NewEntry) -> Result<(), StoreError> {
    let row = audit_log::ActiveModel {
        id: Set(AuditEntryId::new(tx.clock()).0),
        workspace_id: Set(Some(new.workspace_id.0)),
        at: Set(tx.clock().now_ms()),
        actor_id: Set(new.actor_id.map(|id| id.0)),
        action: Set(new.action.to_owned()),
        target: Set(new.target_id.map(|id| id.to_string()).unwrap_or_default()),
        data: Set(json::write("audit_log.data", &new.details)?),
    };
    audit_log::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// A workspace's entries, newest first, after a position.
pub async fn list(
    conn: &impl Conn,
    workspace: WorkspaceId,
    filter: Filter<'_>,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Entry>, StoreError> {
    let mut query = audit_log::Entity::find().filter(Column::WorkspaceId.eq(workspace.0));
    if let Some(actor) = filter.actor_id {
        query = query.filter(Column::ActorId.eq(actor.0));
    }
    if let Some(action) = filter.action {
        query = query.filter(
            Condition::any()
                .add(Column::Action.eq(action))
                .add(Column::Action.starts_with(format!("{action}."))),
        );
    }
    if let Some((at, id)) = after {
        let same = Condition::all().add(Column::At.eq(at)).add(Column::Id.lt(id));
        query = query.filter(Condition::any().add(Column::At.lt(at)).add(same));
    }
    let rows = query.order_by_desc(Column::At).order_by_desc(Column::Id).limit(limit).all(conn.raw()).await?;
    rows.into_iter().map(from_row).collect()
}

/// Removes what is older than an instant (milliseconds since 1970); returns how many.
pub async fn forget(tx: &Tx, workspace: WorkspaceId, before_ms: i64) -> Result<u64, StoreError> {
    let gone = audit_log::Entity::delete_many()
        .filter(Column::WorkspaceId.eq(workspace.0))
        .filter(Column::At.lt(before_ms))
        .exec(tx.raw())
        .await?;
    Ok(gone.rows_affected)
}

fn from_row(row: audit_log::Model) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.id.into(),
        at: json::instant(row.at)?,
        actor_id: row.actor_id.map(Into::into),
        action: row.action,
        target_id: row.target.parse().ok(),
        details: json::read("audit_log.data", &row.data)?,
    })
}
