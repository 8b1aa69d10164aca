//! Teams, their members, glossary and working agreement.

pub mod agreement;
pub mod crud;
pub mod glossary;
pub mod members;
pub mod overlap;

use meridian_domain::ids::{TeamId, UserId};
use meridian_domain::policy::{self, Standing};
use meridian_store::Conn;
use meridian_store::repo::teams::{self, Team};

use crate::error::{ApiError, ApiResult};

/// A team that the viewer sees; 404 otherwise.
pub async fn visible(conn: &impl Conn, viewer: UserId, id: TeamId) -> ApiResult<(Team, Standing)> {
    let (team, who) = teams::find(conn, viewer, id).await?.ok_or_else(ApiError::not_found)?;
    if policy::sees_team(who, team.visibility) { Ok((team, who)) } else { Err(ApiError::not_found()) }
}

/// A team whose content the viewer sees; 404 otherwise.
pub async fn readable(conn: &impl Conn, viewer: UserId, id: TeamId) -> ApiResult<(Team, Standing)> {
    let (team, who) = visible(conn, viewer, id).await?;
    if policy::reads_team(who, team.visibility) { Ok((team, who)) } else { Err(ApiError::not_found()) }
}

/// As [`visible`], for those who manage it; 403 for others.
pub async fn managed(conn: &impl Conn, viewer: UserId, id: TeamId) -> ApiResult<(Team, Standing)> {
    let (team, who) = visible(conn, viewer, id).await?;
    if policy::manages_team(who) {
        return Ok((team, who));
    }
    Err(ApiError::forbidden("Admins of the team can do this."))
}
