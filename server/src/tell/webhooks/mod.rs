//! Other programs are told what happens: events become deliveries, deliveries are sent, tried again, given up.

mod client;
mod render;
mod sign;

use std::time::Duration;

use futures::stream::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use meridian_store::StoreError;
use meridian_store::repo::consumers::Consumer;
use meridian_store::repo::webhooks::{self, Attempt, Delivery, Outcome, Webhook};

pub use client::{Answered, Client, check_url};
pub use sign::{secret, sign};

use super::Looks;
use crate::error::ApiResult;
use crate::state::AppState;

/// How often it looks.
const EVERY: Duration = Duration::from_millis(500);
/// How long it waits after the database did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(2);
/// How many deliveries run at the same time.
const AT_ONCE: u64 = 8;
/// How long to wait before each further attempt, in seconds of domain time.
const WAITS_S: [i64; 8] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000];
/// A webhook that has failed for this long without a success in between is turned off.
const FAILING_HOURS: i64 = 72;
/// How long the log of settled deliveries is kept, in milliseconds.
const LOG_KEPT_MS: i64 = 30 * 86_400_000;
/// How many rounds pass between two looks at the log's age: about an hour.
const PRUNE_ROUNDS: u32 = 7_200;

/// The consumer of this process.
pub fn consumer() -> Consumer {
    Consumer::new("webhooks", &webhooks::kinds())
}

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    let (mut consumer, client) = (consumer(), Client::new(&state.settings));
    let (mut looks, mut rounds) = (Looks::default(), 0_u32);
    loop {
        tokio::time::sleep(EVERY).await;
        let commits = state.events.commits();
        let prunes = rounds % PRUNE_ROUNDS == 0;
        rounds = rounds.wrapping_add(1);
        if !prunes && looks.is_idle(commits) {
            continue;
        }
        let done = async {
            if !looks.has_seen(commits) {
                webhooks::consume(&state.store, &mut consumer).await?;
            }
            if prunes {
                prune(&state).await?;
            }
            while send_due(&state, &client).await? > 0 {}
            Ok::<_, StoreError>(())
        };
        match done.await {
            Ok(()) => looks.done(commits),
            Err(error) => {
                tracing::warn!(%error, "webhooks could not be told");
                tokio::time::sleep(AFTER_ERROR).await;
            }
        }
    }
}

async fn prune(state: &AppState) -> Result<(), StoreError> {
    let tx = state.store.write().await?;
    webhooks::prune(&tx, state.clock().now_ms().saturating_sub(LOG_KEPT_MS)).await?;
    tx.commit().await
}

/// Makes deliveries of what has happened and sends what is due, once. For tests.
///
/// # Errors
/// The database is away.
pub async fn once(state: &AppState, client: &Client) -> Result<usize, StoreError> {
    webhooks::consume(&state.store, &mut consumer()).await?;
    send_due(state, client).await
}

/// Sends what is due now, some at the same time; answers how many.
///
/// # Errors
/// The database is away.
pub async fn send_due(state: &AppState, client: &Client) -> Result<usize, StoreError> {
    let claimed = webhooks::claim(&state.store, AT_ONCE).await?;
    let count = claimed.len();
    let sending = claimed.into_iter().map(|(delivery, hook)| deliver(state, client, delivery, hook));
    let mut all = futures::stream::iter(sending).buffer_unordered(count.max(1));
    while let Some(done) = all.next().await {
        done?;
    }
    Ok(count)
}

async fn deliver(
    state: &AppState,
    client: &Client,
    delivery: Delivery,
    hook: Webhook,
) -> Result<(), StoreError> {
    let now = state.clock().now();
    let (attempt, outcome) = match render::body(state, &delivery, &hook).await? {
        _ if !hook.enabled => (None, Outcome::Skipped),
        None => (None, Outcome::Skipped),
        Some(body) => {
            let id = format!("{}.{}", hook.id, delivery.event_seq);
            let answered = client.post(state, &hook, &id, now, body).await;
            let outcome = judge(&answered, &delivery, &hook, now);
            (Some(answered.attempt(now)), outcome)
        }
    };
    let tx = state.store.write().await?;
    webhooks::settle(&tx, &delivery, attempt, &outcome).await?;
    tx.commit().await
}

