//! What somebody may do with a team's updates.

use std::collections::HashSet;

use meridian_domain::enums::{TeamRole, TeamVisibility};
use meridian_domain::ids::{AudienceId, TeamId, UserId, WorkspaceId};
use meridian_domain::policy::{self, Standing};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::RowUpdate;
use crate::entity::team_members;
use crate::repo::several;
use crate::repo::teams;
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
    id: TeamId,
) -> Result<Option<TeamAccess>, StoreError> {
    let Some((team, standing)) = teams::find(conn, viewer, id).await? else { return Ok(None) };
    Ok(policy::sees_team(standing, team.visibility).then_some(TeamAccess {
        team_id: team.id,
        workspace_id: team.workspace_id,
        audience_id: team.audience_id,
        visibility: team.visibility,
        standing,
        max_duration_ms: team.max_duration_ms,
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

/// Of the teams of these updates, those that the viewer is admin of.
pub async fn managed_teams(
    conn: &impl Conn,
    viewer: UserId,
    rows: &[RowUpdate],
) -> Result<HashSet<TeamId>, StoreError> {
    let found = team_members::Entity::find()
        .filter(team_members::Column::UserId.eq(viewer.0))
        .filter(team_members::Column::TeamId.is_in(several(rows.iter().map(|row| row.team_id.0))))
        .filter(team_members::Column::Role.eq(TeamRole::Admin.as_str()))
        .all(conn.raw())
        .await?;
    Ok(found.into_iter().map(|row| row.team_id.into()).collect())
}
