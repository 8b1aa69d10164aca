//! Feeds: capability addresses for programs that cannot sign in. Only hashes of their tokens are kept; what a feed shows
//! is asked for with its owner's rights of the moment.

use jiff::Timestamp;
use meridian_domain::enums::FeedKind;
use meridian_domain::ids::{FeedId, TeamId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::access;
use crate::entity::feeds::{self, Column};
use crate::{Conn, StoreError, Tx, json};

/// A feed without its token.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its id.
    pub id: FeedId,
    /// Whose.
    pub user_id: UserId,
    /// What it is.
    pub kind: FeedKind,
    /// A podcast's team.
    pub team_id: Option<TeamId>,
    /// Since when.
    pub created_at: Timestamp,
}

fn from_row(row: &feeds::Model) -> Result<Feed, StoreError> {
    Ok(Feed {
        id: row.id.into(),
        user_id: row.user_id.into(),
        kind: row.kind.parse()?,
        team_id: row.team_id.map(Into::into),
        created_at: json::instant(row.created_at)?,
    })
}

/// Keeps a new feed's hash.
pub async fn create(
    tx: &Tx,
    user: UserId,
    kind: FeedKind,
    team: Option<TeamId>,
    hash: &str,
) -> Result<Feed, StoreError> {
    let row = feeds::ActiveModel {
        id: Set(FeedId::new(tx.clock()).0),
        user_id: Set(user.0),
        kind: Set(kind.as_str().to_owned()),
        team_id: Set(team.map(|id| id.0)),
        token_hash: Set(hash.to_owned()),
        created_at: Set(tx.clock().now_ms()),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    from_row(&feeds::Entity::insert(row).exec_with_returning(tx.raw()).await?)
}

/// Somebody's feeds, newest first.
pub async fn list(conn: &impl Conn, user: UserId) -> Result<Vec<Feed>, StoreError> {
    let rows = feeds::Entity::find()
        .filter(Column::UserId.eq(user.0))
        .filter(Column::RevokedAt.is_null())
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(conn.raw())
        .await?;
    rows.iter().map(from_row).collect()
}

/// Ends a feed; `false` when it is not the user's, or ended already.
pub async fn revoke(tx: &Tx, user: UserId, id: FeedId) -> Result<bool, StoreError> {
    let changed = feeds::Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(tx.clock().now_ms()))
        .filter(Column::Id.eq(id.0))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::RevokedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// The feed with a token's hash, while it is not revoked and its owner's account is open.
pub async fn by_hash(conn: &impl Conn, hash: &str, kind: FeedKind) -> Result<Option<Feed>, StoreError> {
    let found = feeds::Entity::find()
        .filter(Column::TokenHash.eq(hash))
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::RevokedAt.is_null())
        .one(conn.raw())
        .await?;
    let Some(feed) = found.as_ref().map(from_row).transpose()? else { return Ok(None) };
    Ok(access::user_is_active(conn, feed.user_id).await?.then_some(feed))
}
