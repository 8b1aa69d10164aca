//! Scheduled updates are published when their time has come, in the background; by how many servers ever, once.

use std::time::Duration;

use meridian_store::repo::updates;

use crate::repeat;
use crate::state::AppState;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    repeat::every(EVERY, || async {
        match updates::publish_due(&state.store).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "scheduled updates were published"),
            Err(error) => tracing::warn!(%error, "scheduled updates could not be published"),
        }
    })
    .await;
}
