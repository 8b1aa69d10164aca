//! What time does to uploads, in the background: those out of time end, their objects go.

use std::time::Duration;

use meridian_store::repo::uploads;

use super::errors::TusError;
use super::terminate::remove_objects;
use crate::repeat;
use crate::state::AppState;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(10);
/// How many uploads one transaction ends.
const BATCH: u64 = 50;
/// How old an unfinished part has to be to belong to nobody.
const PART_AGE: Duration = Duration::from_hours(24);

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    sweep_unfinished_parts(&state).await;
    repeat::every(EVERY, || async {
        if let Err(error) = once(&state).await {
            tracing::warn!(%error, "expired uploads could not be swept");
        }
    })
    .await;
}

/// Ends what is out of time now; tells how many uploads that were.
///
/// # Errors
/// The database is away.
pub async fn once(state: &AppState) -> Result<usize, TusError> {
    let mut ended = 0;
    loop {
        let now_ms = state.clock().now_ms();
        if !uploads::any_expired(state.store.reader(), now_ms).await? {
            break;
        }
        let tx = state.store.write().await?;
        let expired = uploads::expire(&tx, now_ms, BATCH).await?;
        tx.commit().await?;
        ended += expired.len();
        for upload in expired.iter().filter(|upload| upload.remove_objects) {
            remove_objects(&state.blobs, upload.upload_id).await;
        }
        if expired.is_empty() {
            break;
        }
    }
    Ok(ended)
}

/// Removes unfinished parts that killed processes left; once at start is enough.
async fn sweep_unfinished_parts(state: &AppState) {
    #[expect(clippy::disallowed_methods, reason = "compared with change times of files, which are real time")]
    let now = std::time::SystemTime::now();
    match state.blobs.sweep_incoming(now, PART_AGE).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "unfinished parts of killed processes removed"),
        Err(error) => tracing::warn!(%error, "unfinished parts could not be swept"),
    }
}
