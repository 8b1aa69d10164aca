//! The scheduler of rounds, in the background of every server; see `repo::rounds` on why things happen once.

use std::time::Duration;

use meridian_store::repo::rounds;

use crate::repeat;
use crate::state::AppState;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    repeat::every(EVERY, || async {
        match rounds::run_due(&state.store).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "check-ins were looked at"),
            Err(error) => tracing::warn!(%error, "check-ins could not be looked at"),
        }
    })
    .await;
}
