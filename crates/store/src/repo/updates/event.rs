//! The events of updates. Their data is the update's JSON without what differs from viewer to viewer (media
//! addresses, `my_watch`, counts): a client that needs those reads the update again.

use jiff::Timestamp;
use meridian_domain::enums::EventKind;
use meridian_domain::ids::UpdateId;
use serde_json::{Value, json};

use super::{RowUpdate, find_any, people};
use crate::{Conn, NewEvent, StoreError, Tx};

fn instant(ms: Option<i64>) -> Option<Timestamp> {
    ms.and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

/// The update's JSON as every viewer may see it.
pub async fn public_json(conn: &impl Conn, row: &RowUpdate) -> Result<Value, StoreError> {
    let names = people(conn, &[row.author_id]).await?;
    let author = names.get(&row.author_id);
    let failure = row
        .failure_code
        .as_ref()
        .map(|code| json!({"code": code, "detail": row.failure_detail.as_deref().unwrap_or_default()}));
    Ok(json!({
        "id": row.id,
        "workspace_id": row.workspace_id,
        "team_id": row.team_id,
        "author": author.map(|a| json!({"id": a.id, "display_name": a.display_name, "time_zone": a.time_zone})),
        "title": row.title,
        "kind": row.kind,
        "body": row.body,
        "links": row.links,
        "status": row.status,
        "live": row.live,
        "publish": {"state": row.publish_state, "at": instant(row.published_at.or(row.publish_at))},
        "priority": row.priority,
        "round_id": row.round_id,
        "reply_to_id": row.reply_to_id,
        "recorded_at": instant(row.recorded_at),
        "published_at": instant(row.published_at),
        "created_at": instant(Some(row.created_at)),
        "language": row.language,
        "duration_ms": row.visible_ms(),
        "trim": row.trim,
        "progress": {"phase": row.phase, "percent": row.percent},
        "failure": failure,
        "warnings": row.warnings,
        "chapters": row.chapters,
        "transcript": {
            "status": row.transcript_status,
            "language": row.transcript_language,
            "word_count": row.word_count,
        },
    }))
}

/// Notes an event about a row as it is now. Drafts and scheduled updates are told to their author only.
pub async fn emit_row(tx: &Tx, kind: EventKind, row: &RowUpdate) -> Result<(), StoreError> {
    let data = match kind {
        EventKind::UpdateDeleted => json!({"id": row.id, "team_id": row.team_id}),
        EventKind::UpdateProgress => json!({
            "id": row.id,
            "status": row.status,
            "live": row.live,
            "progress": {"phase": row.phase, "percent": row.percent},
        }),
        _ => public_json(tx, row).await?,
    };
    tx.event(NewEvent {
        kind,
        workspace_id: row.workspace_id,
        audience_id: row.is_published().then_some(row.audience_id),
        user_id: (!row.is_published()).then_some(row.author_id),
        update_id: Some(row.id),
        data,
    });
    Ok(())
}

/// Reads the update in the transaction and notes an event about it; nothing for one that is gone.
pub async fn emit(tx: &Tx, kind: EventKind, id: UpdateId) -> Result<(), StoreError> {
    match find_any(tx, id).await? {
        Some(row) if row.deleted_at.is_none() => emit_row(tx, kind, &row).await,
        _ => Ok(()),
    }
}
