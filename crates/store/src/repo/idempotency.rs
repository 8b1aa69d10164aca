//! Kept answers of requests with an `Idempotency-Key`.

use meridian_domain::ids::UserId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entity::idempotency_keys as keys;
use crate::{Conn as _, StoreError, Tx, json};

/// An answer that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What there is under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Nothing: this request is the first, and the key is now taken.
    First,
    /// The first request has not ended.
    Running,
    /// The key belongs to a request with another body.
    OtherBody,
    /// The first request's answer.
    Done(Kept),
    /// The first request was answered, and what its answer told of is deleted.
    Forgotten,
}

fn which(user: UserId, route: &str, key: &str) -> SimpleExpr {
    keys::Column::UserId.eq(user.0).and(keys::Column::Route.eq(route)).and(keys::Column::IdemKey.eq(key))
}

/// Takes a key or says what is there. Keys older than `lifetime_ms` are forgotten first.
pub async fn begin(
    tx: &Tx,
    user: UserId,
    route: &str,
    key: &str,
    body_hash: &str,
    lifetime_ms: i64,
) -> Result<Begin, StoreError> {
    let now = tx.clock().now_ms();
    keys::Entity::delete_many()
        .filter(keys::Column::CreatedAt.lt(now.saturating_sub(lifetime_ms)))
        .exec(tx.raw())
        .await?;
    if let Some(row) = keys::Entity::find().filter(which(user, route, key)).one(tx.raw()).await? {
        if row.body_hash != body_hash {
            return Ok(Begin::OtherBody);
        }
        let Some(status) = row.status else { return Ok(Begin::Running) };
        let Some(body) = row.body else { return Ok(Begin::Forgotten) };
        return Ok(Begin::Done(Kept {
            status: u16::try_from(status).unwrap_or(200),
            headers: json::read("idempotency_keys.headers", row.headers.as_deref().unwrap_or("[]"))?,
            body,
        }));
    }
    let row = keys::ActiveModel {
        user_id: Set(user.0),
        route: Set(route.to_owned()),
        idem_key: Set(key.to_owned()),
        body_hash: Set(body_hash.to_owned()),
        status: Set(None),
        headers: Set(None),
        body: Set(None),
        created_at: Set(now),
    };
    keys::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(Begin::First)
}

/// Keeps the answer of the first request.
pub async fn finish(tx: &Tx, user: UserId, route: &str, key: &str, kept: &Kept) -> Result<(), StoreError> {
    keys::Entity::update_many()
        .col_expr(keys::Column::Status, Expr::value(i64::from(kept.status)))
        .col_expr(keys::Column::Headers, Expr::value(json::write("idempotency_keys.headers", &kept.headers)?))
        .col_expr(keys::Column::Body, Expr::value(kept.body.clone()))
        .filter(which(user, route, key))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Drops the kept answers that tell of what is deleted now: those at its address and those that name it. The keys stay
/// taken, so that a repeated request does not make it again.
pub(crate) async fn forget(tx: &Tx, id: Uuid) -> Result<(), StoreError> {
    let id = id.to_string();
    keys::Entity::update_many()
        .col_expr(keys::Column::Body, Expr::value(Option::<String>::None))
        .col_expr(keys::Column::Headers, Expr::value(Option::<String>::None))
        .filter(keys::Column::Route.contains(&id).or(keys::Column::Body.contains(&id)))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Gives a key back whose request failed on our side.
pub async fn release(tx: &Tx, user: UserId, route: &str, key: &str) -> Result<(), StoreError> {
    keys::Entity::delete_many().filter(which(user, route, key)).exec(tx.raw()).await?;
    Ok(())
}
