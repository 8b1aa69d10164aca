//! Events become deliveries. What goes out is conservative: an event goes to the webhooks of its workspace only when its
//! audience is an open team, which every member of the workspace sees. Private teams, direct updates, private check-ins,
//! drafts and what is for one person never go out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use meridian_domain::enums::{EventKind, SendState};
use meridian_domain::ids::{AudienceId, DeliveryId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use super::Webhook;
use crate::entity::webhook_deliveries::{self, Column};
use crate::repo::consumers::Consumer;
use crate::repo::events::Event;
use crate::{Conn, Store, StoreError, Tx};

/// The events that a webhook may be told of.
pub fn kinds() -> Vec<EventKind> {
    let told = |kind: &EventKind| !kind.own_stream_only() && *kind != EventKind::NotificationCreated;
    EventKind::ALL.iter().copied().filter(told).collect()
}

/// Whether an audience is an open team that still is there.
pub async fn still_open(conn: &impl Conn, audience: AudienceId) -> Result<bool, StoreError> {
    let raw = conn.raw();
    let statement = Statement::from_sql_and_values(
        raw.get_database_backend(),
        "SELECT 1 FROM audiences a JOIN teams t ON t.id = a.team_id AND t.deleted_at IS NULL \
         AND t.visibility = 'open' WHERE a.id = ? AND a.kind = 'team'",
        [audience.0.into()],
    );
    Ok(raw.query_one_raw(statement).await?.is_some())
}

/// Works on what has happened; answers how many deliveries were made. Any number of servers may call it.
pub async fn consume(store: &Store, consumer: &mut Consumer) -> Result<usize, StoreError> {
    let mut count = 0;
    while let Some(batch) = consumer.next(store).await? {
        let mut hooks: HashMap<WorkspaceId, Vec<Webhook>> = HashMap::new();
        for event in &batch.events {
            let here = match hooks.entry(event.workspace_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(super::list(&batch.tx, event.workspace_id).await?),
            };
            count += one(&batch.tx, event, here).await?;
        }
        batch.tx.commit().await?;
    }
    Ok(count)
}

async fn one(tx: &Tx, event: &Event, hooks: &[Webhook]) -> Result<usize, StoreError> {
    let (Some(audience), None) = (event.audience_id, event.user_id) else { return Ok(0) };
    let wants =
        |hook: &&Webhook| hook.enabled && hook.events.contains(&event.kind) && hook.created_at <= event.at;
    let hooks: Vec<&Webhook> = hooks.iter().filter(wants).collect();
    if hooks.is_empty() || !still_open(tx, audience).await? {
        return Ok(0);
    }
    for hook in &hooks {
        insert(tx, hook, event, format!("{}/{}", hook.id, event.seq)).await?;
    }
    Ok(hooks.len())
}

pub(super) async fn insert(
    tx: &Tx,
    hook: &Webhook,
    event: &Event,
    dedupe_key: String,
) -> Result<DeliveryId, StoreError> {
    let (id, now) = (DeliveryId::new(tx.clock()), tx.clock().now_ms());
    let row = webhook_deliveries::ActiveModel {
        id: Set(id.0),
        webhook_id: Set(hook.id.0),
        dedupe_key: Set(dedupe_key),
        event_seq: Set(event.seq),
        event_kind: Set(event.kind.as_str().to_owned()),
        state: Set(SendState::Queued.as_str().to_owned()),
        attempt: Set(0),
        run_at: Set(now),
        lease_until: Set(None),
        attempts: Set("[]".to_owned()),
        created_at: Set(now),
        finished_at: Set(None),
    };
    let once = OnConflict::column(Column::DedupeKey).do_nothing().to_owned();
    webhook_deliveries::Entity::insert(row).on_conflict(once).exec_without_returning(tx.raw()).await?;
    Ok(id)
}
