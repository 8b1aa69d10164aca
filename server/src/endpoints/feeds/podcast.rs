//! GET `/feeds/{token}/podcast.xml`, and its sounds.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use meridian_domain::enums::FeedKind;
use meridian_domain::feeds::{Episode, podcast as render};
use meridian_domain::ids::UpdateId;
use meridian_store::repo::digests::with_sound;
use meridian_store::repo::teams;
use meridian_store::repo::updates::{self, RowUpdate};

use crate::endpoints::media::{sound_bytes, sound_url};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// How many episodes a podcast has.
const MOST: u64 = 50;

/// A team's sound, as far as the feed's owner may hear it now.
pub(super) async fn podcast(
    state: web::Data<AppState>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let token = path.into_inner();
    let feed = super::find(&state, &token, FeedKind::Podcast).await?;
    let team = feed.team_id.ok_or_else(ApiError::not_found)?;
    let conn = state.store.reader();
    let access = updates::team_access(conn, feed.user_id, team).await?;
    if !access.is_some_and(|access| access.reads()) {
        return Err(ApiError::not_found());
    }
    let name = teams::name(conn, team).await?.ok_or_else(ApiError::not_found)?;
    let rows = with_sound(conn, feed.user_id, team, MOST).await?;
    let people = updates::people(conn, &rows.iter().map(|row| row.author_id).collect::<Vec<_>>()).await?;
    let base = format!("{}/feeds/{token}", state.settings.public_url);
    let mut episodes = Vec::new();
    for row in &rows {
        let Some(bytes) = sound_bytes(&state, row).await? else { continue };
        let author = people.get(&row.author_id).map(|person| person.display_name.clone());
        episodes.push(episode(&state, row, author.unwrap_or_default(), bytes, &base)?);
    }
    let link = format!("{}/t/{team}", state.settings.public_url);
    let body = render(&name, &link, &format!("{base}/podcast.xml"), &episodes);
    Ok(answer("application/rss+xml; charset=utf-8", body))
}

fn episode(state: &AppState, row: &RowUpdate, author: String, bytes: u64, base: &str) -> ApiResult<Episode> {
    let at = row.published_at.unwrap_or(row.created_at);
    let title = if row.title.trim().is_empty() { format!("{author}, untitled") } else { row.title.clone() };
    Ok(Episode {
        id: row.id.to_string(),
        title,
        author,
        text: row.body.clone(),
        page_url: format!("{}/u/{}", state.settings.public_url, row.id),
        sound_url: format!("{base}/{}.m4a", row.id),
        bytes,
        duration_ms: row.visible_ms().unwrap_or(0),
        published_at: Timestamp::from_millisecond(at).map_err(ApiError::internal)?,
    })
}

/// The sound of an episode: its address lasts as long as the feed, and leads to a ticket of now.
pub(super) async fn sound(
    state: web::Data<AppState>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (token, update) = path.into_inner();
    let feed = super::find(&state, &token, FeedKind::Podcast).await?;
    let id: UpdateId = update.parse().ok().ok_or_else(ApiError::not_found)?;
    let found = updates::find_visible(state.store.reader(), feed.user_id, id).await?;
    let row = found.filter(|row| row.is_published() && Some(row.team_id) == feed.team_id);
    let row = row.ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, sound_url(&state, feed.user_id, &row)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

/// A feed's answer; programs ask every quarter of an hour or so.
pub(super) fn answer(content_type: &str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, "private, max-age=300"))
        .body(body)
}
