//! Who is expected to answer, and where they are.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use meridian_domain::ids::UserId;

use super::CheckIn;
use crate::repo::{teams, users, visibility};
use crate::{Conn, StoreError};

/// Somebody who is expected.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// The name.
    pub display_name: String,
    /// The zone of the account.
    pub zone: TimeZone,
}

/// The zone of an account; UTC for a name that the tz database no longer has.
pub fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// Those who are expected now, by id: the named ones, else the people of a private check-in, else the team's members;
/// whoever no longer sees it is left out.
pub async fn expected(conn: &impl Conn, check_in: &CheckIn) -> Result<Vec<Member>, StoreError> {
    let named = match (&check_in.expected, &check_in.private_to) {
        (Some(people), _) | (None, Some(people)) => people.clone(),
        (None, None) => {
            teams::members(conn, check_in.team_id).await?.into_iter().map(|(user, ..)| user).collect()
        }
    };
    let sees: HashSet<UserId> = visibility::users_of(conn, check_in.audience_id).await?.into_iter().collect();
    let ids: Vec<UserId> = named.into_iter().filter(|user| sees.contains(user)).collect();
    let mut found: Vec<Member> = users::by_ids(conn, &ids)
        .await?
        .into_iter()
        .map(|user| Member {
            user_id: user.id,
            display_name: user.display_name,
            zone: zone_of(&user.time_zone),
        })
        .collect();
    found.sort_by_key(|member| member.user_id);
    Ok(found)
}
