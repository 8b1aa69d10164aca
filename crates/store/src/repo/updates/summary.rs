//! What a list of updates needs beside its rows, read for all rows at once.

use std::collections::HashMap;

use futures::try_join;
use meridian_domain::enums::AudienceKind;
use meridian_domain::ids::{AudienceId, UpdateId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::RowUpdate;
use crate::entity::{audience_members, audiences, comments, users, watches};
use crate::repo::several;
use crate::{Conn, StoreError};

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// The name.
    pub display_name: String,
    /// IANA name.
    pub time_zone: String,
}

/// What one viewer sees of an update beside its row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Those who see it, when they are named people.
    pub people: Option<Vec<UserId>>,
    /// Questions, actions and blockers addressed to somebody and not resolved.
    pub open_asks: i64,
    /// Others than the author who took it in, wholly or partly.
    pub viewers: i64,
    /// Where the viewer stopped, in milliseconds.
    pub position_ms: i64,
    /// How much of it the viewer took in, 0 to 1.
    pub seen_ratio: f64,
    /// Whether that counts as seen.
    pub seen: bool,
}

/// People by id; who does not exist is left out.
pub async fn people(conn: &impl Conn, ids: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = users::Entity::find()
        .filter(users::Column::Id.is_in(several(ids.iter().map(|id| id.0))))
        .all(conn.raw())
        .await?;
    let person = |row: users::Model| Person {
        id: row.id.into(),
        display_name: row.display_name,
        time_zone: row.time_zone,
    };
    Ok(rows.into_iter().map(|row| (UserId(row.id), person(row))).collect())
}

#[derive(FromQueryResult)]
struct Count {
    update_id: Uuid,
    count: i64,
}

/// Summaries for a page of updates, by update. A constant number of statements.
pub async fn summaries(
    conn: &impl Conn,
    viewer: UserId,
    rows: &[RowUpdate],
) -> Result<HashMap<UpdateId, Summary>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut all: HashMap<UpdateId, Summary> = rows.iter().map(|row| (row.id, Summary::default())).collect();
    if ids.is_empty() {
        return Ok(all);
    }
    let (asks, watched, mine, named) = try_join!(
        open_asks(conn, &ids),
        viewers(conn, &ids),
        own_watches(conn, viewer, &ids),
        named_people(conn, rows)
    )?;
    for found in asks {
        all.entry(found.update_id.into()).or_default().open_asks = found.count;
    }
    for found in watched {
        all.entry(found.update_id.into()).or_default().viewers = found.count;
    }
    for watch in mine {
        let summary = all.entry(watch.update_id.into()).or_default();
        summary.position_ms = watch.position_ms;
        summary.seen_ratio = watch.seen_ratio;
        summary.seen = watch.seen;
    }
    for row in rows {
        all.entry(row.id).or_default().people = named.get(&row.audience_id).cloned();
    }
    Ok(all)
}

/// How many people other than the author watched.
async fn viewers(conn: &impl Conn, ids: &[Uuid]) -> Result<Vec<Count>, StoreError> {
    Ok(watches::Entity::find()
        .select_only()
        .column(watches::Column::UpdateId)
        .column_as(watches::Column::UserId.count(), "count")
        .filter(watches::Column::UpdateId.is_in(several(ids.iter().copied())))
        .filter(Expr::cust("user_id <> (SELECT u.author_id FROM updates u WHERE u.id = watches.update_id)"))
        .group_by(watches::Column::UpdateId)
        .into_model::<Count>()
        .all(conn.raw())
        .await?)
}

async fn own_watches(
    conn: &impl Conn,
    viewer: UserId,
    ids: &[Uuid],
) -> Result<Vec<watches::Model>, StoreError> {
    Ok(watches::Entity::find()
        .filter(watches::Column::UpdateId.is_in(several(ids.iter().copied())))
        .filter(watches::Column::UserId.eq(viewer.0))
        .all(conn.raw())
        .await?)
}

async fn open_asks(conn: &impl Conn, ids: &[Uuid]) -> Result<Vec<Count>, StoreError> {
    Ok(comments::Entity::find()
        .select_only()
        .column(comments::Column::UpdateId)
        .column_as(comments::Column::Id.count(), "count")
        .filter(comments::Column::UpdateId.is_in(several(ids.iter().copied())))
        .filter(comments::Column::Kind.is_in(["question", "action", "blocker"]))
        .filter(comments::Column::AssigneeId.is_not_null())
        .filter(comments::Column::ResolvedAt.is_null())
        .filter(comments::Column::DeletedAt.is_null())
        .group_by(comments::Column::UpdateId)
        .into_model::<Count>()
        .all(conn.raw())
        .await?)
}

async fn named_people(
    conn: &impl Conn,
    rows: &[RowUpdate],
) -> Result<HashMap<AudienceId, Vec<UserId>>, StoreError> {
    let audiences = audiences::Entity::find()
        .filter(audiences::Column::Id.is_in(several(rows.iter().map(|row| row.audience_id.0))))
        .filter(audiences::Column::Kind.eq(AudienceKind::People.as_str()))
        .all(conn.raw())
        .await?;
    let mut named: HashMap<AudienceId, Vec<UserId>> =
        audiences.iter().map(|row| (row.id.into(), Vec::new())).collect();
    if named.is_empty() {
        return Ok(named);
    }
    let members = audience_members::Entity::find()
        .filter(audience_members::Column::AudienceId.is_in(several(audiences.iter().map(|row| row.id))))
        .all(conn.raw())
        .await?;
    for member in members {
        named.entry(member.audience_id.into()).or_default().push(member.user_id.into());
    }
    Ok(named)
}

/// Those in an audience of named people; `None` for a team's.
pub async fn audience_people(conn: &impl Conn, id: AudienceId) -> Result<Option<Vec<UserId>>, StoreError> {
    let found = audiences::Entity::find_by_id(id.0).one(conn.raw()).await?;
    if found.is_none_or(|row| row.kind != AudienceKind::People.as_str()) {
        return Ok(None);
    }
    let members = audience_members::Entity::find()
        .filter(audience_members::Column::AudienceId.eq(id.0))
        .all(conn.raw())
        .await?;
    Ok(Some(members.into_iter().map(|member| member.user_id.into()).collect()))
}
