//! The scheduler of rounds, in the background of every server; see `repo::rounds` on why things happen once.

use std::time::Duration;

use meridian_store::repo::rounds;

use crate::state::AppState;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match rounds::run_due(&state.store).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "check-ins were looked at"),
            Err(error) => tracing::warn!(%error, "check-ins could not be looked at"),
        }
    }
}
