//! Who sees what, as SQL: the one place. It is `meridian_domain::policy::reads_team` and the people audience,
//! read from the membership tables at the time of the request.

use std::collections::HashSet;

use meridian_domain::ids::{AudienceId, UserId, WorkspaceId};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::{Conn, StoreError};

/// Whether a user is in the audience `a` now; three parameters, each the user's id. It is asked of one audience at a
/// time, by keys: a list of all that somebody is in would grow with every update for named people.
const AUDIENCE_OF_USER: &str = "SELECT 1 FROM audiences a \
    JOIN workspaces w ON w.id = a.workspace_id AND w.deleted_at IS NULL \
    JOIN members m ON m.workspace_id = a.workspace_id AND m.user_id = ? \
    LEFT JOIN teams t ON t.id = a.team_id \
    LEFT JOIN team_members tm ON tm.team_id = a.team_id AND tm.user_id = ? \
    WHERE ((a.kind = 'team' AND t.deleted_at IS NULL \
            AND (tm.user_id IS NOT NULL OR (t.visibility = 'open' AND m.role <> 'guest'))) \
        OR (a.kind = 'people' AND EXISTS (SELECT 1 FROM audience_members am \
            WHERE am.audience_id = a.id AND am.user_id = ?)))";

/// A condition on a column that holds an audience's id, such as `updates.audience_id`.
pub(crate) fn in_audience(column: &str, user: UserId) -> SimpleExpr {
    let user: Uuid = user.0;
    Expr::cust_with_values(format!("EXISTS ({AUDIENCE_OF_USER} AND a.id = {column})"), [user, user, user])
}

/// A condition on `updates`: not deleted, its audience includes the user, and it is published or the user's own.
pub(crate) fn sees_update(user: UserId) -> SimpleExpr {
    Expr::cust_with_values(
        "updates.deleted_at IS NULL AND (updates.publish_state = 'published' OR updates.author_id = ?)",
        [user.0],
    )
    .and(in_audience("updates.audience_id", user))
}

/// The audiences of a user in one workspace: the same as [`AUDIENCE_OF_USER`], from the user's side. Parameters:
/// workspace, user, workspace, user.
const AUDIENCES_IN_WORKSPACE: &str = "SELECT a.id FROM members m \
    JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL \
    JOIN teams t ON t.workspace_id = m.workspace_id AND t.deleted_at IS NULL \
    JOIN audiences a ON a.team_id = t.id AND a.kind = 'team' \
    LEFT JOIN team_members tm ON tm.team_id = t.id AND tm.user_id = m.user_id \
    WHERE m.workspace_id = ? AND m.user_id = ? \
        AND (tm.user_id IS NOT NULL OR (t.visibility = 'open' AND m.role <> 'guest')) \
    UNION ALL SELECT a.id FROM audience_members am \
    JOIN audiences a ON a.id = am.audience_id AND a.kind = 'people' \
    JOIN workspaces w ON w.id = a.workspace_id AND w.deleted_at IS NULL \
    JOIN members m ON m.workspace_id = a.workspace_id AND m.user_id = am.user_id \
    WHERE a.workspace_id = ? AND am.user_id = ?";

/// The ids of the audiences that a user is in, in one workspace (for the search index).
pub async fn audiences(
    conn: &impl Conn,
    user: UserId,
    workspace: WorkspaceId,
) -> Result<Vec<AudienceId>, StoreError> {
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(
        raw.get_database_backend(),
        AUDIENCES_IN_WORKSPACE,
        [workspace.0.into(), user.0.into(), workspace.0.into(), user.0.into()],
    );
    let rows = raw.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index::<Uuid>(0)?.into())).collect()
}

/// Whether a user is in an audience now.
pub async fn is_in(conn: &impl Conn, user: UserId, audience: AudienceId) -> Result<bool, StoreError> {
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(
        raw.get_database_backend(),
        format!("{AUDIENCE_OF_USER} AND a.id = ?"),
        [user.0.into(), user.0.into(), user.0.into(), audience.0.into()],
    );
    Ok(raw.query_one_raw(statement).await?.is_some())
}

/// The people of an audience now; one parameter, the audience's id. The other direction of [`AUDIENCE_OF_USER`].
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

/// In which workspaces some people are, but those whose account is closed.
pub async fn active_members(
    conn: &impl Conn,
    users: &[UserId],
) -> Result<HashSet<(UserId, WorkspaceId)>, StoreError> {
    let raw = conn.raw();
    let marks = vec!["?"; users.len()].join(", ");
    let statement = Statement::from_sql_and_values(
        raw.get_database_backend(),
        format!(
            "SELECT m.user_id, m.workspace_id FROM members m \
             JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL \
             JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL WHERE m.user_id IN ({marks})"
        ),
        users.iter().map(|user| user.0.into()),
    );
    let pair = |row: &sea_orm::QueryResult| -> Result<(UserId, WorkspaceId), StoreError> {
        Ok((row.try_get_by_index::<Uuid>(0)?.into(), row.try_get_by_index::<Uuid>(1)?.into()))
    };
    raw.query_all_raw(statement).await?.iter().map(pair).collect()
}
