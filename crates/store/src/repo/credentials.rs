//! API tokens and password-reset links. Only hashes are kept.

use jiff::Timestamp;
use meridian_domain::enums::Scope;
use meridian_domain::ids::{ApiTokenId, UserId, new_uuid};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::{api_tokens, password_resets};
use crate::{Conn, StoreError, Tx, json};

/// An API token without its secret.
#[derive(Clone, Debug)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it ends; `None`: when it is revoked.
    pub expires_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
}

/// Keeps a new API token's hash.
pub async fn create_api_token(
    tx: &Tx,
    user: UserId,
    name: &str,
    scopes: &[Scope],
    hash: &str,
    expires_at: Option<Timestamp>,
) -> Result<ApiToken, StoreError> {
    let row = api_tokens::ActiveModel {
        id: Set(ApiTokenId::new(tx.clock()).0),
        user_id: Set(user.0),
        name: Set(name.to_owned()),
        token_hash: Set(hash.to_owned()),
        scopes: Set(json::write("api_tokens.scopes", scopes)?),
        expires_at: Set(expires_at.map(Timestamp::as_millisecond)),
        created_at: Set(tx.clock().now_ms()),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    token_from_row(api_tokens::Entity::insert(row).exec_with_returning(tx.raw()).await?)
}

/// A user's API tokens, newest first.
pub async fn list_api_tokens(conn: &impl Conn, user: UserId) -> Result<Vec<ApiToken>, StoreError> {
    let rows = api_tokens::Entity::find()
        .filter(api_tokens::Column::UserId.eq(user.0))
        .filter(api_tokens::Column::RevokedAt.is_null())
        .order_by_desc(api_tokens::Column::CreatedAt)
        .all(conn.raw())
        .await?;
    rows.into_iter().map(token_from_row).collect()
}

/// Ends an API token; false where it is not this user's or has ended.
pub async fn revoke_api_token(tx: &Tx, user: UserId, id: ApiTokenId) -> Result<bool, StoreError> {
    let done = api_tokens::Entity::update_many()
        .col_expr(api_tokens::Column::RevokedAt, Expr::value(tx.clock().now_ms()))
        .filter(api_tokens::Column::Id.eq(id.0))
        .filter(api_tokens::Column::UserId.eq(user.0))
        .filter(api_tokens::Column::RevokedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Keeps a reset link's hash for `lifetime_ms`.
pub async fn create_reset(tx: &Tx, user: UserId, hash: &str, lifetime_ms: i64) -> Result<(), StoreError> {
    let now = tx.clock().now_ms();
    let row = password_resets::ActiveModel {
        id: Set(new_uuid(tx.clock())),
        user_id: Set(user.0),
        token_hash: Set(hash.to_owned()),
        expires_at: Set(now.saturating_add(lifetime_ms)),
        used_at: Set(None),
        created_at: Set(now),
    };
    password_resets::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Uses a reset link up; whose it was, if it was valid.
pub async fn use_reset(tx: &Tx, hash: &str) -> Result<Option<UserId>, StoreError> {
    let now = tx.clock().now_ms();
    let done = password_resets::Entity::update_many()
        .col_expr(password_resets::Column::UsedAt, Expr::value(now))
        .filter(password_resets::Column::TokenHash.eq(hash))
        .filter(password_resets::Column::UsedAt.is_null())
        .filter(password_resets::Column::ExpiresAt.gt(now))
        .exec(tx.raw())
        .await?;
    if done.rows_affected != 1 {
        return Ok(None);
    }
    let row = password_resets::Entity::find()
        .filter(password_resets::Column::TokenHash.eq(hash))
        .one(tx.raw())
        .await?;
    Ok(row.map(|row| row.user_id.into()))
}

fn token_from_row(row: api_tokens::Model) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: row.id.into(),
        name: row.name,
        scopes: json::read("api_tokens.scopes", &row.scopes)?,
        expires_at: json::instant_opt(row.expires_at)?,
        created_at: json::instant(row.created_at)?,
    })
}
