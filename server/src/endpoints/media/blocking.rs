//! Blocking playlist reload (RFC 8216bis, 6.2.5.2): `?_HLS_msn=N` is answered when segment N is listed, so whoever watches
//! a recording while it is made has each segment, and its end, at once.

use std::time::Duration;

use meridian_domain::ids::GenerationId;
use meridian_store::repo::media;
use meridian_store::repo::updates::RowUpdate;
use tokio::time::Instant;

use crate::error::ApiError;
use crate::state::AppState;

/// How long an answer is held back: players give up on one after ten seconds.
const HOLD: Duration = Duration::from_secs(6);

/// The segment that a query waits for.
pub(super) fn wanted(query: &str) -> Option<i64> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("_HLS_msn="))?;
    value.parse().ok().filter(|seq| *seq >= 0)
}

/// Returns when the segment is there, when none will be added, when the server ends, or after a while.
pub(super) async fn until_listed(
    state: &AppState,
    row: &RowUpdate,
    generation: GenerationId,
    name: &str,
    seq: i64,
) -> Result<(), ApiError> {
    let until = Instant::now() + HOLD;
    let mut commits = state.events.watch_commits();
    let closed = state.events.closed();
    loop {
        // What is committed from here on is told.
        commits.mark_unchanged();
        if is_settled(state, row, generation, name, seq).await? {
            return Ok(());
        }
        tokio::select! {
            told = commits.changed() => if told.is_err() { return Ok(()) },
            () = tokio::time::sleep_until(until) => return Ok(()),
            () = closed.cancelled() => return Ok(()),
        }
    }
}

/// Whether waiting is over: the segment is there, or the list gets no more.
async fn is_settled(
    state: &AppState,
    row: &RowUpdate,
    generation: GenerationId,
    name: &str,
    seq: i64,
) -> Result<bool, ApiError> {
    let reader = state.store.reader();
    if media::generation_ended(reader, row.id, generation).await? != Some(false) {
        return Ok(true);
    }
    let Some(rendition) = media::rendition(reader, generation, name).await? else { return Ok(true) };
    Ok(rendition.ended || media::segment(reader, rendition.id, seq).await?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_of_a_segment_is_waited_for() {
        assert_eq!(wanted("_HLS_msn=7"), Some(7));
        assert_eq!(wanted("a=b&_HLS_msn=12&_HLS_part=0"), Some(12));
        for query in ["", "_HLS_msn=", "_HLS_msn=-1", "_HLS_msn=x", "x_HLS_msn=1"] {
            assert_eq!(wanted(query), None, "{query}");
        }
    }
}
