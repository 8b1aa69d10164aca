//! How uploads end otherwise than with their last byte. Callers remove the objects after the commit.

use meridian_domain::enums::UploadState;
use meridian_domain::ids::{UpdateId, UploadId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{Upload, UploadError, from_row, open_for, release_quota};
use crate::entity::{upload_chunks, uploads};
use crate::repo::processing;
use crate::{Conn, StoreError, Tx};

/// An upload that ran out of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired {
    /// Which.
    pub upload_id: UploadId,
    /// Its objects are not needed any more.
    pub remove_objects: bool,
}

/// Ends an upload whose bytes are not media, and fails its update with words.
pub async fn reject(
    tx: &Tx,
    viewer: UserId,
    upload: UploadId,
    code: &str,
    detail: &str,
) -> Result<(), UploadError> {
    let before = open_for(tx, viewer, upload).await?;
    close(tx, &before, UploadState::Rejected, 0).await?;
    forget_chunks(tx, upload).await?;
    Ok(processing::upload_failed(tx, before.update_id, code, detail).await?)
}

/// Takes an open upload back: its update waits for another one.
pub async fn terminate(tx: &Tx, viewer: UserId, upload: UploadId) -> Result<(), UploadError> {
    let before = open_for(tx, viewer, upload).await?;
    close(tx, &before, UploadState::Terminated, 0).await?;
    forget_chunks(tx, upload).await?;
    Ok(processing::upload_removed(tx, before.update_id).await?)
}

/// Whether an upload is out of time at `now_ms`; so that nobody takes the write lock for nothing.
pub async fn any_expired(conn: &impl Conn, now_ms: i64) -> Result<bool, StoreError> {
    let found = uploads::Entity::find()
        .filter(uploads::Column::State.eq(UploadState::Open.as_str()))
        .filter(uploads::Column::ExpiresAt.lte(now_ms));
    Ok(found.one(conn.raw()).await?.is_some())
}

/// Ends uploads that are out of time at `now_ms`, at most `limit`. A recording that was ended with what is there
/// keeps its bytes; without a byte, or with a part of a file, the update fails.
pub async fn expire(tx: &Tx, now_ms: i64, limit: u64) -> Result<Vec<Expired>, StoreError> {
    let rows = uploads::Entity::find()
        .filter(uploads::Column::State.eq(UploadState::Open.as_str()))
        .filter(uploads::Column::ExpiresAt.lte(now_ms))
        .limit(limit)
        .all(tx.raw())
        .await?;
    let mut expired = Vec::with_capacity(rows.len());
    for row in rows {
        let upload = from_row(row)?;
        let keeps = upload.length_bytes.is_none() && upload.offset_bytes > 0;
        let kept_bytes = if keeps { upload.offset_bytes } else { 0 };
        close(tx, &upload, UploadState::Expired, kept_bytes).await?;
        expired.push(Expired { upload_id: upload.id, remove_objects: !keeps });
        if keeps {
            processing::upload_moved(tx, upload.update_id).await?;
            continue;
        }
        forget_chunks(tx, upload.id).await?;
        let (code, detail) = match upload.offset_bytes {
            0 => ("never_uploaded", "Nothing was uploaded within the time for it."),
            _ => ("upload_incomplete", "Only a part of the file was uploaded within the time for it."),
        };
        processing::upload_failed(tx, upload.update_id, code, detail).await?;
    }
    Ok(expired)
}

/// Sets the end state and gives back what the upload no longer takes of the quota.
async fn close(tx: &Tx, upload: &Upload, state: UploadState, kept_bytes: u64) -> Result<(), StoreError> {
    uploads::Entity::update_many()
        .col_expr(uploads::Column::State, Expr::value(state.as_str()))
        .filter(uploads::Column::Id.eq(upload.id.0))
        .exec(tx.raw())
        .await?;
    let freed = upload.reserved_bytes().saturating_sub(kept_bytes);
    release_quota(tx, upload.workspace_id, freed).await
}

/// Gives back all that an update's uploads take of the workspace's quota; its objects and rows go with the caller.
pub async fn release_all(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    let rows = uploads::Entity::find().filter(uploads::Column::UpdateId.eq(update.0)).all(tx.raw()).await?;
    for row in rows {
        let upload = from_row(row)?;
        let taken = if upload.state == UploadState::Open {
            upload.reserved_bytes()
        } else {
            let parts = upload_chunks::Entity::find()
                .filter(upload_chunks::Column::UploadId.eq(upload.id.0))
                .all(tx.raw())
                .await?;
            parts.iter().filter_map(|part| u64::try_from(part.size_bytes).ok()).sum()
        };
        release_quota(tx, upload.workspace_id, taken).await?;
    }
    Ok(())
}

async fn forget_chunks(tx: &Tx, upload: UploadId) -> Result<(), StoreError> {
    upload_chunks::Entity::delete_many()
        .filter(upload_chunks::Column::UploadId.eq(upload.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}
