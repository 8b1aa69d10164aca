//! Rounds: the page of one, excuses, plans carried over, the summary, and one's own.

pub mod carried_over;
pub mod excuse;
mod gather;
pub mod goals;
pub mod markdown;
pub mod mine;
pub mod read;
pub mod remind;
pub mod schedule;
pub mod view;

use meridian_domain::ids::{RoundId, TeamId, UserId};
use meridian_domain::policy;
use meridian_store::Conn;
use meridian_store::repo::rounds::{self, Round};
use meridian_store::repo::updates;

use crate::error::{ApiError, ApiResult};
use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config
        .service(markdown::round_markdown)
        .service(read::get_round)
        .service(excuse::excuse)
        .service(remind::remind)
        .service(carried_over::put_carried_over)
        .service(goals::put_goal)
        .service(goals::delete_goal)
        .service(mine::my_rounds);
}

/// A round that the viewer sees; 404 otherwise.
pub async fn visible(conn: &impl Conn, viewer: UserId, id: RoundId) -> ApiResult<Round> {
    rounds::find(conn, viewer, id).await?.ok_or_else(ApiError::not_found)
}

/// The round that a new update in a team is to answer.
///
/// # Errors
/// 422 where the author does not see it, or it belongs to another team.
pub async fn answerable(conn: &impl Conn, viewer: UserId, team: TeamId, id: RoundId) -> ApiResult<Round> {
    let found = rounds::find(conn, viewer, id).await?.filter(|round| round.team_id == team);
    found.ok_or_else(|| ApiError::invalid("round_id", "unknown", "There is no such round in this team."))
}

/// Whether the viewer settles things for others in a round: the team's admins, and who made the check-in.
async fn manages(conn: &impl Conn, viewer: UserId, round: &Round) -> ApiResult<bool> {
    let access = updates::team_access(conn, viewer, round.team_id).await?;
    if access.is_some_and(|access| policy::manages_team(access.standing)) {
        return Ok(true);
    }
    let check_in = meridian_store::repo::check_ins::find_any(conn, round.check_in_id).await?;
    Ok(access.is_some_and(|access| access.posts())
        && check_in.is_some_and(|found| found.created_by == viewer))
}
