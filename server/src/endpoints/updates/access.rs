//! The first lines of most handlers: the update, for this viewer, with the right that is needed.

use meridian_domain::enums::Priority;
use meridian_domain::ids::{TeamId, UpdateId};
use meridian_store::repo::notifications;
use meridian_store::repo::updates::{self, RowUpdate, TeamAccess};
use meridian_store::{Conn, Tx};

use crate::auth::Auth;
use crate::error::{ApiError, ApiResult};

/// The update, if the viewer sees it.
///
/// # Errors
/// 404.
pub async fn visible(conn: &impl Conn, auth: &Auth, id: UpdateId) -> ApiResult<RowUpdate> {
    updates::find_visible(conn, auth.user, id).await?.ok_or_else(ApiError::not_found)
}

/// The update, if the viewer sees it and may edit it: its author, an admin of its team.
///
/// # Errors
/// 404 unseen, 403 seen.
pub async fn managed(conn: &impl Conn, auth: &Auth, id: UpdateId) -> ApiResult<RowUpdate> {
    match updates::find_with_rights(conn, auth.user, id).await? {
        Some((row, true)) => Ok(row),
        Some((_, false)) => Err(ApiError::forbidden("Only its author and the team's admins can do this.")),
        None => Err(ApiError::not_found()),
    }
}

/// The update, if it is the viewer's own.
///
/// # Errors
/// 404 unseen, 403 somebody else's.
pub async fn own(conn: &impl Conn, auth: &Auth, id: UpdateId) -> ApiResult<RowUpdate> {
    let row = visible(conn, auth, id).await?;
    if row.author_id == auth.user {
        Ok(row)
    } else {
        Err(ApiError::forbidden("Only its author can do this."))
    }
}

/// A team whose content the viewer reads.
///
/// # Errors
/// 404.
pub async fn readable_team(conn: &impl Conn, auth: &Auth, id: TeamId) -> ApiResult<TeamAccess> {
    let found = updates::team_access(conn, auth.user, id).await?;
    found.filter(TeamAccess::reads).ok_or_else(ApiError::not_found)
}

/// A team in which the viewer posts.
///
/// # Errors
/// 404 unread, 403 read but not joined.
pub async fn posting_team(conn: &impl Conn, auth: &Auth, id: TeamId) -> ApiResult<TeamAccess> {
    let team = readable_team(conn, auth, id).await?;
    if team.posts() { Ok(team) } else { Err(ApiError::forbidden("Join the team first, then post in it.")) }
}

/// A published update that is urgent counts against its author's urgent things of the day.
///
/// # Errors
/// 429 when the author was urgent too often.
pub async fn press(tx: &Tx, row: &RowUpdate) -> ApiResult<()> {
    if row.priority != Priority::Urgent || !row.is_published() {
        return Ok(());
    }
    if notifications::may_be_urgent(tx, row.author_id, &notifications::about_update(row.id)).await? {
        return Ok(());
    }
    Err(ApiError::urgent_limit(notifications::urgent_wait_ms(tx, row.author_id, tx.clock().now_ms()).await?))
}
