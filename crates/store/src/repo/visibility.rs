//! Who sees what, as SQL: the one place. It is `meridian_domain::policy::reads_team` and the people audience,
//! read from the membership tables at the time of the request.

use meridian_domain::ids::{AudienceId, UserId, WorkspaceId};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::{Conn, StoreError};

/// The audiences that a user is in now; three parameters, each the user's id.
const AUDIENCES_OF_USER: &str = "SELECT a.id FROM audiences a \
    JOIN workspaces w ON w.id = a.workspace_id AND w.deleted_at IS NULL \
    JOIN members m ON m.workspace_id = a.workspace_id AND m.user_id = ? \
    LEFT JOIN teams t ON t.id = a.team_id \
    LEFT JOIN team_members tm ON tm.team_id = a.team_id AND tm.user_id = ? \
    WHERE (a.kind = 'team' AND t.deleted_at IS NULL \
           AND (tm.user_id IS NOT NULL OR (t.visibility = 'open' AND m.role <> 'guest'))) \
       OR (a.kind = 'people' AND EXISTS (SELECT 1 FROM audience_members am \
           WHERE am.audience_id = a.id AND am.user_id = ?))";

/// A condition on a column that holds an audience's id, such as `updates.audience_id`.
pub(crate) fn in_audience(column: &str, user: UserId) -> SimpleExpr {
    let user: Uuid = user.0;
    Expr::cust_with_values(format!("{column} IN ({AUDIENCES_OF_USER})"), [user, user, user])
}

/// A condition on `updates`: not deleted, its audience includes the user, and it is published or the user's own.
pub(crate) fn sees_update(user: UserId) -> SimpleExpr {
    Expr::cust_with_values(
        "updates.deleted_at IS NULL AND (updates.publish_state = 'published' OR updates.author_id = ?)",
        [user.0],
    )
    .and(in_audience("updates.audience_id", user))
}

/// The ids of the audiences that a user is in, in one workspace (for the search index).
pub async fn audiences(
    conn: &impl Conn,
    user: UserId,
    workspace: WorkspaceId,
) -> Result<Vec<AudienceId>, StoreError> {
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(
        raw.get_database_backend(),
        format!("SELECT x.id FROM audiences x WHERE x.workspace_id = ? AND x.id IN ({AUDIENCES_OF_USER})"),
        [workspace.0.into(), user.0.into(), user.0.into(), user.0.into()],
    );
    let rows = raw.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index::<Uuid>(0)?.into())).collect()
}

/// Whether a user is in an audience now.
pub async fn is_in(conn: &impl Conn, user: UserId, audience: AudienceId) -> Result<bool, StoreError> {
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(
        raw.get_database_backend(),
        format!("SELECT 1 FROM audiences x WHERE x.id = ? AND x.id IN ({AUDIENCES_OF_USER})"),
        [audience.0.into(), user.0.into(), user.0.into(), user.0.into()],
    );
    Ok(raw.query_one_raw(statement).await?.is_some())
}

/// The people of an audience now; one parameter, the audience's id. The other direction of [`AUDIENCES_OF_USER`].
const USERS_OF_AUDIENCE: &str = "SELECT m.user_id FROM audiences a \
    JOIN workspaces w ON w.id = a.workspace_id AND w.deleted_at IS NULL \
    JOIN members m ON m.workspace_id = a.workspace_id \
    LEFT JOIN teams t ON t.id = a.team_id \
    LEFT JOIN team_members tm ON tm.team_id = a.team_id AND tm.user_id = m.user_id \
    WHERE a.id = ? AND ((a.kind = 'team' AND t.deleted_at IS NULL \
           AND (tm.user_id IS NOT NULL OR (t.visibility = 'open' AND m.role <> 'guest'))) \
       OR (a.kind = 'people' AND EXISTS (SELECT 1 FROM audience_members am \
           WHERE am.audience_id = a.id AND am.user_id = m.user_id)))";

/// The people of an audience now.
pub async fn users_of(conn: &impl Conn, audience: AudienceId) -> Result<Vec<UserId>, StoreError> {
    let raw = conn.raw();
    let statement =
        Statement::from_sql_and_values(raw.get_database_backend(), USERS_OF_AUDIENCE, [audience.0.into()]);
    let rows = raw.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index::<Uuid>(0)?.into())).collect()
}

/// Whether somebody is in a workspace that is not deleted.
pub async fn is_member(conn: &impl Conn, user: UserId, workspace: WorkspaceId) -> Result<bool, StoreError> {
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(
        raw.get_database_backend(),
        "SELECT 1 FROM members m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL \
         WHERE m.workspace_id = ? AND m.user_id = ?",
        [workspace.0.into(), user.0.into()],
    );
    Ok(raw.query_one_raw(statement).await?.is_some())
}
