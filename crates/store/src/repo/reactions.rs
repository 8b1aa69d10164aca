//! Reactions: an emoji, on the whole update or at a moment.

use meridian_domain::ids::{UpdateId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::entity::reactions::{self, Column};
use crate::{Conn, StoreError, Tx};

/// `at_ms` of a reaction on the whole update, as the table keeps it.
const WHOLE: i64 = -1;

/// How many people reacted in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// With what.
    pub emoji: String,
    /// When on the source's time line; `None`: on the whole.
    pub at_ms: Option<i64>,
    /// How many.
    pub count: i64,
    /// Whether the viewer is among them.
    pub mine: bool,
}

/// The reactions on an update, by moment, then in the order in which they first came.
pub async fn list(conn: &impl Conn, viewer: UserId, update: UpdateId) -> Result<Vec<Tally>, StoreError> {
    let mut rows = reactions::Entity::find().filter(Column::UpdateId.eq(update.0)).all(conn.raw()).await?;
    rows.sort_by_key(|row| (row.at_ms, row.created_at));
    let mut tallies: Vec<Tally> = Vec::new();
    for row in rows {
        let at_ms = (row.at_ms != WHOLE).then_some(row.at_ms);
        let mine = row.user_id == viewer.0;
        match tallies.iter_mut().find(|tally| tally.emoji == row.emoji && tally.at_ms == at_ms) {
            Some(tally) => {
                tally.count = tally.count.saturating_add(1);
                tally.mine |= mine;
            }
            None => tallies.push(Tally { emoji: row.emoji, at_ms, count: 1, mine }),
        }
    }
    Ok(tallies)
}

/// Adds a reaction; false when it was there already.
pub async fn add(
    tx: &Tx,
    update: UpdateId,
    user: UserId,
    emoji: &str,
    at_ms: Option<i64>,
) -> Result<bool, StoreError> {
    let row = reactions::ActiveModel {
        update_id: Set(update.0),
        user_id: Set(user.0),
        emoji: Set(emoji.to_owned()),
        at_ms: Set(at_ms.unwrap_or(WHOLE)),
        created_at: Set(tx.clock().now_ms()),
    };
    let added = reactions::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.raw())
        .await?;
    Ok(added > 0)
}

/// How many reactions somebody left on an update.
pub async fn count_of(conn: &impl Conn, update: UpdateId, user: UserId) -> Result<u64, StoreError> {
    let which = Column::UpdateId.eq(update.0).and(Column::UserId.eq(user.0));
    Ok(reactions::Entity::find().filter(which).count(conn.raw()).await?)
}

/// Takes a reaction back; false when there was none.
pub async fn remove(
    tx: &Tx,
    update: UpdateId,
    user: UserId,
    emoji: &str,
    at_ms: Option<i64>,
) -> Result<bool, StoreError> {
    let key = (update.0, user.0, emoji.to_owned(), at_ms.unwrap_or(WHOLE));
    Ok(reactions::Entity::delete_by_id(key).exec(tx.raw()).await?.rows_affected > 0)
}
