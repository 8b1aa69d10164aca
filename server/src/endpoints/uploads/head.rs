//! HEAD `/uploads/{id}`: how far the upload is.

use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse, head, web};
use meridian_domain::enums::UploadState;
use meridian_domain::ids::{UploadId, UserId};
use meridian_store::repo::uploads::{self, Upload};

use super::errors::TusError;
use super::headers;
use crate::auth::Auth;
use crate::error::{ApiError, Code};
use crate::state::AppState;

/// The id of the path; what is no id is not there.
pub(super) fn id_of(text: &str) -> Result<UploadId, ApiError> {
    text.parse().ok().ok_or_else(ApiError::not_found)
}

/// The upload, also when it is complete.
pub(super) async fn visible(state: &AppState, viewer: UserId, id: &str) -> Result<Upload, TusError> {
    let found = uploads::find(state.store.reader(), viewer, id_of(id)?).await?;
    let upload = found.ok_or_else(ApiError::not_found)?;
    match upload.state {
        UploadState::Open | UploadState::Complete => Ok(upload),
        UploadState::Terminated => Err(ApiError::not_found().into()),
        UploadState::Rejected | UploadState::Expired => {
            Err(ApiError::new(Code::Gone, "The upload has ended. Begin another one.").into())
        }
    }
}

/// Offset, length and metadata of an upload of mine.
#[utoipa::path(tag = "Uploads", security(("bearer" = [])), params(("id" = String, Path)), responses(
    (status = 200, description = "In the headers Upload-*"),
    (status = 404, description = "Not there, or somebody else's"),
    (status = 410, description = "It has ended")))]
#[head("/{id}")]
pub async fn head(
    req: HttpRequest,
    state: web::Data<AppState>,
    auth: Auth,
    id: web::Path<String>,
) -> Result<HttpResponse, TusError> {
    headers::check_version(&req)?;
    let upload = visible(&state, auth.user, &id).await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("upload-offset", upload.offset_bytes));
    answer.insert_header(("meridian-update-id", upload.update_id.to_string()));
    match upload.length_bytes {
        Some(length) => answer.insert_header(("upload-length", length)),
        None => answer.insert_header(("upload-defer-length", "1")),
    };
    if let Some(expires) = super::expires(upload.expires_at_ms).filter(|_| !upload.is_complete()) {
        answer.insert_header(expires);
    }
    if let Ok(metadata) = HeaderValue::from_str(&upload.metadata)
        && !metadata.is_empty()
    {
        answer.insert_header(("upload-metadata", metadata));
    }
    Ok(answer.finish())
}
