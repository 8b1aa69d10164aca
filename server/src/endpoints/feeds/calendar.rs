//! GET `/feeds/{token}/due.ics`.

use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use meridian_domain::enums::{CommentKind, FeedKind};
use meridian_domain::feeds::{Due, Entry, calendar};
use meridian_store::repo::comments::{self, AskFilter, AskState, Order, RowComment};

use super::podcast::answer;
use crate::endpoints::notifications::excerpt;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// How many entries a calendar has.
const MOST: u64 = 500;

/// When what is asked of the feed's owner is due.
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
    let entries: Vec<Entry> =
        asks.iter().filter_map(|ask| entry(&state, ask).transpose()).collect::<ApiResult<_>>()?;
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
    let host = url::Url::parse(base).ok().and_then(|url| url.host_str().map(str::to_owned));
    Ok(Some(Entry {
        uid: format!("ask-{}@{}", ask.id, host.unwrap_or_default()),
        summary: format!("{what}: {}", excerpt(&ask.body)),
        text: ask.body.clone(),
        url: format!("{base}/u/{}#comment-{}", ask.update_id, ask.id),
        due,
    }))
}
