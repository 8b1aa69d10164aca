//! Signed-in browsers: one refresh-token family each. Only the newest token of a family works; an older one that
//! is shown again ends the family (RFC 9700, 4.14).

use jiff::Timestamp;
use meridian_domain::ids::{SessionId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::sessions;
use crate::{Conn, StoreError, Tx, json};

/// How long a session lives after its last refresh, in milliseconds: 30 days.
pub const LIFETIME_MS: i64 = 30 * 24 * 3600 * 1000;

/// A signed-in browser.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Its last refresh.
    pub last_used_at: Timestamp,
}

/// How a refresh ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The token was the newest; this is whose.
    Fresh(UserId),
    /// The token was used before (the family has ended), or is unknown, or out of time.
    Refused,
}

/// Begins a session.
pub async fn create(
    tx: &Tx,
    user: UserId,
    refresh_hash: &str,
    user_agent: &str,
) -> Result<SessionId, StoreError> {
    let id = SessionId::new(tx.clock());
    insert(tx, id, user, refresh_hash, user_agent).await?;
    Ok(id)
}

async fn insert(tx: &Tx, id: SessionId, user: UserId, hash: &str, agent: &str) -> Result<(), StoreError> {
    let now = tx.clock().now_ms();
    let row = sessions::ActiveModel {
        id: Set(id.0),
        user_id: Set(user.0),
        refresh_hash: Set(hash.to_owned()),
        user_agent: Set(agent.chars().take(300).collect()),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(now.saturating_add(LIFETIME_MS)),
        revoked_at: Set(None),
    };
    sessions::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Replaces a family's token by a compare-and-set on the old one's hash.
pub async fn rotate(tx: &Tx, id: SessionId, old_hash: &str, new_hash: &str) -> Result<Rotation, StoreError> {
    let now = tx.clock().now_ms();
    let changed = sessions::Entity::update_many()
        .col_expr(sessions::Column::RefreshHash, Expr::value(new_hash))
        .col_expr(sessions::Column::LastUsedAt, Expr::value(now))
        .col_expr(sessions::Column::ExpiresAt, Expr::value(now.saturating_add(LIFETIME_MS)))
        .filter(sessions::Column::Id.eq(id.0))
        .filter(sessions::Column::RefreshHash.eq(old_hash))
        .filter(sessions::Column::RevokedAt.is_null())
        .filter(sessions::Column::ExpiresAt.gt(now))
        .exec(tx.raw())
        .await?;
    let found = sessions::Entity::find_by_id(id.0).one(tx.raw()).await?;
    if let (1, Some(row)) = (changed.rows_affected, &found) {
        return Ok(Rotation::Fresh(row.user_id.into()));
    }
    if found.is_some() {
        revoke_where(tx, sessions::Column::Id.eq(id.0)).await?;
    }
    Ok(Rotation::Refused)
}

async fn revoke_where(tx: &Tx, which: sea_orm::sea_query::SimpleExpr) -> Result<u64, StoreError> {
    let done = sessions::Entity::update_many()
        .col_expr(sessions::Column::RevokedAt, Expr::value(tx.clock().now_ms()))
        .filter(which)
        .filter(sessions::Column::RevokedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(done.rows_affected)
}

/// Ends one session of a user; false where it is not theirs or has ended.
pub async fn revoke(tx: &Tx, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    use sea_orm::sea_query::ExprTrait as _;
    let which = sessions::Column::Id.eq(id.0).and(sessions::Column::UserId.eq(user.0));
    Ok(revoke_where(tx, which).await? == 1)
}

/// A user's living sessions, newest first.
pub async fn list(conn: &impl Conn, user: UserId, now_ms: i64) -> Result<Vec<Session>, StoreError> {
    let rows = sessions::Entity::find()
        .filter(sessions::Column::UserId.eq(user.0))
        .filter(sessions::Column::RevokedAt.is_null())
        .filter(sessions::Column::ExpiresAt.gt(now_ms))
        .order_by_desc(sessions::Column::LastUsedAt)
        .all(conn.raw())
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Session {
                id: row.id.into(),
                user_agent: row.user_agent,
                created_at: json::instant(row.created_at)?,
                last_used_at: json::instant(row.last_used_at)?,
            })
        })
        .collect()
}
