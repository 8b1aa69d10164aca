//! Teams and who is in them.

use jiff::Timestamp;
use meridian_domain::enums::{AudienceKind, TeamRole, TeamVisibility};
use meridian_domain::ids::{AudienceId, TeamId, UserId, WorkspaceId};
use meridian_domain::policy::Standing;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::check_ins::{self, Changed};
use super::workspaces;
use crate::entity::{audiences, team_members, teams};
use crate::{Conn, StoreError, Tx, json};

/// A team.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Where.
    pub workspace_id: WorkspaceId,
    /// The audience that is this team.
    pub audience_id: AudienceId,
    /// Its name.
    pub name: String,
    /// Who may join.
    pub visibility: TeamVisibility,
    /// The longest update, in ms; `None`: no limit.
    pub max_duration_ms: Option<i64>,
    /// Words that the recogniser should know.
    pub glossary: Vec<String>,
    /// The working agreement, as the API has it.
    pub agreement: serde_json::Value,
    /// Since when.
    pub created_at: Timestamp,
    /// Counts edits.
    pub version: i64,
}

/// Fields to change; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct TeamPatch {
    /// Its name.
    pub name: Option<String>,
    /// Who may join.
    pub visibility: Option<TeamVisibility>,
    /// The longest update, in ms; `Some(None)`: no limit.
    pub max_duration_ms: Option<Option<i64>>,
    /// Words that the recogniser should know.
    pub glossary: Option<Vec<String>>,
    /// The working agreement.
    pub agreement: Option<serde_json::Value>,
}

/// Makes a team; its creator is its first admin.
pub async fn create(
    tx: &Tx,
    workspace: WorkspaceId,
    name: &str,
    visibility: TeamVisibility,
    creator: UserId,
) -> Result<Team, StoreError> {
    let (id, audience) = (TeamId::new(tx.clock()), AudienceId::new(tx.clock()));
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
    let row = teams::Entity::insert(row).exec_with_returning(tx.raw()).await?;
    put_member(tx, id, creator, Some(TeamRole::Admin)).await?;
    from_row(row)
}

/// A team that is not deleted, with what the viewer is in it. Whether they may see it is for the policy to say.
pub async fn find(
    conn: &impl Conn,
    viewer: UserId,
    id: TeamId,
) -> Result<Option<(Team, Standing)>, StoreError> {
    let found =
        teams::Entity::find_by_id(id.0).filter(teams::Column::DeletedAt.is_null()).one(conn.raw()).await?;
    let Some(team) = found.map(from_row).transpose()? else { return Ok(None) };
    let standing = Standing {
        workspace: workspaces::role(conn, viewer, team.workspace_id).await?,
        team: member_role(conn, id, viewer).await?,
    };
    Ok(Some((team, standing)))
}

/// All teams of a workspace by name, with the viewer's role in each.
pub async fn list(
    conn: &impl Conn,
    viewer: UserId,
    workspace: WorkspaceId,
) -> Result<Vec<(Team, Option<TeamRole>)>, StoreError> {
    let rows = teams::Entity::find()
        .filter(teams::Column::WorkspaceId.eq(workspace.0))
        .filter(teams::Column::DeletedAt.is_null())
        .order_by_asc(teams::Column::Name)
        .order_by_asc(teams::Column::Id)
        .all(conn.raw())
        .await?;
    let mine = team_members::Entity::find()
        .filter(team_members::Column::UserId.eq(viewer.0))
        .all(conn.raw())
        .await?;
    rows.into_iter()
        .map(|row| {
            let role = mine.iter().find(|m| m.team_id == row.id).map(|m| m.role.parse()).transpose()?;
            Ok((from_row(row)?, role))
        })
        .collect()
}

/// A team's name, for those who were asked already.
pub async fn name(conn: &impl Conn, id: TeamId) -> Result<Option<String>, StoreError> {
    let found = teams::Entity::find_by_id(id.0).filter(teams::Column::DeletedAt.is_null());
    Ok(found.one(conn.raw()).await?.map(|row| row.name))
}

