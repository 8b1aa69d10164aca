//! The named backup is told of urgent asks that nobody took note of in the time agreed on.

use std::time::Duration;

use meridian_domain::enums::EventKind;
use meridian_store::repo::{comments, notifications, updates};

use crate::endpoints::comments::tell_of;
use crate::endpoints::teams::agreement::Agreement;
use crate::error::ApiResult;
use crate::state::AppState;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = once(&state).await {
            tracing::warn!(%error, "backups could not be told");
        }
    }
}

/// Tells whom it is time to tell, once; answers how many were told.
///
/// # Errors
/// The database is away.
pub async fn once(state: &AppState) -> ApiResult<usize> {
    let mut told = 0;
    for id in notifications::due_backups(state.store.reader(), state.clock().now_ms()).await? {
        let tx = state.store.write().await?;
        let Some(ask) = comments::find_any(&tx, id).await? else { continue };
        let Some(update) = updates::find_any(&tx, ask.update_id).await? else { continue };
        let agreed = Agreement::of_team(&tx, ask.author_id, update.team_id).await?;
        let people: Vec<_> = [agreed.backup_contact, agreed.urgent_contact].into_iter().flatten().collect();
        if let Some(after) = notifications::tell_backup(&tx, id, &update, &people).await? {
            tell_of(&tx, EventKind::CommentUpdated, &update, &after).await?;
            told += 1;
        }
        tx.commit().await?;
    }
    Ok(told)
}
