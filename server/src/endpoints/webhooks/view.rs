//! Webhooks and deliveries as they are shown.

use jiff::Timestamp;
use meridian_domain::enums::{EventKind, SendState, WebhookFormat};
use meridian_domain::ids::{DeliveryId, WebhookId, WorkspaceId};
use meridian_store::repo::webhooks::{Attempt, Delivery, Webhook};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ApiError, ApiResult};

/// What a webhook's body looks like.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookFormat)]
pub enum FormatWord {
    /// JSON with the signature of Standard Webhooks.
    Standard,
    /// A Slack incoming webhook.
    Slack,
    /// A Microsoft Teams workflow.
    Teams,
    /// A Discord webhook.
    Discord,
    /// A Mattermost incoming webhook.
    Mattermost,
}

/// How far a delivery is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SendState)]
pub enum StateWord {
    /// Waits for its next attempt.
    Queued,
    /// Being sent.
    Sending,
    /// The other side has it.
    Sent,
    /// There was nothing to say any more.
    Skipped,
    /// Given up.
    Dead,
}

/// An outgoing webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: WebhookId,
    /// In which workspace.
    #[schema(value_type = Uuid)]
    pub workspace_id: WorkspaceId,
    /// Where it goes.
    pub url: String,
    /// What its body looks like.
    #[schema(value_type = FormatWord)]
    pub format: WebhookFormat,
    /// What it is told of, such as `update.published`.
    #[schema(value_type = Vec<String>)]
    pub events: Vec<EventKind>,
    /// What it is for.
    pub description: String,
    /// Whether it is told anything.
    pub enabled: bool,
    /// Why the server turned it off.
    pub disabled_reason: Option<String>,
    /// Since when every delivery fails.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Format `standard`: the secret of the signatures, shown when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

pub(super) fn show(hook: Webhook, secret: Option<String>) -> WebhookView {
    WebhookView {
        id: hook.id,
        workspace_id: hook.workspace_id,
        url: hook.url,
        format: hook.format,
        events: hook.events,
        description: hook.description,
        enabled: hook.enabled,
        disabled_reason: hook.disabled_reason,
        failing_since: hook.failing_since,
        created_at: hook.created_at,
        secret,
    }
}

/// How one attempt ended.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryAttempt)]
pub struct AttemptView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What the other side answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// How long it took.
    pub took_ms: i64,
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self { at: attempt.at, status: attempt.status, error: attempt.error, took_ms: attempt.took_ms }
    }
}

/// One event on its way to one webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: DeliveryId,
    /// To which webhook.
    #[schema(value_type = Uuid)]
    pub webhook_id: WebhookId,
    /// What happened.
    #[schema(value_type = String)]
    pub event: EventKind,
    /// How far it is.
    #[schema(value_type = StateWord)]
    pub state: SendState,
    /// What was tried, oldest first.
    pub attempts: Vec<AttemptView>,
    /// While it is queued: when it is tried next.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Since when it is settled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}

pub(super) fn show_delivery(delivery: Delivery) -> ApiResult<DeliveryView> {
    let instant = |ms: i64| Timestamp::from_millisecond(ms).map_err(ApiError::internal);
    let waits = delivery.state == SendState::Queued;
    Ok(DeliveryView {
        id: delivery.id,
        webhook_id: delivery.webhook_id,
        event: delivery.event_kind,
        state: delivery.state,
        next_at: waits.then(|| instant(delivery.run_at)).transpose()?,
        created_at: instant(delivery.created_at)?,
        finished_at: delivery.finished_at.map(instant).transpose()?,
        attempts: delivery.attempts.into_iter().map(AttemptView::from).collect(),
    })
}
