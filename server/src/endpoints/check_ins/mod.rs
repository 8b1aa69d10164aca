//! Check-ins: make, list, read, change, delete, templates, when they open next.

pub mod body;
pub mod crud;
pub mod next;
pub mod open;
pub mod rounds;
pub mod templates;
pub mod view;

use meridian_domain::ids::{CheckInId, UserId};
use meridian_domain::policy;
use meridian_store::Conn;
use meridian_store::repo::check_ins::{self, CheckIn};
use meridian_store::repo::updates;

use crate::error::{ApiError, ApiResult};
use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config
        .service(templates::list_templates)
        .service(next::preview)
        .service(crud::create_check_in)
        .service(crud::list_check_ins)
        .service(crud::get_check_in)
        .service(crud::patch_check_in)
        .service(crud::delete_check_in)
        .service(next::next_openings)
        .service(rounds::list_rounds)
        .service(open::open_check_in);
}

/// A check-in that the viewer sees; 404 otherwise.
pub async fn visible(conn: &impl Conn, viewer: UserId, id: CheckInId) -> ApiResult<CheckIn> {
    check_ins::find(conn, viewer, id).await?.ok_or_else(ApiError::not_found)
}

/// Whether the viewer changes a check-in that the viewer sees: who made it and is still in the team, the team's admins.
pub async fn manages(conn: &impl Conn, viewer: UserId, check_in: &CheckIn) -> ApiResult<bool> {
    let access = updates::team_access(conn, viewer, check_in.team_id).await?;
    Ok(access.is_some_and(|access| {
        policy::manages_team(access.standing) || (check_in.created_by == viewer && access.posts())
    }))
}

/// As [`visible`], for those who change it; 403 for others.
pub async fn managed(conn: &impl Conn, viewer: UserId, id: CheckInId) -> ApiResult<CheckIn> {
    let found = visible(conn, viewer, id).await?;
    if manages(conn, viewer, &found).await? {
        return Ok(found);
    }
    Err(ApiError::forbidden("Who made it and the team's admins can do this."))
}