/// What follows from an answer: 2xx is done, 410 turns the webhook off, everything else is tried again until it is given
/// up; three days without a success turn the webhook off.
fn judge(answered: &Answered, delivery: &Delivery, hook: &Webhook, now: Timestamp) -> Outcome {
    if answered.is_success() {
        return Outcome::Sent;
    }
    if answered.status == Some(410) {
        return Outcome::TurnOff("The other side says that it is gone (410).".to_owned());
    }
    let long = SignedDuration::from_hours(FAILING_HOURS);
    if hook.failing_since.is_some_and(|since| now.duration_since(since) >= long) {
        return Outcome::TurnOff("Every delivery has failed for three days.".to_owned());
    }
    let tries = usize::try_from(delivery.attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = WAITS_S.get(tries).copied().map(SignedDuration::from_secs);
    match wait.and_then(|wait| now.checked_add(wait).ok()) {
        Some(at) => Outcome::Retry(at),
        None => Outcome::Dead,
    }
}

/// Sends a test at once, beside the queue.
///
/// # Errors
/// The body cannot be made.
pub async fn test(state: &AppState, client: &Client, hook: &Webhook) -> ApiResult<Answered> {
    let now = state.clock().now();
    let id = format!("test.{}", uuid::Uuid::new_v4());
    let body = render::test_body(state, hook, now)?;
    Ok(client.post(state, hook, &id, now, body).await)
}

impl Answered {
    fn attempt(&self, at: Timestamp) -> Attempt {
        Attempt { at, status: self.status, error: self.error.map(str::to_owned), took_ms: self.took_ms }
    }
}

#[cfg(test)]
mod tests {
    use meridian_domain::enums::{EventKind, SendState, WebhookFormat};

    use super::*;

    fn judged(status: Option<u16>, attempt: i64, failing_since: Option<&str>) -> Outcome {
        let now: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let id = uuid::Uuid::nil();
        let delivery = Delivery {
            id: id.into(),
            webhook_id: id.into(),
            event_seq: 1,
            event_kind: EventKind::UpdatePublished,
            state: SendState::Sending,
            attempt,
            run_at: 0,
            attempts: Vec::new(),
            created_at: 0,
            finished_at: None,
        };
        let hook = Webhook {
            id: id.into(),
            workspace_id: id.into(),
            url: String::new(),
            format: WebhookFormat::Standard,
            events: Vec::new(),
            description: String::new(),
            secret_version: 1,
            enabled: true,
            disabled_reason: None,
            failing_since: failing_since.map(|at| at.parse().unwrap()),
            created_at: now,
            version: 1,
        };
        judge(&Answered { status, error: None, took_ms: 1 }, &delivery, &hook, now)
    }

    #[test]
    fn failures_wait_longer_and_longer_and_end() {
        assert!(matches!(judged(Some(204), 1, None), Outcome::Sent));
        for (attempt, expected) in
            [(1, "2026-11-02T09:00:05Z"), (3, "2026-11-02T09:30:00Z"), (8, "2026-11-03T05:00:00Z")]
        {
            let Outcome::Retry(at) = judged(None, attempt, None) else { panic!("no retry") };
            assert_eq!(at.to_string(), expected);
        }
        assert!(matches!(judged(Some(500), 9, None), Outcome::Dead));
        // A redirect that was not followed is a failure too.
        assert!(matches!(judged(Some(302), 1, None), Outcome::Retry(_)));
        assert!(matches!(judged(Some(410), 1, None), Outcome::TurnOff(_)));
        assert!(matches!(judged(None, 1, Some("2026-10-30T09:00:01Z")), Outcome::Retry(_)));
        assert!(matches!(judged(None, 1, Some("2026-10-30T09:00:00Z")), Outcome::TurnOff(_)));
    }
}
