//! When people work: their hours, without the days on which they are away.

use std::collections::HashMap;

use meridian_domain::ids::UserId;
use meridian_domain::working_time::WorkingHours;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::users;
use crate::entity::absences;
use crate::repo::several;
use crate::{Conn, StoreError};

/// When some people work. Who is not there, or whose hours cannot be read, is left out.
pub async fn hours_of(
    conn: &impl Conn,
    people: &[UserId],
) -> Result<HashMap<UserId, WorkingHours>, StoreError> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = absences::Entity::find()
        .filter(absences::Column::UserId.is_in(several(people.iter().map(|id| id.0))))
        .all(conn.raw())
        .await?;
    let mut off: HashMap<UserId, Vec<_>> = HashMap::new();
    for row in rows {
        off.entry(row.user_id.into()).or_default().push((row.from_on.parse()?, row.to_on.parse()?));
    }
    let mut found = HashMap::new();
    for user in users::by_ids(conn, people).await? {
        let week = &user.working_hours;
        match WorkingHours::parse(&week.days, &week.start, &week.end, &user.time_zone) {
            Ok(hours) => {
                found.insert(user.id, hours.without(off.remove(&user.id).unwrap_or_default()));
            }
            Err(error) => {
                tracing::error!(user = %user.id, %error, "working hours that were kept cannot be read");
            }
        }
    }
    Ok(found)
}
