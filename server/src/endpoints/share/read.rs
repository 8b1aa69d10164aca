//! GET `/shared/{token}`, `/shared/{token}/transcript`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use jiff::Timestamp;
use meridian_domain::enums::{UpdateKind, UpdateStatus};
use meridian_store::repo::share_links::{self, ShareLink};
use meridian_store::repo::updates::{self, RowUpdate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::door;
use crate::endpoints::media::{MediaUrls, guest_urls};
use crate::endpoints::transcripts::read::found;
use crate::endpoints::transcripts::view::FullTranscriptView;
use crate::endpoints::updates::schema::{UpdateKindWord, UpdateStatusWord};
use crate::endpoints::updates::view::{ChapterView, LinkView, PersonView, TranscriptView, TrimView};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery};
use crate::markdown;
use crate::state::AppState;

/// An update as guests of a share link see it: nothing of its team, its round or its replies.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedUpdate)]
pub struct SharedView {
    /// Its title.
    title: String,
    /// Whose.
    author_name: String,
    /// What it is.
    #[schema(value_type = UpdateKindWord)]
    kind: UpdateKind,
    /// The text as safe HTML.
    body_html: String,
    /// Documents that go with it.
    links: Vec<LinkView>,
    /// How far it is.
    #[schema(value_type = UpdateStatusWord)]
    status: UpdateStatus,
    /// A recorder is sending.
    live: bool,
    /// Since when its team sees it.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// The visible length; null until it is known.
    duration_ms: Option<i64>,
    /// The part of the source that is shown.
    trim: Option<TrimView>,
    /// Named moments.
    chapters: Vec<ChapterView>,
    /// `[start_ms, end_ms]` each.
    #[schema(value_type = Vec<(i64, i64)>)]
    silence_map: Vec<(i64, i64)>,
    /// BCP 47; null: detected.
    language: Option<String>,
    /// Where the media is; addresses of files only where they are allowed.
    media: MediaUrls,
    /// How far the transcript is.
    transcript: TranscriptView,
    /// Whether guests read the comments and write some.
    allow_comments: bool,
    /// Whether guests may have the whole as a file.
    allow_download: bool,
    /// When the link ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// How it is read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SharedQuery {
    /// With `true`, the page looks anew at what it shows: that is no opening.
    #[serde(default)]
    again: bool,
}

/// What a share link shows.
#[utoipa::path(tag = "Share",
    params(("token" = String, Path, description = "From the link"), SharedQuery), responses(
    (status = 200, description = "The update", body = SharedView),
    (status = 401, description = "It needs its password: unlock it first", body = Problem),
    (status = 404, description = "No such link, or it has ended", body = Problem)))]
#[get("/shared/{token}")]
pub(crate) async fn read(
    req: HttpRequest,
    state: web::Data<AppState>,
    path: ApiPath<String>,
    query: ApiQuery<SharedQuery>,
) -> ApiResult<HttpResponse> {
    let (link, update) = door::enter(&state, &req, &path.0).await?;
    if !query.0.again && share_links::counts(&link, state.clock().now_ms()) {
        let tx = state.store.write().await?;
        share_links::viewed(&tx, link.id).await?;
        tx.commit().await?;
    }
    let shown = view(&state, &link, update).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

async fn view(state: &AppState, link: &ShareLink, row: RowUpdate) -> ApiResult<SharedView> {
    let instant = |ms: i64| Timestamp::from_millisecond(ms).map_err(ApiError::internal);
    let people = updates::people(state.store.reader(), &[row.author_id]).await?;
    let without_prompt = |chapter| ChapterView { prompt_id: None, ..ChapterView::from(chapter) };
    Ok(SharedView {
        media: guest_urls(state, link, &row).await?,
        author_name: PersonView::of(&people, row.author_id).display_name,
        body_html: markdown::kept_html(&row.body),
        published_at: row.published_at.map(instant).transpose()?,
        duration_ms: row.visible_ms(),
        trim: row.trim.map(Into::into),
        transcript: TranscriptView {
            status: row.transcript_status,
            language: row.transcript_language,
            word_count: row.word_count,
        },
        title: row.title,
        kind: row.kind,
        links: row.links.into_iter().map(Into::into).collect(),
        status: row.status,
        live: row.live,
        chapters: row.chapters.into_iter().map(without_prompt).collect(),
        silence_map: row.silence_map,
        language: row.language,
        allow_comments: link.allow_comments,
        allow_download: link.allow_download,
        expires_at: link.expires_at.map(instant).transpose()?,
    })
}

/// The transcript of what a share link shows, within what is shown of it.
#[utoipa::path(tag = "Share", params(("token" = String, Path, description = "From the link")), responses(
    (status = 200, description = "The transcript, without suggestions", body = FullTranscriptView),
    (status = 401, description = "It needs its password: unlock it first", body = Problem),
    (status = 404, description = "No such link, or there is no transcript", body = Problem),
    (status = 409, description = "It is still being made", body = Problem)))]
#[get("/shared/{token}/transcript")]
pub(crate) async fn transcript(
    req: HttpRequest,
    state: web::Data<AppState>,
    path: ApiPath<String>,
) -> ApiResult<HttpResponse> {
    let (_, update) = door::enter(&state, &req, &path.0).await?;
    let shown = match found(state.store.reader(), &update, None, false).await? {
        Some(transcript) => FullTranscriptView::of(transcript.visible(&update), Vec::new()),
        None => FullTranscriptView::silent(),
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}
