//! Events become notifications.

use std::time::Duration;

use meridian_store::StoreError;
use meridian_store::repo::consumers::Consumer;
use meridian_store::repo::notifications;

use crate::state::AppState;

/// How often it looks whether anything was committed.
const EVERY: Duration = Duration::from_millis(200);
/// How long it waits after the database did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(2);

/// The consumer of this process.
pub fn consumer() -> Consumer {
    Consumer::new("notifications", notifications::KINDS)
}

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    let mut consumer = consumer();
    let mut seen = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let commits = state.events.commits();
        if seen == Some(commits) {
            continue;
        }
        match notifications::consume(&state.store, &mut consumer).await {
            Ok(_) => seen = Some(commits),
            Err(error) => {
                tracing::warn!(%error, "events could not be told");
                tokio::time::sleep(AFTER_ERROR).await;
            }
        }
    }
}

/// Works on what has happened, once; answers how many events that were.
///
/// # Errors
/// The database is away.
pub async fn once(state: &AppState) -> Result<usize, StoreError> {
    notifications::consume(&state.store, &mut consumer()).await
}
