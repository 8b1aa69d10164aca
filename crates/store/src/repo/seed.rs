//! The least rows that tests of other parts stand on: people, sessions, workspaces, teams, memberships. Nothing here
//! asks for rights or sends mail; the product makes its rows through the endpoints.

use meridian_domain::enums::{AudienceKind, TeamRole, TeamVisibility, WorkspaceRole};
use meridian_domain::ids::{AudienceId, SessionId, TeamId, UserId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::{audiences, members, sessions, team_members, teams, users, workspaces};
use crate::{Conn, StoreError, Tx};

/// A person without a password, with the usual working hours.
pub async fn user(tx: &Tx, name: &str, time_zone: &str) -> Result<UserId, StoreError> {
    let id = UserId::new(tx.clock());
    let row = users::ActiveModel {
        id: Set(id.0),
        email: Set(format!("{}-{id}@example.org", name.to_lowercase())),
        display_name: Set(name.to_owned()),
        password_hash: Set(None),
        time_zone: Set(time_zone.to_owned()),
        working_days: Set(r#"["mo","tu","we","th","fr"]"#.to_owned()),
        work_start: Set("09:00".to_owned()),
        work_end: Set("17:00".to_owned()),
        digest_at: Set("09:00".to_owned()),
        locale: Set("en".to_owned()),
        instance_owner: Set(false),
        disabled_at: Set(None),
        created_at: Set(tx.clock().now_ms()),
        version: Set(1),
    };
    users::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(id)
}

/// A session of 30 days.
pub async fn session(tx: &Tx, user: UserId) -> Result<SessionId, StoreError> {
    let id = SessionId::new(tx.clock());
    let now = tx.clock().now_ms();
    let row = sessions::ActiveModel {
        id: Set(id.0),
        user_id: Set(user.0),
        refresh_hash: Set(id.to_string()),
        user_agent: Set("test".to_owned()),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(now.saturating_add(30 * 86_400_000)),
        revoked_at: Set(None),
    };
    sessions::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(id)
}

/// An empty workspace.
pub async fn workspace(tx: &Tx, name: &str) -> Result<WorkspaceId, StoreError> {
    let id = WorkspaceId::new(tx.clock());
    let row = workspaces::ActiveModel {
        id: Set(id.0),
        name: Set(name.to_owned()),
        quota_bytes: Set(None),
        used_bytes: Set(0),
        created_at: Set(tx.clock().now_ms()),
        version: Set(1),
        deleted_at: Set(None),
    };
    workspaces::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(id)
}

/// Adds a person to a workspace, or changes the role.
pub async fn member(
    tx: &Tx,
    workspace: WorkspaceId,
    user: UserId,
    role: WorkspaceRole,
) -> Result<(), StoreError> {
    let row = members::ActiveModel {
        workspace_id: Set(workspace.0),
        user_id: Set(user.0),
        role: Set(role.as_str().to_owned()),
        created_at: Set(tx.clock().now_ms()),
    };
    let conflict = OnConflict::columns([members::Column::WorkspaceId, members::Column::UserId])
        .update_column(members::Column::Role)
        .to_owned();
    members::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Takes a person out of a workspace and its teams.
pub async fn remove_member(tx: &Tx, workspace: WorkspaceId, user: UserId) -> Result<(), StoreError> {
    let found =
        teams::Entity::find().filter(teams::Column::WorkspaceId.eq(workspace.0)).all(tx.raw()).await?;
    team_members::Entity::delete_many()
        .filter(team_members::Column::TeamId.is_in(found.iter().map(|team| team.id)))
        .filter(team_members::Column::UserId.eq(user.0))
        .exec(tx.raw())
        .await?;
    members::Entity::delete_by_id((workspace.0, user.0)).exec(tx.raw()).await?;
    Ok(())
}

/// A team with its audience and its first admin.
pub async fn team(
    tx: &Tx,
    workspace: WorkspaceId,
    name: &str,
    visibility: TeamVisibility,
    creator: UserId,
) -> Result<TeamId, StoreError> {
    let id = TeamId::new(tx.clock());
    let audience = AudienceId::new(tx.clock());
    let row = audiences::ActiveModel {
        id: Set(audience.0),
        workspace_id: Set(workspace.0),
        kind: Set(AudienceKind::Team.as_str().to_owned()),
        team_id: Set(Some(id.0)),
    };
    audiences::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    let row = teams::ActiveModel {
        id: Set(id.0),
        workspace_id: Set(workspace.0),
        audience_id: Set(audience.0),
        name: Set(name.to_owned()),
        visibility: Set(visibility.as_str().to_owned()),
        max_duration_ms: Set(None),
        glossary: Set("[]".to_owned()),
        agreement: Set("{}".to_owned()),
        created_by: Set(creator.0),
        created_at: Set(tx.clock().now_ms()),
        version: Set(1),
        deleted_at: Set(None),
    };
    teams::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    team_member(tx, id, creator, TeamRole::Admin).await?;
    Ok(id)
}

/// Adds a person to a team, or changes the role.
pub async fn team_member(tx: &Tx, team: TeamId, user: UserId, role: TeamRole) -> Result<(), StoreError> {
    let row = team_members::ActiveModel {
        team_id: Set(team.0),
        user_id: Set(user.0),
        role: Set(role.as_str().to_owned()),
        created_at: Set(tx.clock().now_ms()),
    };
    let conflict = OnConflict::columns([team_members::Column::TeamId, team_members::Column::UserId])
        .update_column(team_members::Column::Role)
        .to_owned();
    team_members::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Takes a person out of a team.
pub async fn remove_team_member(tx: &Tx, team: TeamId, user: UserId) -> Result<(), StoreError> {
    team_members::Entity::delete_by_id((team.0, user.0)).exec(tx.raw()).await?;
    Ok(())
}
