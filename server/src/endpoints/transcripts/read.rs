//! GET `/updates/{u}/transcript`.

use actix_web::{HttpResponse, get, web};
use meridian_domain::enums::TranscriptStatus;
use meridian_domain::ids::UpdateId;
use meridian_store::Conn;
use meridian_store::repo::transcripts::{self, Transcript};
use meridian_store::repo::updates::RowUpdate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::view::FullTranscriptView;
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiPath, ApiQuery, etag};
use crate::state::AppState;

/// Which transcript.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TranscriptQuery {
    /// In this language; where not given, the one that people see.
    language: Option<String>,
    /// With `true`, what is recognised so far counts as an answer too.
    #[serde(default)]
    partial: bool,
}

/// The transcript of an update: corrected before imported before recognised.
#[utoipa::path(tag = "Transcript", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"), TranscriptQuery),
    responses(
        (status = 200, description = "The transcript; its revision is in ETag", body = FullTranscriptView),
        (status = 404, description = "No such update for you, or it has none", body = Problem),
        (status = 409, description = "It is still being made", body = Problem)))]
#[get("/updates/{update}/transcript")]
pub async fn read(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    query: ApiQuery<TranscriptQuery>,
) -> ApiResult<HttpResponse> {
    let conn = state.store.reader();
    let update = access::visible(conn, &auth, path.0).await?;
    let shown = match found(conn, &update, query.0.language.as_deref(), query.0.partial).await? {
        Some(transcript) => {
            let suggestions = transcripts::suggestions(conn, update.id, transcript.id).await?;
            let span = update.trim.map_or((i64::MIN, i64::MAX), |trim| (trim.start_ms, trim.end_ms));
            let inside = suggestions.into_iter().filter(|one| one.start_ms < span.1 && one.end_ms > span.0);
            FullTranscriptView::of(transcript.visible(&update), inside.collect())
        }
        None => FullTranscriptView::silent(),
    };
    Ok(HttpResponse::Ok().insert_header(etag(shown.revision)).json(shown))
}

/// The transcript; `None` where nobody speaks.
pub(crate) async fn found(
    conn: &impl Conn,
    update: &RowUpdate,
    language: Option<&str>,
    partial: bool,
) -> ApiResult<Option<Transcript>> {
    let pending = || {
        ApiError::new(
            Code::TranscriptPending,
            "The text is still being recognised. Ask again when transcript.ready comes.",
        )
    };
    if let Some(transcript) = transcripts::current(conn, update.id, language).await? {
        return if transcript.whole || partial { Ok(Some(transcript)) } else { Err(pending()) };
    }
    match update.transcript_status {
        TranscriptStatus::Pending | TranscriptStatus::Running => Err(pending()),
        TranscriptStatus::NoSpeech if language.is_none() => Ok(None),
        _ => Err(ApiError::new(Code::NotFound, "This update has no such transcript.")),
    }
}
