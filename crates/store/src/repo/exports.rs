//! Exports of a workspace: who asked for one and until when it can be fetched. The archive itself is made while it is
//! fetched, with the rights of that moment, so it takes no room and holds nothing that was deleted since.

use jiff::Timestamp;
use meridian_domain::ids::{ExportId, UserId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::exports::{self, Column};
use crate::{Conn, StoreError, Tx, json};

/// An export.
#[derive(Clone, Debug)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// Of which workspace.
    pub workspace_id: WorkspaceId,
    /// For whom.
    pub user_id: UserId,
    /// With sound and picture.
    pub with_media: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

fn from_row(row: &exports::Model) -> Result<Export, StoreError> {
    Ok(Export {
        id: row.id.into(),
        workspace_id: row.workspace_id.into(),
        user_id: row.user_id.into(),
        with_media: row.with_media,
        created_at: json::instant(row.created_at)?,
        expires_at: json::instant(row.expires_at)?,
    })
}

/// Notes an export that can be fetched for `lifetime_ms`; those that ended are forgotten.
pub async fn create(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    with_media: bool,
    lifetime_ms: i64,
) -> Result<Export, StoreError> {
    let now_ms = tx.clock().now_ms();
    exports::Entity::delete_many().filter(Column::ExpiresAt.lt(now_ms)).exec(tx.raw()).await?;
    let row = exports::ActiveModel {
        id: Set(ExportId::new(tx.clock()).0),
        workspace_id: Set(workspace.0),
        user_id: Set(user.0),
        with_media: Set(with_media),
        created_at: Set(now_ms),
        expires_at: Set(now_ms.saturating_add(lifetime_ms)),
    };
    from_row(&exports::Entity::insert(row).exec_with_returning(tx.raw()).await?)
}

/// An export that has not ended at an instant (milliseconds since 1970). Whose it is, is the caller's to compare.
pub async fn find(conn: &impl Conn, id: ExportId, now_ms: i64) -> Result<Option<Export>, StoreError> {
    let found =
        exports::Entity::find_by_id(id.0).filter(Column::ExpiresAt.gt(now_ms)).one(conn.raw()).await?;
    found.as_ref().map(from_row).transpose()
}
