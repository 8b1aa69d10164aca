//! The addresses of an update's media, for the update's JSON.

use std::collections::HashMap;

use meridian_domain::enums::TranscriptStatus;
use meridian_domain::ids::{GenerationId, UpdateId, UserId};
use meridian_store::Conn;
use meridian_store::repo::media::{self, Contents};
use meridian_store::repo::share_links::ShareLink;
use meridian_store::repo::updates::RowUpdate;

use serde::Serialize;
use utoipa::ToSchema;

use super::download::Piece;
use super::ticket::{Ticket, Viewer};
use crate::auth::{Auth, Credential};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Where the media is: paths on this origin, each null until what it names exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MediaView)]
pub struct MediaUrls {
    /// The HLS master playlist: from the first segment on.
    pub hls_url: Option<String>,
    /// The whole as one file.
    pub download_url: Option<String>,
    /// A still picture.
    pub poster_url: Option<String>,
    /// Previews along the time line.
    pub storyboard_vtt_url: Option<String>,
    /// The waveform.
    pub peaks_url: Option<String>,
    /// Captions as WebVTT; grows while the transcript is made.
    pub captions_url: Option<String>,
    /// Sound alone.
    pub audio_url: Option<String>,
}

/// The addresses for one viewer, by update; two statements whatever their number. The viewer has to see the updates:
/// that is the caller's to know, and is asked again when an address is used.
///
/// # Errors
/// The database is away.
pub async fn media_urls(
    state: &AppState,
    conn: &impl Conn,
    auth: &Auth,
    rows: &[RowUpdate],
) -> ApiResult<HashMap<UpdateId, MediaUrls>> {
    let credential = auth.credential().ok_or_else(|| ApiError::internal("nobody came in"))?;
    let viewer = Viewer::Person(auth.user, credential);
    let generations: Vec<GenerationId> = rows.iter().filter_map(|row| row.generation_id).collect();
    let contents = media::contents(conn, &generations).await?;
    let now_ms = state.clock().now_ms();
    let urls = rows.iter().map(|row| {
        let ticket = Ticket::new(viewer, row.id, now_ms).sign(&state.keys.media);
        let found = row.generation_id.and_then(|id| contents.get(&id));
        (row.id, urls(row, found, &format!("/media/{ticket}/{}", row.id)))
    });
    Ok(urls.collect())
}

/// The address of an update's sound for somebody who has no browser session, such as a podcast player.
pub(crate) fn sound_url(state: &AppState, user: UserId, row: &RowUpdate) -> String {
    let viewer = Viewer::Person(user, Credential::Account);
    let ticket = Ticket::new(viewer, row.id, state.clock().now_ms()).sign(&state.keys.media);
    format!("/media/{ticket}/{}/download.m4a", row.id)
}

/// The addresses for guests of a share link, whom the caller has let in.
pub(crate) async fn guest_urls(state: &AppState, link: &ShareLink, row: &RowUpdate) -> ApiResult<MediaUrls> {
    let contents =
        media::contents(state.store.reader(), &row.generation_id.into_iter().collect::<Vec<_>>()).await?;
    let viewer = Viewer::Guest(link.id, link.password_version);
    let ticket = Ticket::new(viewer, row.id, state.clock().now_ms()).sign(&state.keys.media);
    let found = row.generation_id.and_then(|id| contents.get(&id));
    let all = urls(row, found, &format!("/media/{ticket}/{}", row.id));
    let (download_url, audio_url) =
        if link.allow_download { (all.download_url, all.audio_url) } else { (None, None) };
    Ok(MediaUrls { download_url, audio_url, ..all })
}

/// How many bytes an update's sound has as one file; `None` while it is not whole.
pub(crate) async fn sound_bytes(state: &AppState, row: &RowUpdate) -> ApiResult<Option<u64>> {
    let Some(generation) = row.generation_id else { return Ok(None) };
    let trim = row.trim.map(|trim| (trim.start_ms.saturating_mul(1000), trim.end_ms.saturating_mul(1000)));
    let found = super::download::pieces(state.store.reader(), &state.blobs, generation, false, trim).await?;
    Ok(found.map(|pieces| pieces.iter().map(Piece::size_bytes).sum()))
}

fn urls(row: &RowUpdate, contents: Option<&Contents>, base: &str) -> MediaUrls {
    let at = |there: bool, name: &str| there.then(|| format!("{base}/{name}"));
    let has = |name: &str| contents.is_some_and(|c| c.artefacts.iter().any(|known| known == name));
    let picture = contents.is_some_and(|c| c.whole_picture);
    let sound = contents.is_some_and(|c| c.whole_sound);
    let told = match row.transcript_status {
        TranscriptStatus::Ready => true,
        TranscriptStatus::Running => row.word_count > 0,
        _ => false,
    };
    MediaUrls {
        hls_url: at(row.generation_id.is_some(), "hls/master.m3u8"),
        download_url: if picture { at(true, "download.mp4") } else { at(sound, "download.m4a") },
        poster_url: at(has("poster.jpg"), "poster.jpg"),
        storyboard_vtt_url: at(has("storyboard.vtt"), "storyboard.vtt"),
        peaks_url: at(has("peaks.json"), "peaks.json"),
        captions_url: at(told, "captions.vtt"),
        audio_url: at(sound, "download.m4a"),
    }
}
