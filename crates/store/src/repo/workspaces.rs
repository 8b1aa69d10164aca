//! Workspaces and their members.

use jiff::Timestamp;
use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::{UserId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entity::{members, team_members, teams, users, workspaces};
use crate::repo::several;
use crate::{Conn, StoreError, Tx, json};

/// A workspace as one of its members sees it.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The most that its uploads may take, in bytes; `None`: no limit.
    pub quota_bytes: Option<i64>,
    /// What its uploads take, in bytes.
    pub used_bytes: i64,
    /// Whether it shows what its teams did, in totals.
    pub insights: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Counts edits.
    pub version: i64,
    /// The viewer's role.
    pub role: WorkspaceRole,
}

/// A member.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// As others see it.
    pub display_name: String,
    /// Address.
    pub email: String,
    /// IANA name.
    pub time_zone: String,
    /// Days and hours of work, as kept with the account.
    pub working_hours: super::users::WorkingHours,
    /// The role.
    pub role: WorkspaceRole,
    /// Since when.
    pub joined_at: Timestamp,
}

/// Makes a workspace with its first owner.
pub async fn create(tx: &Tx, name: &str, owner: UserId) -> Result<Workspace, StoreError> {
    let id = WorkspaceId::new(tx.clock());
    let row = workspaces::ActiveModel {
        id: Set(id.0),
        name: Set(name.to_owned()),
        quota_bytes: Set(None),
        used_bytes: Set(0),
        created_at: Set(tx.clock().now_ms()),
        version: Set(1),
        deleted_at: Set(None),
        insights: Set(true),
    };
    let row = workspaces::Entity::insert(row).exec_with_returning(tx.raw()).await?;
    add_member(tx, id, owner, WorkspaceRole::Owner).await?;
    from_row(row, WorkspaceRole::Owner)
}

/// Adds a member; one who is there already keeps the role. Says whether somebody was added.
pub async fn add_member(
    tx: &Tx,
    id: WorkspaceId,
    user: UserId,
    role: WorkspaceRole,
) -> Result<bool, StoreError> {
    let row = members::ActiveModel {
        workspace_id: Set(id.0),
        user_id: Set(user.0),
        role: Set(role.as_str().to_owned()),
        created_at: Set(tx.clock().now_ms()),
    };
    let added = members::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([members::Column::WorkspaceId, members::Column::UserId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx.raw())
        .await?;
    Ok(added == 1)
}

/// The role of a user; `None`: no member, or the workspace is gone.
pub async fn role(
    conn: &impl Conn,
    user: UserId,
    id: WorkspaceId,
) -> Result<Option<WorkspaceRole>, StoreError> {
    Ok(find(conn, user, id).await?.map(|workspace| workspace.role))
}

/// A workspace that the viewer is a member of.
pub async fn find(
    conn: &impl Conn,
    viewer: UserId,
    id: WorkspaceId,
) -> Result<Option<Workspace>, StoreError> {
    let Some(member) = members::Entity::find_by_id((id.0, viewer.0)).one(conn.raw()).await? else {
        return Ok(None);
    };
    let found = workspaces::Entity::find_by_id(id.0)
        .filter(workspaces::Column::DeletedAt.is_null())
        .one(conn.raw())
        .await?;
    found.map(|row| from_row(row, member.role.parse()?)).transpose()
}

/// The workspaces of a user, oldest first.
pub async fn list(conn: &impl Conn, viewer: UserId) -> Result<Vec<Workspace>, StoreError> {
    let mine = members::Entity::find().filter(members::Column::UserId.eq(viewer.0)).all(conn.raw()).await?;
    let ids = mine.iter().map(|row| row.workspace_id);
    let rows = workspaces::Entity::find()
        .filter(workspaces::Column::Id.is_in(ids))
        .filter(workspaces::Column::DeletedAt.is_null())
        .order_by_asc(workspaces::Column::CreatedAt)
        .all(conn.raw())
        .await?;
    let role = |id| mine.iter().find(|row| row.workspace_id == id).map_or("guest", |row| row.role.as_str());
    rows.into_iter()
        .map(|row| {
            let role = role(row.id).parse()?;
            from_row(row, role)
        })
        .collect()
}

/// Changes name or quota.
pub async fn update(
    tx: &Tx,
    id: WorkspaceId,
    name: Option<String>,
    quota_bytes: Option<Option<i64>>,
    insights: Option<bool>,
) -> Result<(), StoreError> {
    let Some(row) = workspaces::Entity::find_by_id(id.0).one(tx.raw()).await? else { return Ok(()) };
    let version = row.version;
    let mut row = row.into_active_model();
    if let Some(name) = name {
        row.name = Set(name);
    }
    if let Some(quota) = quota_bytes {
        row.quota_bytes = Set(quota);
    }
    if let Some(insights) = insights {
        row.insights = Set(insights);
    }
    row.version = Set(version.saturating_add(1));
    workspaces::Entity::update(row).exec(tx.raw()).await?;
    Ok(())
}

/// Members after `after` (a user's id), ordered by id.
pub async fn members(
    conn: &impl Conn,
    id: WorkspaceId,
    after: Option<UserId>,
    limit: u64,
) -> Result<Vec<Member>, StoreError> {
    let mut query = members::Entity::find()
        .filter(members::Column::WorkspaceId.eq(id.0))
        .order_by_asc(members::Column::UserId)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(members::Column::UserId.gt(after.0));
    }
    let rows = query.all(conn.raw()).await?;
    let ids: Vec<UserId> = rows.iter().map(|row| row.user_id.into()).collect();
    let people = super::users::by_ids(conn, &ids).await?;
    let mut found = Vec::new();
    for row in rows {
        let Some(user) = people.iter().find(|user| user.id.0 == row.user_id) else { continue };
        found.push(member_of(user.clone(), row.role.parse()?, json::instant(row.created_at)?));
    }
    Ok(found)
}

