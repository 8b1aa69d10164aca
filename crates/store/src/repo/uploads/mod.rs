//! Uploads as logs of chunks: each row of `upload_chunks` is one durable object, and the offset moves in the same
//! transaction by compare-and-set on the old one.

mod append;
mod chunks;
mod create;
mod end;

use meridian_domain::enums::{UploadState, WorkspaceRole};
use meridian_domain::ids::{UpdateId, UploadId, UserId, WorkspaceId};
use meridian_domain::policy::{self, Standing};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

pub use append::{Appended, NewChunk, append, declare_length};
pub use chunks::{Chunk, chunks_from};
pub use create::{NewUpload, create};
pub use end::{Expired, any_expired, expire, reject, release_all, terminate};

use crate::entity::{members, team_members, updates, uploads, workspaces};
use crate::repo::visibility;
use crate::{Conn, StoreError, Tx};

/// Why an upload is refused; each is an answer to the client.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// No such update or upload for this viewer.
    #[error("not there, or not visible")]
    NotFound,
    /// Visible, but only its author sends its bytes, as long as they may post in the team.
    #[error("only the author uploads, while in the team")]
    Forbidden,
    /// The update has an upload, or had one; or it is a text.
    #[error("the update takes no upload")]
    Taken {
        /// The upload that goes on for it, if there is one.
        by: Option<UploadId>,
    },
    /// The upload has ended: not media, or out of time.
    #[error("the upload has ended")]
    Gone,
    /// The upload is complete.
    #[error("the upload is complete")]
    Complete,
    /// Somebody else moved the offset.
    #[error("the offset is {offset_bytes}")]
    OffsetMoved {
        /// Where it is now, in bytes.
        offset_bytes: u64,
    },
    /// More bytes than the declared length, or a length below the offset, or a second, different length.
    #[error("the length does not fit")]
    LengthMismatch,
    /// The workspace has no room left.
    #[error("the workspace's quota is used up")]
    QuotaExceeded,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sea_orm::DbErr> for UploadError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// One upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The update it is for.
    pub update_id: UpdateId,
    /// Who sends it.
    pub user_id: UserId,
    /// Whose quota it counts against.
    pub workspace_id: WorkspaceId,
    /// The whole length in bytes; `None`: not told yet.
    pub length_bytes: Option<u64>,
    /// How many bytes are durable.
    pub offset_bytes: u64,
    /// `Upload-Metadata` as it came.
    pub metadata: String,
    /// The name of the file on the sender's side; never part of a path.
    pub filename: String,
    /// How far it is.
    pub state: UploadState,
    /// Whether its first bytes were found to be media.
    pub sniffed: bool,
    /// When it ends if no byte comes (milliseconds since 1970).
    pub expires_at_ms: i64,
}

impl Upload {
    /// Whether the last byte is here.
    pub fn is_complete(&self) -> bool {
        self.state == UploadState::Complete
    }

    /// What the upload takes of the workspace's quota: its whole length once that is known.
    fn reserved_bytes(&self) -> u64 {
        self.length_bytes.unwrap_or(self.offset_bytes)
    }
}

fn from_row(row: uploads::Model) -> Result<Upload, StoreError> {
    Ok(Upload {
        id: row.id.into(),
        update_id: row.update_id.into(),
        user_id: row.user_id.into(),
        workspace_id: row.workspace_id.into(),
        length_bytes: row.length_bytes.map(bytes_of),
        offset_bytes: bytes_of(row.offset_bytes),
        metadata: row.metadata,
        filename: row.filename,
        state: row.state.parse()?,
        sniffed: row.sniffed,
        expires_at_ms: row.expires_at,
    })
}

/// A size from a column, which is never negative.
fn bytes_of(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}

/// A size for a column; sizes beyond its range were refused before.
fn column_of(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// The upload, for the one who sends it, while its update exists and they see it.
pub async fn find(conn: &impl Conn, viewer: UserId, upload: UploadId) -> Result<Option<Upload>, StoreError> {
    let row = uploads::Entity::find_by_id(upload.0)
        .filter(uploads::Column::UserId.eq(viewer.0))
        .one(conn.raw())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let update = updates::Entity::find_by_id(row.update_id)
        .filter(visibility::sees_update(viewer))
        .one(conn.raw())
        .await?;
    update.map(|_| from_row(row)).transpose()
}

/// As [`find`], for a change: ended uploads are told apart.
async fn open_for(tx: &Tx, viewer: UserId, upload: UploadId) -> Result<Upload, UploadError> {
    let found = find(tx, viewer, upload).await?.ok_or(UploadError::NotFound)?;
    match found.state {
        UploadState::Open => Ok(found),
        UploadState::Complete => Err(UploadError::Complete),
        UploadState::Rejected | UploadState::Expired => Err(UploadError::Gone),
        UploadState::Terminated => Err(UploadError::NotFound),
    }
}

/// Whether its author may still post in the team of an update.
async fn may_post(tx: &Tx, update: &updates::Model) -> Result<bool, StoreError> {
    let member = members::Entity::find_by_id((update.workspace_id, update.author_id)).one(tx.raw()).await?;
    let in_team = team_members::Entity::find_by_id((update.team_id, update.author_id)).one(tx.raw()).await?;
    let workspace = member.map(|row| row.role.parse::<WorkspaceRole>()).transpose()?;
    let team = in_team.map(|row| row.role.parse()).transpose()?;
    Ok(policy::posts_in_team(Standing { workspace, team }))
}

/// Takes bytes of the workspace's quota, all or nothing.
async fn reserve(tx: &Tx, workspace: WorkspaceId, bytes: u64) -> Result<(), UploadError> {
    if bytes == 0 {
        return Ok(());
    }
    let taken = workspaces::Entity::update_many()
        .col_expr(workspaces::Column::UsedBytes, Expr::cust_with_values("used_bytes + ?", [column_of(bytes)]))
        .filter(workspaces::Column::Id.eq(workspace.0))
        .filter(Expr::cust_with_values(
            "(quota_bytes IS NULL OR used_bytes + ? <= quota_bytes)",
            [column_of(bytes)],
        ))
        .exec(tx.raw())
        .await?;
    if taken.rows_affected == 1 { Ok(()) } else { Err(UploadError::QuotaExceeded) }
}

/// Gives bytes of the workspace's quota back: whoever removes the objects of an update calls this too.
pub async fn release_quota(tx: &Tx, workspace: WorkspaceId, bytes: u64) -> Result<(), StoreError> {
    workspaces::Entity::update_many()
        .col_expr(
            workspaces::Column::UsedBytes,
            Expr::cust_with_values(
                "CASE WHEN used_bytes > ? THEN used_bytes - ? ELSE 0 END",
                [column_of(bytes), column_of(bytes)],
            ),
        )
        .filter(workspaces::Column::Id.eq(workspace.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}
