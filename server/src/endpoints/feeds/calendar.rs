//! GET `/feeds/{token}/due.ics`.

use actix_web::{HttpResponse, web};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use meridian_domain::enums::{CommentKind, FeedKind};
use meridian_domain::feeds::{Due, Entry, calendar};
use meridian_domain::ids::{CheckInId, UserId};
use meridian_store::repo::comments::{self, AskFilter, AskState, Order, RowComment};
use meridian_store::repo::rounds;

use super::podcast::answer;
use crate::endpoints::notifications::excerpt;
use crate::endpoints::rounds::mine::upcoming;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use crate::tell::mail::host;

/// How many entries a calendar has.
const MOST: u64 = 500;
/// How far ahead rounds stand in it, and how many of a check-in at most.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);
const MOST_OF_ONE: usize = 14;

/// When what is asked of the feed's owner is due, and until when they answer their rounds.
pub(super) async fn due(
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let feed = super::find(&state, &path, FeedKind::Due).await?;
    let filter = AskFilter {
        team: None,
        assignee: Some(feed.user_id),
        addressed: true,
        kinds: vec![CommentKind::Question, CommentKind::Action, CommentKind::Blocker],
        state: AskState::Open,
        answered: false,
        order: Order::OldestFirst,
    };
    let asks = comments::asks(state.store.reader(), feed.user_id, &filter, None, MOST).await?;
    let mut entries: Vec<Entry> =
        asks.iter().filter_map(|ask| entry(&state, ask).transpose()).collect::<ApiResult<_>>()?;
    entries.extend(round_entries(&state, feed.user_id).await?);
    let body = calendar("Meridian", state.clock().now(), &entries);
    Ok(answer("text/calendar; charset=utf-8", body))
}

fn entry(state: &AppState, ask: &RowComment) -> ApiResult<Option<Entry>> {
    let at = ask.expected_by.map(Timestamp::from_millisecond).transpose().map_err(ApiError::internal)?;
    let Some(due) = ask.due_on.map(Due::Day).or(at.map(Due::At)) else { return Ok(None) };
    let what = match ask.kind {
        CommentKind::Question => "Answer",
        CommentKind::Blocker => "Unblock",
        _ => "Do",
    };
    let base = &state.settings.public_url;
    Ok(Some(Entry {
        uid: format!("ask-{}@{}", ask.id, host(state)),
        summary: format!("{what}: {}", excerpt(&ask.body)),
        text: ask.body.clone(),
        url: format!("{base}/u/{}#comment-{}", ask.update_id, ask.id),
        due,
    }))
}

/// The open rounds that wait for somebody, which lead to the recorder, and those to come.
async fn round_entries(state: &AppState, user: UserId) -> ApiResult<Vec<Entry>> {
    let conn = state.store.reader();
    let now = state.clock().now();
    let base = &state.settings.public_url;
    let entry = |check_in: CheckInId, date: Date, name: &str, due: Timestamp, url: String| Entry {
        uid: format!("round-{check_in}-{date}@{}", host(state)),
        summary: format!("Answer: {name}"),
        text: String::new(),
        url,
        due: Due::At(due),
    };
    let open = rounds::open_of_user(conn, user).await?;
    let mut all = Vec::new();
    for mine in open.iter().filter(|mine| mine.waits(now.as_millisecond())) {
        let round = &mine.round;
        let due = Timestamp::from_millisecond(mine.window.due_at).map_err(ApiError::internal)?;
        let url = format!("{base}/record?team={}&round_id={}", round.team_id, round.id);
        all.push(entry(round.check_in_id, round.date, &round.name, due, url));
    }
    for next in upcoming(conn, user, &open, now, AHEAD, MOST_OF_ONE).await? {
        let check_in = &next.check_in;
        let url = format!("{base}/t/{}/check-ins", check_in.team_id);
        all.push(entry(check_in.id, next.date, &check_in.name, next.due_at, url));
    }
    Ok(all)
}
