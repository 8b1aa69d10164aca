//! Workspaces, their members, invitations.

pub mod accept_invite;
pub mod audit_log;
pub mod crud;
pub mod insights;
pub mod invites;
pub mod members;
pub mod retention;

use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::{UserId, WorkspaceId};
use meridian_domain::policy;
use meridian_store::Conn;
use meridian_store::repo::workspaces::{self, Workspace};

use crate::error::{ApiError, ApiResult};

/// A workspace that the viewer is a member of; 404 otherwise.
pub async fn visible(conn: &impl Conn, viewer: UserId, id: WorkspaceId) -> ApiResult<Workspace> {
    workspaces::find(conn, viewer, id).await?.ok_or_else(ApiError::not_found)
}

/// As [`visible`], for those who manage it; 403 for other members.
pub async fn managed(conn: &impl Conn, viewer: UserId, id: WorkspaceId) -> ApiResult<Workspace> {
    let found = visible(conn, viewer, id).await?;
    if policy::manages_workspace(Some(found.role)) {
        return Ok(found);
    }
    Err(ApiError::forbidden("Owners and admins of the workspace can do this."))
}

/// As [`visible`], for everybody but guests; 403 for them.
pub async fn inside(conn: &impl Conn, viewer: UserId, id: WorkspaceId) -> ApiResult<Workspace> {
    let found = visible(conn, viewer, id).await?;
    if found.role == WorkspaceRole::Guest {
        return Err(ApiError::forbidden("Guests see the teams that they were added to."));
    }
    Ok(found)
}
