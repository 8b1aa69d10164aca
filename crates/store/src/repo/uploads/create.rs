//! Beginning an upload.

use meridian_domain::enums::{UpdateKind, UpdateStatus, UploadState};
use meridian_domain::ids::{UpdateId, UploadId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Upload, UploadError, column_of, from_row, may_post, reserve};
use crate::Conn;
use crate::Tx;
use crate::entity::{updates, uploads};
use crate::repo::visibility;

/// An upload to begin.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// The update it is for.
    pub update_id: UpdateId,
    /// The whole length in bytes; `None`: told later.
    pub length_bytes: Option<u64>,
    /// `Upload-Metadata` as it came.
    pub metadata: String,
    /// `filename` of it.
    pub filename: String,
    /// `filetype` of it.
    pub filetype: String,
    /// When it ends if no byte comes (milliseconds since 1970).
    pub expires_at_ms: i64,
}

/// Begins an update's one upload, and takes its length of the quota.
pub async fn create(tx: &Tx, viewer: UserId, new: NewUpload) -> Result<Upload, UploadError> {
    let update = updates::Entity::find_by_id(new.update_id.0)
        .filter(visibility::sees_update(viewer))
        .one(tx.raw())
        .await?
        .ok_or(UploadError::NotFound)?;
    if update.author_id != viewer.0 || !may_post(tx, &update).await? {
        return Err(UploadError::Forbidden);
    }
    if update.kind == UpdateKind::Text.as_str()
        || update.status != UpdateStatus::AwaitingUpload.as_str()
        || update.upload_id.is_some()
    {
        let waits = [UpdateStatus::AwaitingUpload.as_str(), UpdateStatus::Uploading.as_str()];
        let by = update.upload_id.filter(|_| waits.contains(&update.status.as_str()));
        return Err(UploadError::Taken { by: by.map(UploadId) });
    }
    reserve(tx, update.workspace_id.into(), new.length_bytes.unwrap_or(0)).await?;
    let id = UploadId::new(tx.clock());
    let row = uploads::ActiveModel {
        id: Set(id.0),
        update_id: Set(update.id),
        user_id: Set(viewer.0),
        workspace_id: Set(update.workspace_id),
        length_bytes: Set(new.length_bytes.map(column_of)),
        offset_bytes: Set(0),
        metadata: Set(new.metadata),
        filename: Set(new.filename),
        filetype: Set(new.filetype),
        state: Set(UploadState::Open.as_str().to_owned()),
        sniffed: Set(false),
        stalled_at: Set(None),
        last_byte_at: Set(None),
        expires_at: Set(new.expires_at_ms),
        created_at: Set(tx.clock().now_ms()),
        completed_at: Set(None),
    };
    let row = uploads::Entity::insert(row).exec_with_returning(tx.raw()).await?;
    updates::Entity::update_many()
        .col_expr(updates::Column::UploadId, Expr::value(id.0))
        .filter(updates::Column::Id.eq(update.id))
        .exec(tx.raw())
        .await?;
    Ok(from_row(row)?)
}
