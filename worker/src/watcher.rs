//! Tells the process that somebody committed, by one cheap question 25 times a second.

use std::time::Duration;

use meridian_store::Watcher;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::chain;

/// How soon a chunk or a job is noticed.
const EVERY: Duration = Duration::from_millis(40);

/// Watches until the worker ends.
pub(crate) async fn run(mut watcher: Watcher, tell: watch::Sender<u64>, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        match watcher.changed().await {
            Ok(false) => {}
            Ok(true) => tell.send_modify(|count| *count = count.wrapping_add(1)),
            Err(error) => tracing::warn!(error = chain(&error), "the database does not answer"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
