//! Events become notifications, each once.

use meridian_domain::enums::EventKind;
use meridian_domain::ids::CommentId;
use serde_json::Value;

use super::{add, receivers, rounds};
use crate::repo::consumers::Consumer;
use crate::repo::events::Event;
use crate::repo::{comments, updates};
use crate::{Store, StoreError, Tx};

/// The events that somebody may have to be told of.
pub const KINDS: &[EventKind] = &[
    EventKind::CommentCreated,
    EventKind::CommentUpdated,
    EventKind::UpdatePublished,
    EventKind::UpdateChanged,
    EventKind::RoundDue,
];

/// Works on what has happened; answers how many events that were. Any number of servers may call it.
pub async fn consume(store: &Store, consumer: &mut Consumer) -> Result<usize, StoreError> {
    let mut count = 0;
    while let Some(batch) = consumer.next(store).await? {
        for event in &batch.events {
            match one(&batch.tx, event).await {
                Ok(()) => {}
                // Nothing that is tried again would help.
                Err(error @ (StoreError::Json { .. } | StoreError::Word(_))) => {
                    tracing::error!(seq = event.seq, %error, "an event cannot be told");
                }
                Err(error) => return Err(error),
            }
        }
        batch.tx.commit().await?;
        count += batch.events.len();
    }
    Ok(count)
}

async fn one(tx: &Tx, event: &Event) -> Result<(), StoreError> {
    if event.kind == EventKind::RoundDue {
        return rounds::due(tx, event).await;
    }
    let Some(id) = event.update_id else { return Ok(()) };
    let found = updates::find_any(tx, id).await?;
    let Some(update) = found.filter(|row| row.deleted_at.is_none() && row.is_published()) else {
        return Ok(());
    };
    let told = match event.kind {
        EventKind::CommentCreated | EventKind::CommentUpdated => {
            let Some(comment) = named_comment(&event.data) else { return Ok(()) };
            let Some(comment) = comments::find_any(tx, comment).await? else { return Ok(()) };
            receivers::of_comment(tx, &comment, &update).await?
        }
        EventKind::UpdatePublished => receivers::of_published(tx, &update).await?,
        EventKind::UpdateChanged => receivers::of_changed(tx, &update).await?,
        _ => Vec::new(),
    };
    for new in told {
        // The right of this moment: whoever left the team in between is not told.
        if updates::find_visible(tx, new.user, update.id).await?.is_some() {
            add(tx, &new).await?;
        }
    }
    Ok(())
}

fn named_comment(data: &Value) -> Option<CommentId> {
    data.get("id").and_then(Value::as_str).and_then(|text| text.parse().ok())
}
