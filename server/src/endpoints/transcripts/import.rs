//! PUT `/updates/{u}/transcript`: a VTT or SRT file.

use actix_web::{HttpResponse, put, web};
use futures::StreamExt as _;
use meridian_domain::enums::UpdateKind;
use meridian_domain::ids::UpdateId;
use meridian_domain::transcript::{MAX_BYTES, ReadError, read};
use meridian_store::repo::transcripts::{self, Import};
use serde::Deserialize;
use utoipa::IntoParams;

use super::check_language;
use super::view::FullTranscriptView;
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiError, ApiResult, Code, Problem};
use crate::http::{ApiPath, ApiQuery, etag};
use crate::state::AppState;

/// How the file is to be taken.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Its language; where not given, the update's.
    language: Option<String>,
}

/// Takes the transcript from a file. It goes before what was recognised.
#[utoipa::path(tag = "Transcript", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"), ImportQuery),
    request_body(content = String, content_type = "text/vtt", description = "WebVTT or SubRip"),
    responses(
        (status = 200, description = "The transcript", body = FullTranscriptView),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 409, description = "A text has no transcript", body = Problem),
        (status = 413, description = "Larger than 5 MiB", body = Problem),
        (status = 422, description = "No WebVTT or SubRip; says where", body = Problem)))]
#[put("/updates/{update}/transcript")]
pub async fn import(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    query: ApiQuery<ImportQuery>,
    payload: web::Payload,
) -> ApiResult<HttpResponse> {
    // Asked before the body is taken, and again in the transaction.
    access::managed(state.store.reader(), &auth, path.0).await?;
    let bytes = body(payload).await?;
    let spans = read(&bytes).map_err(|error| match error {
        ReadError::TooLarge => too_large(),
        other => ApiError::invalid("body", "invalid_transcript", other.to_string()),
    })?;
    if let Some(language) = &query.0.language {
        check_language(language)?;
    }
    let tx = state.store.write().await?;
    let update = access::managed(&tx, &auth, path.0).await?;
    if update.kind == UpdateKind::Text {
        return Err(ApiError::conflict("A text has no transcript."));
    }
    let own = update.transcript_language.as_deref().or(update.language.as_deref());
    let language = query.0.language.as_deref().or(own).unwrap_or("und");
    let transcript = transcripts::import(&tx, update.id, &Import { language, spans: &spans }).await?;
    tx.commit().await?;
    let shown = FullTranscriptView::of(transcript.visible(&update), Vec::new());
    Ok(HttpResponse::Ok().insert_header(etag(shown.revision)).json(shown))
}

fn too_large() -> ApiError {
    ApiError::new(Code::TooLarge, "A transcript may have at most 5 MiB.")
}

async fn body(mut payload: web::Payload) -> ApiResult<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(part) = payload.next().await {
        let part = part.map_err(|error| {
            tracing::debug!(%error, "body broke off");
            ApiError::new(Code::Malformed, "The body broke off.")
        })?;
        if bytes.len().saturating_add(part.len()) > MAX_BYTES {
            return Err(too_large());
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}
