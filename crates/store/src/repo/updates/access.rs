//! What somebody may do with a team's updates.

use meridian_domain::enums::TeamVisibility;
use meridian_domain::ids::{AudienceId, TeamId, UserId, WorkspaceId};
use meridian_domain::policy::{self, Standing};
use sea_orm::EntityTrait;

use super::RowUpdate;
use crate::entity::{members, team_members, teams, workspaces};
use crate::{Conn, StoreError};

/// A team as far as its updates need it, and what the viewer is in it.
#[derive(Clone, Copy, Debug)]
pub struct TeamAccess {
    /// The team.
    pub team_id: TeamId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// The audience "this team".
    pub audience_id: AudienceId,
    /// Open or private.
    pub visibility: TeamVisibility,
    /// What the viewer is.
    pub standing: Standing,
    /// The longest recording, in milliseconds.
    pub max_duration_ms: Option<i64>,
}

impl TeamAccess {
    /// Whether the viewer sees what is in the team.
    pub fn reads(&self) -> bool {
        policy::reads_team(self.standing, self.visibility)
    }

    /// Whether the viewer posts in the team.
    pub fn posts(&self) -> bool {
        policy::posts_in_team(self.standing)
    }
}

/// The team with the viewer's standing, if the viewer sees that it exists.
pub async fn team_access(
    conn: &impl Conn,
    viewer: UserId,
    team: TeamId,
) -> Result<Option<TeamAccess>, StoreError> {
    let Some(row) = teams::Entity::find_by_id(team.0).one(conn.raw()).await? else { return Ok(None) };
    let workspace = workspaces::Entity::find_by_id(row.workspace_id).one(conn.raw()).await?;
    if row.deleted_at.is_some() || workspace.is_none_or(|found| found.deleted_at.is_some()) {
        return Ok(None);
    }
    let member = members::Entity::find_by_id((row.workspace_id, viewer.0)).one(conn.raw()).await?;
    let in_team = team_members::Entity::find_by_id((team.0, viewer.0)).one(conn.raw()).await?;
    let standing = Standing {
        workspace: member.map(|found| found.role.parse()).transpose()?,
        team: in_team.map(|found| found.role.parse()).transpose()?,
    };
    let visibility = row.visibility.parse()?;
    Ok(policy::sees_team(standing, visibility).then_some(TeamAccess {
        team_id: team,
        workspace_id: row.workspace_id.into(),
        audience_id: row.audience_id.into(),
        visibility,
        standing,
        max_duration_ms: row.max_duration_ms,
    }))
}

/// Whether the viewer edits and deletes an update that the viewer sees: its author or a team admin.
pub async fn rights(conn: &impl Conn, viewer: UserId, update: &RowUpdate) -> Result<bool, StoreError> {
    if update.author_id == viewer {
        return Ok(true);
    }
    let access = team_access(conn, viewer, update.team_id).await?;
    Ok(access.is_some_and(|access| policy::manages_update(false, access.standing)))
}
