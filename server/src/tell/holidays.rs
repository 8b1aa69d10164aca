//! Calendars of holidays are read, once a day each.

use std::time::Duration;

use jiff::ToSpan as _;
use meridian_domain::holidays;
use meridian_store::StoreError;
use meridian_store::repo::rounds::holiday_feeds;

use super::webhooks::Client;
use crate::state::AppState;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(2);
/// How long it waits after the database did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(10);
/// How far back and ahead days are kept.
const BEHIND_DAYS: i64 = 31;
const AHEAD_DAYS: i64 = 500;

/// Runs until it is aborted.
pub async fn run(state: AppState) {
    let client = Client::new(&state.settings);
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = once(&state, &client).await {
            tracing::warn!(%error, "calendars of holidays could not be read");
            tokio::time::sleep(AFTER_ERROR).await;
        }
    }
}

/// Reads what is due; answers how many calendars that were.
///
/// # Errors
/// The database is away.
pub async fn once(state: &AppState, client: &Client) -> Result<usize, StoreError> {
    let mut count = 0;
    while let Some(feed) = holiday_feeds::claim(&state.store).await? {
        let today = state.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let (from, until) = (today.checked_sub(BEHIND_DAYS.days())?, today.checked_add(AHEAD_DAYS.days())?);
        let read = match client.get(&feed.url).await {
            Ok(text) if text.trim_start().starts_with("BEGIN:VCALENDAR") => {
                Ok(holidays::days(&text, from, until))
            }
            Ok(_) => Err("What is there is no calendar."),
            Err(why) => Err(why),
        };
        let tx = state.store.write().await?;
        holiday_feeds::settle(&tx, &feed, read.as_deref().map_err(|why| *why)).await?;
        tx.commit().await?;
        count += 1;
    }
    Ok(count)
}
