//! What a delivery says, read when it is sent: nothing goes out that was deleted or made private since.

use jiff::Timestamp;
use meridian_domain::enums::{EventKind, WebhookFormat};
use meridian_domain::ids::UpdateId;
use meridian_domain::webhook::{Story, chat_body};
use meridian_store::StoreError;
use meridian_store::repo::events::{self, Event};
use meridian_store::repo::teams;
use meridian_store::repo::updates;
use meridian_store::repo::webhooks::{self, Delivery, Webhook};
use serde_json::{Value, json};

use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// The body; `None`: there is nothing to say any more.
pub(super) async fn body(
    state: &AppState,
    delivery: &Delivery,
    hook: &Webhook,
) -> Result<Option<Vec<u8>>, StoreError> {
    let conn = state.store.reader();
    let Some(event) = events::find(conn, delivery.event_seq).await? else { return Ok(None) };
    let Some(audience) = event.audience_id else { return Ok(None) };
    if !webhooks::still_open(conn, audience).await? {
        return Ok(None);
    }
    let Some(data) = events::told_now(conn, &event).await? else { return Ok(None) };
    let told = match hook.format {
        WebhookFormat::Standard => Some(standard(&event, data)),
        format => chat_body(format, &story(state, &event, &data).await?),
    };
    Ok(told.map(|told| told.to_string().into_bytes()))
}

fn standard(event: &Event, mut data: Value) -> Value {
    if let Value::Object(all) = &mut data {
        all.insert("workspace_id".to_owned(), json!(event.workspace_id));
        if let Some(update) = event.update_id {
            all.insert("update_id".to_owned(), json!(update));
        }
    }
    json!({"type": event.kind, "timestamp": event.at, "data": data})
}

/// The body of a test.
pub(super) fn test_body(state: &AppState, hook: &Webhook, now: Timestamp) -> ApiResult<Vec<u8>> {
    let told = if hook.format == WebhookFormat::Standard {
        json!({"type": "webhook.test", "timestamp": now, "data": {"webhook_id": hook.id}})
    } else {
        let story = Story {
            lead: "Test".to_owned(),
            title: "This webhook works".to_owned(),
            url: state.settings.public_url.clone(),
            place: "Meridian".to_owned(),
            text: String::new(),
        };
        chat_body(hook.format, &story).unwrap_or_default()
    };
    serde_json::to_vec(&told).map_err(ApiError::internal)
}

async fn story(state: &AppState, event: &Event, data: &Value) -> Result<Story, StoreError> {
    let conn = state.store.reader();
    let text = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let update = match event.update_id {
        Some(id) => updates::find_any(conn, id).await?,
        None => None,
    };
    let place = match &update {
        Some(row) => teams::name(conn, row.team_id).await?.unwrap_or_default(),
        None => String::new(),
    };
    let comment = matches!(event.kind, EventKind::CommentCreated | EventKind::CommentUpdated);
    let title = update.as_ref().map(|row| row.title.clone()).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| {
        let name = text("/name");
        if name.is_empty() { "Untitled".to_owned() } else { name }
    });
    Ok(Story {
        lead: lead(event.kind, &text("/author/display_name"), &text("/kind")),
        title,
        url: link(state, event.update_id, comment.then(|| text("/id"))),
        place,
        text: if comment || event.kind == EventKind::UpdatePublished { text("/body") } else { String::new() },
    })
}

fn link(state: &AppState, update: Option<UpdateId>, comment: Option<String>) -> String {
    let base = &state.settings.public_url;
    match (update, comment) {
        (Some(update), Some(comment)) => format!("{base}/u/{update}#comment-{comment}"),
        (Some(update), None) => format!("{base}/u/{update}"),
        (None, _) => base.clone(),
    }
}

fn lead(kind: EventKind, who: &str, what: &str) -> String {
    match (kind, what) {
        (EventKind::UpdatePublished, _) => format!("{who} published"),
        (EventKind::UpdateDeleted, _) => "Deleted".to_owned(),
        (EventKind::UpdateReady, _) => format!("Ready to watch, by {who}"),
        (EventKind::CommentCreated, "question") => format!("{who} asks about"),
        (EventKind::CommentCreated, "decision") => format!("{who} noted a decision on"),
        (EventKind::CommentCreated, "action") => format!("{who} noted an action on"),
        (EventKind::CommentCreated, "blocker") => format!("{who} is blocked on"),
        (EventKind::CommentCreated, _) => format!("{who} commented on"),
        (kind, _) => kind.as_str().replace(['.', '_'], " "),
    }
}
