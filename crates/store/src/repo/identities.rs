//! Who somebody is at an OpenID Connect provider, and sign-ins that are under way there.

use meridian_domain::ids::UserId;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::entity::{identities, sign_in_attempts};
use crate::{Conn, StoreError, Tx};

/// A sign-in that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Where to go afterwards: a path on our origin.
    pub return_to: String,
    /// The browser's zone, for a new account.
    pub time_zone: String,
    /// The hash of an invitation's token that a new account is to join by.
    pub invite_hash: Option<String>,
}

/// Keeps a sign-in that begins, under the hashes of its state and of the browser's cookie, and forgets those that
/// have ended.
pub async fn begin(
    tx: &Tx,
    state_hash: &str,
    browser_hash: &str,
    attempt: Attempt,
    lifetime_ms: i64,
) -> Result<(), StoreError> {
    let now = tx.clock().now_ms();
    sign_in_attempts::Entity::delete_many()
        .filter(sign_in_attempts::Column::ExpiresAt.lte(now))
        .exec(tx.raw())
        .await?;
    let row = sign_in_attempts::ActiveModel {
        state_hash: Set(state_hash.to_owned()),
        browser_hash: Set(browser_hash.to_owned()),
        return_to: Set(attempt.return_to),
        time_zone: Set(attempt.time_zone),
        invite_hash: Set(attempt.invite_hash),
        expires_at: Set(now.saturating_add(lifetime_ms)),
    };
    sign_in_attempts::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Takes a sign-in that this browser began, once; `None`: another browser's, taken before, or out of time.
pub async fn take(tx: &Tx, state_hash: &str, browser_hash: &str) -> Result<Option<Attempt>, StoreError> {
    let Some(row) = sign_in_attempts::Entity::find_by_id(state_hash.to_owned()).one(tx.raw()).await? else {
        return Ok(None);
    };
    let gone = sign_in_attempts::Entity::delete_many()
        .filter(sign_in_attempts::Column::StateHash.eq(state_hash))
        .filter(sign_in_attempts::Column::BrowserHash.eq(browser_hash))
        .filter(sign_in_attempts::Column::ExpiresAt.gt(tx.clock().now_ms()))
        .exec(tx.raw())
        .await?;
    let attempt =
        Attempt { return_to: row.return_to, time_zone: row.time_zone, invite_hash: row.invite_hash };
    Ok((gone.rows_affected == 1).then_some(attempt))
}

/// Whose an identity is.
pub async fn owner(conn: &impl Conn, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError> {
    let id = (issuer.to_owned(), subject.to_owned());
    let found = identities::Entity::find_by_id(id).one(conn.raw()).await?;
    Ok(found.map(|row| row.user_id.into()))
}

/// Whether an account has an identity at a provider.
pub async fn has_one(conn: &impl Conn, issuer: &str, user: UserId) -> Result<bool, StoreError> {
    let found = identities::Entity::find()
        .filter(identities::Column::UserId.eq(user.0))
        .filter(identities::Column::Issuer.eq(issuer));
    Ok(found.count(conn.raw()).await? > 0)
}

/// Gives an identity to an account, which has one at most at each provider.
pub async fn link(tx: &Tx, issuer: &str, subject: &str, user: UserId) -> Result<(), StoreError> {
    let row = identities::ActiveModel {
        issuer: Set(issuer.to_owned()),
        subject: Set(subject.to_owned()),
        user_id: Set(user.0),
        created_at: Set(tx.clock().now_ms()),
    };
    identities::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Takes an account's identities away.
pub(super) async fn forget(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    identities::Entity::delete_many().filter(identities::Column::UserId.eq(user.0)).exec(tx.raw()).await?;
    Ok(())
}
