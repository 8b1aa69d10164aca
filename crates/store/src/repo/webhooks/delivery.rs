//! Deliveries: claimed under a lease, tried again, given up. What they say is read from the event when they are sent, so
//! that nothing goes out that was deleted since; the log keeps no content.

use jiff::Timestamp;
use meridian_domain::enums::{EventKind, SendState};
use meridian_domain::ids::{DeliveryId, WebhookId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Webhook, consume};
use crate::entity::webhook_deliveries::{self, Column};
use crate::entity::webhooks;
use crate::repo::events;
use crate::repo::jobs::{database_now_ms, execute};
use crate::repo::leases::{self, Ended};
use crate::{Conn, Store, StoreError, Tx, json};

/// How many deliveries to one webhook run at the same time, so that a slow one does not hold up the others.
const AT_ONCE: usize = 2;

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// What the other side answered.
    pub status: Option<u16>,
    /// Why there was no answer, in a few words; never what the other side sent.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
}

/// A delivery. Instants are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub event_seq: i64,
    pub event_kind: EventKind,
    pub state: SendState,
    pub attempt: i64,
    pub run_at: i64,
    pub attempts: Vec<Attempt>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

fn from_row(row: &webhook_deliveries::Model) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.id.into(),
        webhook_id: row.webhook_id.into(),
        event_seq: row.event_seq,
        event_kind: row.event_kind.parse()?,
        state: row.state.parse()?,
        attempt: row.attempt,
        run_at: row.run_at,
        attempts: json::read("webhook_deliveries.attempts", &row.attempts)?,
        created_at: row.created_at,
        finished_at: row.finished_at,
    })
}

/// A webhook's deliveries, newest first.
pub async fn deliveries(
    conn: &impl Conn,
    hook: WebhookId,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = webhook_deliveries::Entity::find().filter(Column::WebhookId.eq(hook.0));
    let page = leases::newest_first(rows, after, limit).all(conn.raw()).await?;
    page.iter().map(from_row).collect()
}

/// One delivery. Who may see it is for the caller to ask, by its webhook.
pub async fn find_delivery(conn: &impl Conn, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
    let found = webhook_deliveries::Entity::find_by_id(id.0).one(conn.raw()).await?;
    found.as_ref().map(from_row).transpose()
}

/// Delivers an event again, as a new delivery; `None` when the event is not kept any more.
pub async fn again(tx: &Tx, hook: &Webhook, old: &Delivery) -> Result<Option<Delivery>, StoreError> {
    let Some(event) = events::find(tx, old.event_seq).await? else { return Ok(None) };
    let key = format!("again/{}/{}", old.id, DeliveryId::new(tx.clock()));
    let id = consume::insert(tx, hook, &event, key).await?;
    find_delivery(tx, id).await
}

/// Claims deliveries that are due, or whose sender was lost, at most `limit`, with their webhooks.
pub async fn claim(store: &Store, limit: u64) -> Result<Vec<(Delivery, Webhook)>, StoreError> {
    let reader = store.reader();
    let machine_ms = database_now_ms(reader).await?;
    let due = leases::due::<webhook_deliveries::Entity>(store.clock().now_ms(), machine_ms)
        .order_by_asc(Column::RunAt)
        .order_by_asc(Column::EventSeq)
        .limit(limit.saturating_mul(4))
        .all(reader.raw())
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let tx = store.write().await?;
    let mut taken: Vec<(Delivery, Webhook)> = Vec::new();
    for row in due {
        let here = taken.iter().filter(|(known, _)| known.webhook_id.0 == row.webhook_id).count();
        if here >= AT_ONCE || u64::try_from(taken.len()).unwrap_or(u64::MAX) >= limit {
            continue;
        }
        let Some(hook) = super::find(&tx, row.webhook_id.into()).await? else { continue };
        if let Some(delivery) = take(&tx, &row, machine_ms).await? {
            taken.push((delivery, hook));
        }
    }
    tx.commit().await?;
    Ok(taken)
}

async fn take(
    tx: &Tx,
    row: &webhook_deliveries::Model,
    machine_ms: i64,
) -> Result<Option<Delivery>, StoreError> {
    if !leases::take::<webhook_deliveries::Entity>(tx, row.id, &row.state, row.attempt, machine_ms).await? {
        return Ok(None);
    }
    find_delivery(tx, row.id.into()).await
}

/// How a delivery ended this time.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The other side has it.
    Sent,
    /// There is nothing to say any more.
    Skipped,
    /// To be tried again at an instant.
    Retry(Timestamp),
    /// Given up.
    Dead,
    /// Given up, and the webhook is turned off with these words.
    TurnOff(String),
}

/// Notes how an attempt ended; `false` when somebody else has claimed the delivery since.
pub async fn settle(
    tx: &Tx,
    delivery: &Delivery,
    attempt: Option<Attempt>,
    outcome: &Outcome,
) -> Result<bool, StoreError> {
    let mut attempts = delivery.attempts.clone();
    attempts.extend(attempt);
    let ended = match outcome {
        Outcome::Sent => Ended::In(SendState::Sent),
        Outcome::Skipped => Ended::In(SendState::Skipped),
        Outcome::Retry(at) => Ended::Again(*at),
        Outcome::Dead | Outcome::TurnOff(_) => Ended::In(SendState::Dead),
    };
    let attempts = json::write("webhook_deliveries.attempts", &attempts)?;
    let more = webhook_deliveries::Entity::update_many().col_expr(Column::Attempts, Expr::value(attempts));
    let held = leases::settle(tx, delivery.id.0, delivery.attempt, &ended, more).await?;
    if held {
        note_health(tx, delivery.webhook_id, outcome, tx.clock().now_ms()).await?;
    }
    Ok(held)
}

/// Since when a webhook fails without a success in between; and that it is turned off.
async fn note_health(tx: &Tx, hook: WebhookId, outcome: &Outcome, now: i64) -> Result<(), StoreError> {
    use webhooks::Column;
    let update = webhooks::Entity::update_many().filter(Column::Id.eq(hook.0));
    let update = match outcome {
        Outcome::Skipped => return Ok(()),
        Outcome::Sent => update
            .col_expr(Column::FailingSince, Expr::value(Option::<i64>::None))
            .filter(Column::FailingSince.is_not_null()),
        Outcome::Retry(_) | Outcome::Dead => {
            update.col_expr(Column::FailingSince, Expr::value(now)).filter(Column::FailingSince.is_null())
        }
        Outcome::TurnOff(why) => update
            .col_expr(Column::Enabled, Expr::value(false))
            .col_expr(Column::DisabledReason, Expr::value(why.as_str()))
            .col_expr(Column::Version, Expr::cust("version + 1"))
            .filter(Column::Enabled.eq(true)),
    };
    update.exec(tx.raw()).await?;
    Ok(())
}

/// Removes a webhook's log.
pub(super) async fn forget(tx: &Tx, hook: WebhookId) -> Result<(), StoreError> {
    webhook_deliveries::Entity::delete_many().filter(Column::WebhookId.eq(hook.0)).exec(tx.raw()).await?;
    Ok(())
}

/// Forgets settled deliveries from before an instant (milliseconds since 1970).
pub async fn prune(tx: &Tx, before_ms: i64) -> Result<u64, StoreError> {
    execute(tx, "DELETE FROM webhook_deliveries WHERE finished_at < ?", [before_ms.into()]).await
}
