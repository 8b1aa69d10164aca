//! POST `/updates/{u}/transcript/regenerate`.

use actix_web::{HttpResponse, post, web};
use garde::Validate;
use meridian_domain::ids::UpdateId;
use meridian_store::repo::transcripts;
use serde::Deserialize;
use utoipa::ToSchema;

use super::check_language;
use crate::auth::Auth;
use crate::endpoints::updates::{UpdateView, access, render_one};
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, etag};
use crate::state::AppState;

/// How to listen anew.
#[derive(Debug, Deserialize, Validate, ToSchema)]
pub struct Regenerate {
    /// What is spoken; where not given, it is detected.
    #[garde(skip)]
    language: Option<String>,
}

/// Recognises the text anew; the old one stays until the new one is whole.
#[utoipa::path(tag = "Transcript", security(("bearer" = [])),
    params(("update" = Uuid, Path, description = "The update")),
    request_body = Regenerate,
    responses(
        (status = 202, description = "Waits for a worker; `transcript.ready` tells the end", body = UpdateView),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such update for you", body = Problem),
        (status = 409, description = "No media to listen to", body = Problem),
        (status = 422, description = "No language tag", body = Problem)))]
#[post("/updates/{update}/transcript/regenerate")]
pub async fn regenerate(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<UpdateId>,
    body: ApiJson<Regenerate>,
) -> ApiResult<HttpResponse> {
    let language = body.0.language.as_deref();
    let tx = state.store.write().await?;
    let row = access::managed(&tx, &auth, path.0).await?;
    if let Some(language) = language {
        check_language(language)?;
    }
    if !transcripts::regenerate(&tx, &row, language).await? {
        return Err(ApiError::conflict("There is no recording to listen to yet."));
    }
    let row = access::visible(&tx, &auth, row.id).await?;
    let version = row.version;
    let shown = render_one(&state, &tx, &auth, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().insert_header(etag(version)).json(shown))
}
