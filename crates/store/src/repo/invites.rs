//! Invitations: single use, kept as hashes.

use jiff::Timestamp;
use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::{InviteId, TeamId, UserId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{teams, workspaces};
use crate::entity::invites;
use crate::{Conn, StoreError, Tx, json};

/// An invitation.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Its id.
    pub id: InviteId,
    /// To which workspace.
    pub workspace_id: WorkspaceId,
    /// For one address only.
    pub email: Option<String>,
    /// As what.
    pub role: WorkspaceRole,
    /// Into which teams.
    pub team_ids: Vec<TeamId>,
    /// Until when.
    pub expires_at: Timestamp,
    /// Since when.
    pub created_at: Timestamp,
}

/// An invitation to make.
#[derive(Clone, Debug)]
pub struct NewInvite {
    /// To which workspace.
    pub workspace_id: WorkspaceId,
    /// For one address only.
    pub email: Option<String>,
    /// As what.
    pub role: WorkspaceRole,
    /// Into which teams.
    pub team_ids: Vec<TeamId>,
    /// Who invites.
    pub created_by: UserId,
    /// How long it is valid, in ms.
    pub lifetime_ms: i64,
}

/// Keeps an invitation.
pub async fn create(tx: &Tx, new: NewInvite, hash: &str) -> Result<Invite, StoreError> {
    let now = tx.clock().now_ms();
    let row = invites::ActiveModel {
        id: Set(InviteId::new(tx.clock()).0),
        workspace_id: Set(new.workspace_id.0),
        token_hash: Set(hash.to_owned()),
        email: Set(new.email.as_deref().map(super::users::normal_email)),
        role: Set(new.role.as_str().to_owned()),
        team_ids: Set(json::write("invites.team_ids", &new.team_ids)?),
        created_by: Set(new.created_by.0),
        created_at: Set(now),
        expires_at: Set(now.saturating_add(new.lifetime_ms)),
        accepted_by: Set(None),
        accepted_at: Set(None),
        revoked_at: Set(None),
    };
    from_row(invites::Entity::insert(row).exec_with_returning(tx.raw()).await?)
}

/// A valid invitation by its token's hash.
pub async fn by_hash(conn: &impl Conn, hash: &str, now_ms: i64) -> Result<Option<Invite>, StoreError> {
    let found = invites::Entity::find()
        .filter(invites::Column::TokenHash.eq(hash))
        .filter(invites::Column::AcceptedAt.is_null())
        .filter(invites::Column::RevokedAt.is_null())
        .filter(invites::Column::ExpiresAt.gt(now_ms))
        .one(conn.raw())
        .await?;
    found.map(from_row).transpose()
}

/// Open invitations of a workspace, newest first.
pub async fn list(conn: &impl Conn, workspace: WorkspaceId, now_ms: i64) -> Result<Vec<Invite>, StoreError> {
    let rows = invites::Entity::find()
        .filter(invites::Column::WorkspaceId.eq(workspace.0))
        .filter(invites::Column::AcceptedAt.is_null())
        .filter(invites::Column::RevokedAt.is_null())
        .filter(invites::Column::ExpiresAt.gt(now_ms))
        .order_by_desc(invites::Column::CreatedAt)
        .all(conn.raw())
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Calls an invitation back; false where it is not open.
pub async fn revoke(tx: &Tx, workspace: WorkspaceId, id: InviteId) -> Result<bool, StoreError> {
    let done = invites::Entity::update_many()
        .col_expr(invites::Column::RevokedAt, Expr::value(tx.clock().now_ms()))
        .filter(invites::Column::Id.eq(id.0))
        .filter(invites::Column::WorkspaceId.eq(workspace.0))
        .filter(invites::Column::AcceptedAt.is_null())
        .filter(invites::Column::RevokedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Uses an invitation up and makes the user a member of workspace and teams; false where somebody was faster.
pub async fn accept(tx: &Tx, invite: &Invite, user: UserId) -> Result<bool, StoreError> {
    let done = invites::Entity::update_many()
        .col_expr(invites::Column::AcceptedAt, Expr::value(tx.clock().now_ms()))
        .col_expr(invites::Column::AcceptedBy, Expr::value(user.0))
        .filter(invites::Column::Id.eq(invite.id.0))
        .filter(invites::Column::AcceptedAt.is_null())
        .filter(invites::Column::RevokedAt.is_null())
        .exec(tx.raw())
        .await?;
    if done.rows_affected != 1 {
        return Ok(false);
    }
    workspaces::add_member(tx, invite.workspace_id, user, invite.role).await?;
    for team in &invite.team_ids {
        // A team that was deleted or moved since the invitation is left out.
        if let Some((found, _)) = teams::find(tx, user, *team).await?
            && found.workspace_id == invite.workspace_id
        {
            teams::put_member(tx, *team, user, None).await?;
        }
    }
    Ok(true)
}

fn from_row(row: invites::Model) -> Result<Invite, StoreError> {
    Ok(Invite {
        id: row.id.into(),
        workspace_id: row.workspace_id.into(),
        email: row.email,
        role: row.role.parse()?,
        team_ids: json::read("invites.team_ids", &row.team_ids)?,
        expires_at: json::instant(row.expires_at)?,
        created_at: json::instant(row.created_at)?,
    })
}
