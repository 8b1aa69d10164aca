//! Tells the process that somebody committed, by one cheap question ten times a second.

use std::time::Duration;

use meridian_store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::chain;

/// How soon a chunk or a job is noticed.
const EVERY: Duration = Duration::from_millis(100);

/// Watches until the worker ends. `watched` must read through one connection.
pub(crate) async fn run(watched: Store, tell: watch::Sender<u64>, shutdown: CancellationToken) {
    let mut last = None;
    while !shutdown.is_cancelled() {
        match watched.data_version().await {
            Ok(version) if last == Some(version) => {}
            Ok(version) => {
                last = Some(version);
                tell.send_modify(|count| *count = count.wrapping_add(1));
            }
            Err(error) => tracing::warn!(error = chain(&error), "the database does not answer"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
