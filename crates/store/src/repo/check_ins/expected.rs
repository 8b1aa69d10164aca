//! Who is expected to answer, and where they are.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use meridian_domain::ids::{TeamId, UserId};

use super::{CheckIn, NewCheckIn};
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
    let named = check_in.expected.as_ref().or(check_in.private_to.as_ref());
    let sees = visibility::users_of(conn, check_in.audience_id).await?;
    members(conn, check_in.team_id, named, &sees).await
}

/// The same for a check-in that is not made yet.
pub async fn expected_of_new(conn: &impl Conn, new: &NewCheckIn) -> Result<Vec<Member>, StoreError> {
    let named = new.expected.as_ref().or(new.private_to.as_ref());
    let sees = match &new.private_to {
        Some(people) => people.clone(),
        None => visibility::users_of(conn, new.team_audience_id).await?,
    };
    members(conn, new.team_id, named, &sees).await
}

async fn members(
    conn: &impl Conn,
    team: TeamId,
    named: Option<&Vec<UserId>>,
    sees: &[UserId],
) -> Result<Vec<Member>, StoreError> {
    let named = match named {
        Some(people) => people.clone(),
        None => teams::members(conn, team).await?.into_iter().map(|(user, ..)| user).collect(),
    };
    let sees: HashSet<UserId> = sees.iter().copied().collect();
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
