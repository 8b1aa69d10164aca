//! Rounds in an inbox: "your window is open" and reminders are one entry a round, which is done with once one has
//! answered or is excused.

use meridian_domain::enums::NotificationKind;
use meridian_domain::ids::{RoundId, UserId};
use serde_json::Value;

use super::{New, Which, add, mark_read};
use crate::repo::events::Event;
use crate::repo::rounds;
use crate::{StoreError, Tx};

fn thread_key(round: RoundId) -> String {
    format!("round/{round}")
}

/// Tells one person that a round waits for them, unless by now it does not.
pub(super) async fn due(tx: &Tx, event: &Event) -> Result<(), StoreError> {
    let id = event.data.get("round_id").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let (Some(user), Some(id)) = (event.user_id, id) else { return Ok(()) };
    let Some(mine) = rounds::mine(tx, user, &[id]).await?.pop() else { return Ok(()) };
    if !mine.waits(tx.clock().now_ms()) {
        return Ok(());
    }
    let by: Option<UserId> = event.data.get("by").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let minutes = event.data.get("minutes_before").and_then(Value::as_i64);
    let notice = match (by, minutes) {
        (Some(_), _) => format!("by-hand/{}", event.seq),
        (None, Some(minutes)) => minutes.to_string(),
        (None, None) => "opened".to_owned(),
    };
    let new = New {
        user,
        workspace: event.workspace_id,
        kind: NotificationKind::Round,
        thread_key: thread_key(id),
        dedupe_key: format!("round/{id}/{notice}"),
        actor: by,
        update: None,
        comment: None,
        round: Some(id),
    };
    add(tx, &new).await
}

/// A round no longer waits for somebody: its entry is read.
pub(crate) async fn answered(tx: &Tx, user: UserId, round: RoundId) -> Result<(), StoreError> {
    mark_read(tx, user, &Which::Thread(thread_key(round))).await.map(|_| ())
}