/// A user's role in a team.
pub async fn member_role(conn: &impl Conn, id: TeamId, user: UserId) -> Result<Option<TeamRole>, StoreError> {
    let found = team_members::Entity::find_by_id((id.0, user.0)).one(conn.raw()).await?;
    Ok(found.map(|row| row.role.parse()).transpose()?)
}

/// The members of a team with their roles and since when, by user id.
pub async fn members(conn: &impl Conn, id: TeamId) -> Result<Vec<(UserId, TeamRole, Timestamp)>, StoreError> {
    let rows = team_members::Entity::find()
        .filter(team_members::Column::TeamId.eq(id.0))
        .order_by_asc(team_members::Column::UserId)
        .all(conn.raw())
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.user_id.into(), row.role.parse()?, json::instant(row.created_at)?)))
        .collect()
}

/// Adds a member or, with a role, changes theirs.
pub async fn put_member(tx: &Tx, id: TeamId, user: UserId, role: Option<TeamRole>) -> Result<(), StoreError> {
    let row = team_members::ActiveModel {
        team_id: Set(id.0),
        user_id: Set(user.0),
        role: Set(role.unwrap_or(TeamRole::Member).as_str().to_owned()),
        created_at: Set(tx.clock().now_ms()),
    };
    let mut conflict = OnConflict::columns([team_members::Column::TeamId, team_members::Column::UserId]);
    match role {
        Some(_) => conflict.update_column(team_members::Column::Role),
        None => conflict.do_nothing(),
    };
    team_members::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx.raw()).await?;
    check_ins::look_again(tx, Changed::Team(id)).await
}

/// Takes a member out; false where they are not in it.
pub async fn remove_member(tx: &Tx, id: TeamId, user: UserId) -> Result<bool, StoreError> {
    let which = team_members::Column::TeamId.eq(id.0).and(team_members::Column::UserId.eq(user.0));
    let gone = team_members::Entity::delete_many().filter(which).exec(tx.raw()).await?;
    check_ins::look_again(tx, Changed::Team(id)).await?;
    Ok(gone.rows_affected == 1)
}

/// Changes a team.
pub async fn update(tx: &Tx, id: TeamId, patch: TeamPatch) -> Result<(), StoreError> {
    let Some(row) = teams::Entity::find_by_id(id.0).one(tx.raw()).await? else { return Ok(()) };
    let version = row.version;
    let mut row = row.into_active_model();
    if let Some(value) = patch.name {
        row.name = Set(value);
    }
    if let Some(value) = patch.visibility {
        row.visibility = Set(value.as_str().to_owned());
    }
    if let Some(value) = patch.max_duration_ms {
        row.max_duration_ms = Set(value);
    }
    if let Some(value) = patch.glossary {
        row.glossary = Set(json::write("teams.glossary", &value)?);
    }
    if let Some(value) = patch.agreement {
        row.agreement = Set(json::write("teams.agreement", &value)?);
    }
    row.version = Set(version.saturating_add(1));
    teams::Entity::update(row).exec(tx.raw()).await?;
    Ok(())
}

/// Hides a team and with it everything in it.
pub async fn delete(tx: &Tx, id: TeamId) -> Result<(), StoreError> {
    teams::Entity::update_many()
        .col_expr(teams::Column::DeletedAt, Expr::value(tx.clock().now_ms()))
        .filter(teams::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

fn from_row(row: teams::Model) -> Result<Team, StoreError> {
    Ok(Team {
        id: row.id.into(),
        workspace_id: row.workspace_id.into(),
        audience_id: row.audience_id.into(),
        name: row.name,
        visibility: row.visibility.parse()?,
        max_duration_ms: row.max_duration_ms,
        glossary: json::read("teams.glossary", &row.glossary)?,
        agreement: json::read("teams.agreement", &row.agreement)?,
        created_at: json::instant(row.created_at)?,
        version: row.version,
    })
}
