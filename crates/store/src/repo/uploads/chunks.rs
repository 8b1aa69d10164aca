//! The chunks of an upload, in order.

use meridian_domain::ids::UploadId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::bytes_of;
use crate::entity::upload_chunks;
use crate::{Conn, StoreError};

/// One chunk, an immutable object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where it begins in the whole, in bytes.
    pub start_offset: u64,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its key.
    pub object_key: String,
}

/// The chunks that hold bytes from `offset_bytes` on, in order, at most `limit`.
pub async fn chunks_from(
    conn: &impl Conn,
    upload: UploadId,
    offset_bytes: u64,
    limit: u64,
) -> Result<Vec<Chunk>, StoreError> {
    let offset = super::column_of(offset_bytes);
    let ends_after = sea_orm::sea_query::Expr::cust_with_values("start_offset + size_bytes > ?", [offset]);
    let rows = upload_chunks::Entity::find()
        .filter(upload_chunks::Column::UploadId.eq(upload.0))
        .filter(ends_after)
        .order_by_asc(upload_chunks::Column::StartOffset)
        .limit(limit)
        .all(conn.raw())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Chunk {
            start_offset: bytes_of(row.start_offset),
            size_bytes: bytes_of(row.size_bytes),
            object_key: row.object_key,
        })
        .collect())
}
