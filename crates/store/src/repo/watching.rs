//! Who took in how much of an update.

use meridian_domain::enums::SeenBy;
use meridian_domain::ids::{UpdateId, UserId};
use meridian_domain::ranges::Range;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::watches::{self, Column};
use crate::{Conn, StoreError, Tx, json};

/// How much of an update somebody took in.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// Who.
    pub user_id: UserId,
    /// Where they stopped, in milliseconds on the source's time line.
    pub position_ms: i64,
    /// What they took in: united ranges in milliseconds.
    pub seen_ranges: Vec<Range>,
    /// What they played: united, a part of what they took in.
    pub played_ranges: Vec<Range>,
    /// What they played more than once: united.
    pub replayed_ranges: Vec<Range>,
    /// Of the time that is not silence, 0 to 1.
    pub seen_ratio: f64,
    /// Whether that counts as seen.
    pub seen: bool,
    /// How, the last time.
    pub by: SeenBy,
    /// When, the last time, in milliseconds since 1970.
    pub last_at: i64,
}

impl Watch {
    /// Of somebody who has taken in nothing yet.
    pub fn nothing(user_id: UserId) -> Self {
        Self {
            user_id,
            position_ms: 0,
            seen_ranges: Vec::new(),
            played_ranges: Vec::new(),
            replayed_ranges: Vec::new(),
            seen_ratio: 0.0,
            seen: false,
            by: SeenBy::Watching,
            last_at: 0,
        }
    }
}

fn from_row(row: &watches::Model) -> Result<Watch, StoreError> {
    Ok(Watch {
        user_id: row.user_id.into(),
        position_ms: row.position_ms,
        seen_ranges: json::read("watches.seen_ranges", &row.seen_ranges)?,
        played_ranges: json::read("watches.played_ranges", &row.played_ranges)?,
        replayed_ranges: json::read("watches.replayed_ranges", &row.replayed_ranges)?,
        seen_ratio: row.seen_ratio,
        seen: row.seen,
        by: row.by_means.parse()?,
        last_at: row.last_at,
    })
}

/// How much somebody took in.
pub async fn find(conn: &impl Conn, update: UpdateId, user: UserId) -> Result<Option<Watch>, StoreError> {
    watches::Entity::find_by_id((update.0, user.0)).one(conn.raw()).await?.as_ref().map(from_row).transpose()
}

/// Keeps how much somebody took in.
pub async fn put(tx: &Tx, update: UpdateId, watch: &Watch) -> Result<(), StoreError> {
    let row = watches::ActiveModel {
        update_id: Set(update.0),
        user_id: Set(watch.user_id.0),
        position_ms: Set(watch.position_ms),
        seen_ranges: Set(json::write("watches.seen_ranges", &watch.seen_ranges)?),
        played_ranges: Set(json::write("watches.played_ranges", &watch.played_ranges)?),
        replayed_ranges: Set(json::write("watches.replayed_ranges", &watch.replayed_ranges)?),
        seen_ratio: Set(watch.seen_ratio),
        seen: Set(watch.seen),
        by_means: Set(watch.by.as_str().to_owned()),
        last_at: Set(watch.last_at),
    };
    let conflict = OnConflict::columns([Column::UpdateId, Column::UserId])
        .update_columns([
            Column::PositionMs,
            Column::SeenRanges,
            Column::PlayedRanges,
            Column::ReplayedRanges,
            Column::SeenRatio,
            Column::Seen,
            Column::ByMeans,
            Column::LastAt,
        ])
        .to_owned();
    watches::Entity::insert(row).on_conflict(conflict).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Those who took an update in, but its author; by user id, after `after`.
pub async fn viewers(
    conn: &impl Conn,
    update: UpdateId,
    author: UserId,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Watch>, StoreError> {
    let mut select = watches::Entity::find()
        .filter(Column::UpdateId.eq(update.0))
        .filter(Column::UserId.ne(author.0))
        .order_by_asc(Column::UserId)
        .limit(limit);
    if let Some(after) = after {
        select = select.filter(Column::UserId.gt(after));
    }
    select.all(conn.raw()).await?.iter().map(from_row).collect()
}

/// How many but the author took an update in, and how many of them so that it counts as seen.
pub async fn viewer_counts(
    conn: &impl Conn,
    update: UpdateId,
    author: UserId,
) -> Result<(i64, i64), StoreError> {
    let others = || {
        let which = Column::UpdateId.eq(update.0).and(Column::UserId.ne(author.0));
        watches::Entity::find().filter(which)
    };
    let all = others().count(conn.raw()).await?;
    let seen = others().filter(Column::Seen.eq(true)).count(conn.raw()).await?;
    Ok((i64::try_from(all).unwrap_or(i64::MAX), i64::try_from(seen).unwrap_or(i64::MAX)))
}