/// One member.
pub async fn member(conn: &impl Conn, id: WorkspaceId, user: UserId) -> Result<Option<Member>, StoreError> {
    let Some(row) = members::Entity::find_by_id((id.0, user.0)).one(conn.raw()).await? else {
        return Ok(None);
    };
    let Some(found) = super::users::by_id(conn, user).await? else { return Ok(None) };
    Ok(Some(member_of(found, row.role.parse()?, json::instant(row.created_at)?)))
}

fn member_of(user: super::users::User, role: WorkspaceRole, joined_at: Timestamp) -> Member {
    Member {
        user_id: user.id,
        display_name: user.display_name,
        email: user.email,
        time_zone: user.time_zone,
        working_hours: user.working_hours,
        role,
        joined_at,
    }
}

/// A workspace's name, for those who hold an invitation.
pub async fn name(conn: &impl Conn, id: WorkspaceId) -> Result<Option<String>, StoreError> {
    let found = workspaces::Entity::find_by_id(id.0)
        .filter(workspaces::Column::DeletedAt.is_null())
        .one(conn.raw())
        .await?;
    Ok(found.map(|row| row.name))
}

/// How many owners a workspace has.
pub async fn owners(conn: &impl Conn, id: WorkspaceId) -> Result<u64, StoreError> {
    Ok(members::Entity::find()
        .filter(members::Column::WorkspaceId.eq(id.0))
        .filter(members::Column::Role.eq(WorkspaceRole::Owner.as_str()))
        .count(conn.raw())
        .await?)
}

/// Workspaces whose only owner is this user while others are members too.
pub async fn sole_ownerships(conn: &impl Conn, user: UserId) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for workspace in list(conn, user).await? {
        let all = members::Entity::find()
            .filter(members::Column::WorkspaceId.eq(workspace.id.0))
            .count(conn.raw())
            .await?;
        if workspace.role == WorkspaceRole::Owner && all > 1 && owners(conn, workspace.id).await? == 1 {
            names.push(workspace.name);
        }
    }
    Ok(names)
}

/// Sets a member's role; false where there is no such member.
pub async fn set_role(
    tx: &Tx,
    id: WorkspaceId,
    user: UserId,
    role: WorkspaceRole,
) -> Result<bool, StoreError> {
    let done = members::Entity::update_many()
        .col_expr(members::Column::Role, Expr::value(role.as_str()))
        .filter(members::Column::WorkspaceId.eq(id.0))
        .filter(members::Column::UserId.eq(user.0))
        .exec(tx.raw())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Takes a member out of the workspace and all of its teams; false where there is no such member.
pub async fn remove_member(tx: &Tx, id: WorkspaceId, user: UserId) -> Result<bool, StoreError> {
    let its_teams = sea_orm::sea_query::Query::select()
        .column(teams::Column::Id)
        .from(teams::Entity)
        .and_where(teams::Column::WorkspaceId.eq(id.0))
        .to_owned();
    team_members::Entity::delete_many()
        .filter(team_members::Column::UserId.eq(user.0))
        .filter(team_members::Column::TeamId.in_subquery(its_teams))
        .exec(tx.raw())
        .await?;
    let which = members::Column::WorkspaceId.eq(id.0).and(members::Column::UserId.eq(user.0));
    Ok(members::Entity::delete_many().filter(which).exec(tx.raw()).await?.rows_affected == 1)
}

/// Ids of accounts in a workspace out of those given (to check mentions and audiences).
pub async fn those_in(conn: &impl Conn, id: WorkspaceId, ids: &[UserId]) -> Result<Vec<UserId>, StoreError> {
    let rows = members::Entity::find()
        .filter(members::Column::WorkspaceId.eq(id.0))
        .filter(members::Column::UserId.is_in(several(ids.iter().map(|id| id.0))))
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(|row| row.user_id.into()).collect())
}

/// Whether an account that is not closed has this address in the workspace.
pub async fn has_email(conn: &impl Conn, id: WorkspaceId, email: &str) -> Result<bool, StoreError> {
    let user = users::Entity::find()
        .filter(users::Column::Email.eq(super::users::normal_email(email)))
        .one(conn.raw())
        .await?;
    let Some(user) = user else { return Ok(false) };
    Ok(members::Entity::find_by_id((id.0, user.id)).one(conn.raw()).await?.is_some())
}

fn from_row(row: workspaces::Model, role: WorkspaceRole) -> Result<Workspace, StoreError> {
    Ok(Workspace {
        id: row.id.into(),
        name: row.name,
        quota_bytes: row.quota_bytes,
        used_bytes: row.used_bytes,
        insights: row.insights,
        created_at: json::instant(row.created_at)?,
        version: row.version,
        role,
    })
}
