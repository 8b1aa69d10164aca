//! Being urgent, which one may not be often.

use meridian_domain::ids::{CommentId, UpdateId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::urgent_uses;
use crate::repo::jobs::execute;
use crate::{Conn, StoreError, Tx};

/// How many urgent things one person may send in 24 hours; what is beyond is told as usual.
const URGENT_A_DAY: i64 = 5;
const DAY_MS: i64 = 86_400_000;

/// The name of a comment among what was urgent.
pub fn about_comment(id: CommentId) -> String {
    format!("comment/{id}")
}

/// The name of an update among what was urgent.
pub fn about_update(id: UpdateId) -> String {
    format!("update/{id}")
}

/// Whether somebody may still be urgent today; what was allowed once stays allowed.
pub async fn may_be_urgent(tx: &Tx, sender: UserId, about: &str) -> Result<bool, StoreError> {
    let now = tx.clock().now_ms();
    let sql = "INSERT INTO urgent_uses (sender_id, about, at) SELECT ?, ?, ? \
        WHERE (SELECT COUNT(*) FROM urgent_uses u WHERE u.sender_id = ? AND u.at > ?) < ? \
        AND NOT EXISTS (SELECT 1 FROM urgent_uses u WHERE u.sender_id = ? AND u.about = ?)";
    let (id, since) = (sender.0, now.saturating_sub(DAY_MS));
    let values = [
        id.into(),
        about.into(),
        now.into(),
        id.into(),
        since.into(),
        URGENT_A_DAY.into(),
        id.into(),
        about.into(),
    ];
    if execute(tx, sql, values).await? == 1 {
        return Ok(true);
    }
    let known = urgent_uses::Entity::find_by_id((sender.0, about.to_owned()));
    Ok(known.one(tx.raw()).await?.is_some())
}

/// How long until somebody who may not be urgent now may be again, in milliseconds.
pub async fn urgent_wait_ms(conn: &impl Conn, sender: UserId, now_ms: i64) -> Result<i64, StoreError> {
    use urgent_uses::Column;
    let since = now_ms.saturating_sub(DAY_MS);
    let oldest = urgent_uses::Entity::find()
        .filter(Column::SenderId.eq(sender.0))
        .filter(Column::At.gt(since))
        .order_by_asc(Column::At)
        .one(conn.raw())
        .await?;
    Ok(oldest.map_or(0, |row| row.at.saturating_sub(since)).max(0))
}
