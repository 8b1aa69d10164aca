//! GET `/updates/{u}/transcript.vtt|.srt|.txt|.md`.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use meridian_domain::ids::UpdateId;
use meridian_domain::transcript::{md, srt, txt, vtt};
use serde::Deserialize;
use utoipa::IntoParams;

use super::read::found;
use crate::auth::Auth;
use crate::endpoints::updates::access;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiPath, ApiQuery};
use crate::state::AppState;

/// Which transcript.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// In this language; where not given, the one that people see.
    language: Option<String>,
}

/// The transcript as a file: `WebVTT`, `SubRip`, text or Markdown. Its times begin at 0 also where the update is trimmed.
#[utoipa::path(tag = "Transcript", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update"),
        ("format" = String, Path, description = "vtt, srt, txt or md"), ExportQuery),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/plain"),
        (status = 404, description = "No such update for you, or it has none", body = Problem),
        (status = 409, description = "It is still being made", body = Problem)))]
#[get("/updates/{update}/transcript.{format}")]
pub async fn export(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<(UpdateId, String)>,
    query: ApiQuery<ExportQuery>,
) -> ApiResult<HttpResponse> {
    let (id, format) = path.0;
    let content_type = match format.as_str() {
        "vtt" => "text/vtt; charset=utf-8",
        "srt" => "application/x-subrip; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        _ => return Err(ApiError::not_found()),
    };
    let conn = state.store.reader();
    let update = access::visible(conn, &auth, id).await?;
    let transcript = found(conn, &update, query.0.language.as_deref(), false).await?;
    let spans = transcript.map(|transcript| transcript.exported(&update)).unwrap_or_default();
    let text = match format.as_str() {
        "vtt" => vtt(&spans),
        "srt" => srt(&spans),
        "txt" => txt(&spans),
        _ => md(&update.title, &spans),
    };
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"transcript.{format}\"")))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(text))
}
