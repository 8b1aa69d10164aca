//! Events older than 7 days are forgotten, in the background.

use std::time::Duration;

use meridian_store::StoreError;
use meridian_store::repo::events;

use crate::repeat;
use crate::state::AppState;

/// How long events are kept, in milliseconds.
const KEPT_MS: i64 = 7 * 86_400_000;
/// How often it looks.
const EVERY: Duration = Duration::from_mins(10);
/// How many one transaction removes.
const BATCH: u64 = 2_000;

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    repeat::every(EVERY, || async {
        if let Err(error) = once(&state).await {
            tracing::warn!(%error, "old events could not be removed");
        }
    })
    .await;
}

/// Removes what is too old now; tells how many events that were.
///
/// # Errors
/// The database is away.
pub async fn once(state: &AppState) -> Result<u64, StoreError> {
    let mut gone = 0_u64;
    loop {
        let tx = state.store.write().await?;
        let removed = events::prune(&tx, state.clock().now_ms().saturating_sub(KEPT_MS), BATCH).await?;
        tx.commit().await?;
        gone = gone.saturating_add(removed);
        if removed < BATCH {
            return Ok(gone);
        }
    }
}
