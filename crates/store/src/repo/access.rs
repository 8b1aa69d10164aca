//! Credentials as the extractor needs them: is this session alive, whose API token is this.

use std::collections::HashSet;

use meridian_domain::enums::Scope;
use meridian_domain::ids::{ApiTokenId, SessionId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::entity::{api_tokens, sessions, users};
use crate::repo::several;
use crate::{Conn, StoreError, json};

/// A valid API token.
#[derive(Clone, Debug)]
pub struct ValidToken {
    /// Which.
    pub id: ApiTokenId,
    /// Whose.
    pub user: UserId,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it ends, in milliseconds since 1970.
    pub expires_at_ms: Option<i64>,
}

/// Whether a session exists, is neither revoked nor out of time, and its user is not disabled.
pub async fn session_is_active(
    conn: &impl Conn,
    session: SessionId,
    user: UserId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let Some(row) = sessions::Entity::find_by_id(session.0).one(conn.raw()).await? else {
        return Ok(false);
    };
    if row.user_id != user.0 || row.revoked_at.is_some() || row.expires_at <= now_ms {
        return Ok(false);
    }
    user_is_active(conn, user).await
}

/// Those of some sessions that are neither revoked nor out of time, with whose they are. Whether an account is open is
/// for [`super::visibility::active_members`] to say.
pub async fn active_sessions(
    conn: &impl Conn,
    ids: &[SessionId],
    now_ms: i64,
) -> Result<HashSet<(SessionId, UserId)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = sessions::Entity::find()
        .select_only()
        .columns([sessions::Column::Id, sessions::Column::UserId])
        .filter(sessions::Column::Id.is_in(several(ids.iter().map(|id| id.0))))
        .filter(sessions::Column::RevokedAt.is_null())
        .filter(sessions::Column::ExpiresAt.gt(now_ms))
        .into_tuple()
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(|(id, user)| (id.into(), user.into())).collect())
}

/// Whether a user exists and is not disabled.
pub async fn user_is_active(conn: &impl Conn, user: UserId) -> Result<bool, StoreError> {
    let found = users::Entity::find_by_id(user.0).one(conn.raw()).await?;
    Ok(found.is_some_and(|row| row.disabled_at.is_none()))
}

/// Whether an API token is this user's, and neither revoked nor out of time.
pub async fn token_is_active(
    conn: &impl Conn,
    token: ApiTokenId,
    user: UserId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let Some(row) = api_tokens::Entity::find_by_id(token.0).one(conn.raw()).await? else { return Ok(false) };
    let ended = row.revoked_at.is_some() || row.expires_at.is_some_and(|at| at <= now_ms);
    if ended || row.user_id != user.0 {
        return Ok(false);
    }
    user_is_active(conn, user).await
}

/// The API token with this hash, if it is valid now.
pub async fn api_token(conn: &impl Conn, hash: &str, now_ms: i64) -> Result<Option<ValidToken>, StoreError> {
    let found =
        api_tokens::Entity::find().filter(api_tokens::Column::TokenHash.eq(hash)).one(conn.raw()).await?;
    let Some(row) = found else { return Ok(None) };
    if row.revoked_at.is_some() || row.expires_at.is_some_and(|at| at <= now_ms) {
        return Ok(None);
    }
    let user = UserId(row.user_id);
    if !user_is_active(conn, user).await? {
        return Ok(None);
    }
    Ok(Some(ValidToken {
        id: row.id.into(),
        user,
        scopes: json::read("api_tokens.scopes", &row.scopes)?,
        expires_at_ms: row.expires_at,
    }))
}
