//! PATCH `/uploads/{id}`: the next bytes.

use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{HttpRequest, HttpResponse, patch, web};
use meridian_domain::ids::UserId;
use meridian_store::repo::uploads::{self, Appended, Upload};
use tracing::Instrument as _;

use super::errors::TusError;
use super::head::visible;
use super::headers;
use super::receive::{Limits, Target, drain, receive};
use crate::auth::Auth;
use crate::error::{ApiError, Code};
use crate::state::AppState;

/// Appends bytes at `Upload-Offset`. They are durable when this answers.
#[utoipa::path(tag = "Uploads", security(("bearer" = [])), params(("id" = String, Path)), responses(
    (status = 204, description = "The new offset in Upload-Offset"),
    (status = 404, description = "Not there, or somebody else's"),
    (status = 409, description = "The upload stands at another offset"),
    (status = 410, description = "It has ended"),
    (status = 413, description = "Too large, or over the quota"),
    (status = 415, description = "Not media: the upload has ended"),
    (status = 460, description = "The checksum does not match"),
    (status = 507, description = "The storage is full")))]
#[patch("/{id}")]
pub async fn patch(
    req: HttpRequest,
    state: web::Data<AppState>,
    auth: Auth,
    id: web::Path<String>,
    mut body: web::Payload,
) -> Result<HttpResponse, TusError> {
    let upload = match admit(&req, &state, auth.user, &id).await {
        Ok(upload) => upload,
        Err(error) => {
            drain(&mut body).await;
            return Err(error);
        }
    };
    let checksum = headers::checksum(req.headers())?;
    let target = Target::new(&state, auth.user, upload);
    // On a task of its own: what a client sent before it went away is still committed.
    let span = target.span();
    let receiving = actix_web::rt::spawn(receive(target, body, checksum, Limits::default()).instrument(span));
    let received = receiving.await.map_err(ApiError::internal)??;
    Ok(answer(&state, received))
}

/// Checks everything that can be refused before a byte is read.
async fn admit(req: &HttpRequest, state: &AppState, viewer: UserId, id: &str) -> Result<Upload, TusError> {
    headers::check_version(req)?;
    if !headers::is_bytes(req.headers()) {
        let detail = format!("The content type has to be {}.", headers::BYTES_TYPE);
        return Err(ApiError::new(Code::UnsupportedType, detail).into());
    }
    let offset = headers::offset(req.headers())?;
    let told = headers::length(req.headers())?;
    headers::checksum(req.headers())?;
    let mut upload = visible(state, viewer, id).await?;
    if upload.offset_bytes != offset {
        return Err(TusError::OffsetMoved(upload.offset_bytes));
    }
    if let Some(length) = told
        && upload.length_bytes != Some(length)
    {
        check_size(state, length)?;
        let tx = state.store.write().await?;
        uploads::declare_length(&tx, viewer, upload.id, length).await?;
        tx.commit().await?;
        upload.length_bytes = Some(length);
    }
    let coming = req.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let most = upload.length_bytes.unwrap_or(state.settings.max_upload_bytes);
    if coming.is_some_and(|coming| offset.saturating_add(coming) > most) {
        return Err(ApiError::new(Code::TooLarge, "These are more bytes than the upload may have.").into());
    }
    Ok(upload)
}

/// Refuses what is larger than any upload may be.
pub(super) fn check_size(state: &AppState, length: u64) -> Result<(), ApiError> {
    let most = state.settings.max_upload_bytes;
    if length > most {
        return Err(ApiError::new(Code::TooLarge, format!("An upload may have at most {most} bytes.")));
    }
    Ok(())
}

fn answer(state: &AppState, received: Appended) -> HttpResponse {
    let mut answer = HttpResponse::NoContent();
    answer.insert_header(("upload-offset", received.offset_bytes));
    let expires = state.clock().now_ms().saturating_add(super::EXPIRES_AFTER_MS);
    if let Some(expires) = super::expires(expires).filter(|_| !received.completed) {
        answer.insert_header(expires);
    }
    answer.finish()
}
