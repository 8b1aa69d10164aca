//! Bytes that became durable, and the length told late.

use meridian_domain::enums::UploadState;
use meridian_domain::ids::{UploadId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Upload, UploadError, column_of, find, may_post, open_for, reserve};
use crate::entity::{updates, upload_chunks, uploads};
use crate::repo::processing;
use crate::{Conn, StoreError, Tx};

/// A durable object that holds the next bytes.
#[derive(Clone, Debug)]
pub struct NewChunk {
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its key.
    pub object_key: String,
}

/// What an append led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The new offset in bytes.
    pub offset_bytes: u64,
    /// Whether that was the last byte.
    pub completed: bool,
}

/// Adds durable chunks at `at_bytes` and moves the offset, if it still is there. `is_media` tells that the first
/// bytes, with these, were found to be media: from then on the update is processed.
///
/// With no chunk it only completes an upload whose length was told and is here already.
pub async fn append(
    tx: &Tx,
    viewer: UserId,
    upload: UploadId,
    at_bytes: u64,
    chunks: &[NewChunk],
    is_media: bool,
    expires_at_ms: i64,
) -> Result<Appended, UploadError> {
    let before = match open_for(tx, viewer, upload).await {
        // Whoever is late to a complete upload sees a moved offset, not an error of its own.
        Err(UploadError::Complete) => return Err(moved(tx, viewer, upload).await?),
        other => other?,
    };
    let size_bytes: u64 = chunks.iter().map(|chunk| chunk.size_bytes).sum();
    let offset_bytes = at_bytes.saturating_add(size_bytes);
    if before.offset_bytes != at_bytes {
        return Err(UploadError::OffsetMoved { offset_bytes: before.offset_bytes });
    }
    if before.length_bytes.is_some_and(|length| offset_bytes > length) {
        return Err(UploadError::LengthMismatch);
    }
    let completed = before.length_bytes == Some(offset_bytes);
    if completed && !is_media && !before.sniffed {
        // The length was told by another request in between: nothing completes that was not looked at.
        return Err(UploadError::OffsetMoved { offset_bytes: before.offset_bytes });
    }
    if completed && !may_post(tx, &update_of(tx, &before).await?).await? {
        return Err(UploadError::Forbidden);
    }
    if before.length_bytes.is_none() {
        reserve(tx, before.workspace_id, size_bytes).await?;
    }
    if !move_offset(tx, &before, offset_bytes, completed, is_media, expires_at_ms).await? {
        return Err(moved(tx, viewer, upload).await?);
    }
    let mut start = at_bytes;
    for chunk in chunks {
        let row = upload_chunks::ActiveModel {
            upload_id: Set(upload.0),
            start_offset: Set(column_of(start)),
            size_bytes: Set(column_of(chunk.size_bytes)),
            object_key: Set(chunk.object_key.clone()),
        };
        upload_chunks::Entity::insert(row).exec_without_returning(tx.raw()).await?;
        start = start.saturating_add(chunk.size_bytes);
    }
    processing::upload_moved(tx, before.update_id).await?;
    Ok(Appended { offset_bytes, completed })
}

/// The compare-and-set itself; false when another server was faster.
async fn move_offset(
    tx: &Tx,
    before: &Upload,
    offset_bytes: u64,
    completed: bool,
    is_media: bool,
    expires_at_ms: i64,
) -> Result<bool, UploadError> {
    let now = tx.clock().now_ms();
    let grown = offset_bytes > before.offset_bytes;
    let state = if completed { UploadState::Complete } else { UploadState::Open };
    let mut change = uploads::Entity::update_many()
        .col_expr(uploads::Column::OffsetBytes, Expr::value(column_of(offset_bytes)))
        .col_expr(uploads::Column::State, Expr::value(state.as_str()))
        .col_expr(uploads::Column::Sniffed, Expr::value(before.sniffed || is_media))
        .col_expr(uploads::Column::ExpiresAt, Expr::value(expires_at_ms));
    if grown {
        change = change.col_expr(uploads::Column::LastByteAt, Expr::value(now));
    }
    if grown || completed {
        change = change.col_expr(uploads::Column::StalledAt, Expr::value(Option::<i64>::None));
    }
    if completed {
        change = change.col_expr(uploads::Column::CompletedAt, Expr::value(now));
    }
    let moved = change
        .filter(uploads::Column::Id.eq(before.id.0))
        .filter(uploads::Column::OffsetBytes.eq(column_of(before.offset_bytes)))
        .filter(uploads::Column::State.eq(UploadState::Open.as_str()))
        .exec(tx.raw())
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Tells the length of a deferred upload. The same length again is fine.
pub async fn declare_length(
    tx: &Tx,
    viewer: UserId,
    upload: UploadId,
    length_bytes: u64,
) -> Result<(), UploadError> {
    let before = open_for(tx, viewer, upload).await?;
    match before.length_bytes {
        Some(length) if length == length_bytes => return Ok(()),
        Some(_) => return Err(UploadError::LengthMismatch),
        None if length_bytes < before.offset_bytes => return Err(UploadError::LengthMismatch),
        None => {}
    }
    reserve(tx, before.workspace_id, length_bytes - before.offset_bytes).await?;
    uploads::Entity::update_many()
        .col_expr(uploads::Column::LengthBytes, Expr::value(column_of(length_bytes)))
        .filter(uploads::Column::Id.eq(upload.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

async fn update_of(tx: &Tx, upload: &Upload) -> Result<updates::Model, UploadError> {
    updates::Entity::find_by_id(upload.update_id.0).one(tx.raw()).await?.ok_or(UploadError::NotFound)
}

async fn moved(tx: &Tx, viewer: UserId, upload: UploadId) -> Result<UploadError, StoreError> {
    Ok(match find(tx, viewer, upload).await? {
        Some(now) => UploadError::OffsetMoved { offset_bytes: now.offset_bytes },
        None => UploadError::NotFound,
    })
}
