//! Who may do what: the permission table of api.md as pure functions. Handlers ask here and nowhere else.

use crate::enums::{PublishState, TeamRole, TeamVisibility, WorkspaceRole};

/// What somebody is in a workspace and, where it matters, in one of its teams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The role in the workspace; `None`: not a member.
    pub workspace: Option<WorkspaceRole>,
    /// The role in the team; `None`: not in it.
    pub team: Option<TeamRole>,
}

/// Sees that the team exists: open teams for every member, private ones and all of a guest's for those in it;
/// owners and admins see every team.
pub fn sees_team(who: Standing, visibility: TeamVisibility) -> bool {
    match who.workspace {
        None => false,
        Some(WorkspaceRole::Guest) => who.team.is_some(),
        Some(WorkspaceRole::Member) => visibility == TeamVisibility::Open || who.team.is_some(),
        Some(WorkspaceRole::Admin | WorkspaceRole::Owner) => true,
    }
}

/// Sees what is in the team: as [`sees_team`], but a private team's content is for those who joined, whatever
/// their role in the workspace.
pub fn reads_team(who: Standing, visibility: TeamVisibility) -> bool {
    sees_team(who, visibility) && (visibility == TeamVisibility::Open || who.team.is_some())
}

/// Posts updates: those in the team.
pub fn posts_in_team(who: Standing) -> bool {
    who.workspace.is_some() && who.team.is_some()
}

/// Changes the team and its members: its admins; owners and admins of the workspace.
pub fn manages_team(who: Standing) -> bool {
    match who.workspace {
        None => false,
        Some(WorkspaceRole::Admin | WorkspaceRole::Owner) => true,
        Some(_) => who.team == Some(TeamRole::Admin),
    }
}

/// Joins by oneself: members of the workspace, open teams.
pub fn joins_team(who: Standing, visibility: TeamVisibility) -> bool {
    visibility == TeamVisibility::Open && who.workspace.is_some_and(|role| role >= WorkspaceRole::Member)
}

/// Changes the workspace, its members and invitations.
pub fn manages_workspace(role: Option<WorkspaceRole>) -> bool {
    role.is_some_and(|role| role >= WorkspaceRole::Admin)
}

/// Sees an update: its author always; its audience once it is published.
pub fn sees_update(is_author: bool, in_audience: bool, state: PublishState) -> bool {
    in_audience && (is_author || state == PublishState::Published)
}

/// Edits or deletes an update, or anything of it that is not one's own: its author, a team admin.
pub fn manages_update(is_author: bool, who: Standing) -> bool {
    is_author || who.team == Some(TeamRole::Admin)
}
