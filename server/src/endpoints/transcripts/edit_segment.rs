//! PATCH `/transcript/segments/{s}`.

use actix_web::{HttpResponse, patch, web};
use garde::Validate;
use meridian_domain::ids::SegmentId;
use meridian_store::repo::transcripts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::SegmentView;
use crate::auth::Auth;
use crate::error::{ApiError, ApiResult, Problem};
use crate::http::{ApiJson, ApiPath, Edit, etag};
use crate::state::AppState;

/// The corrected text.
#[derive(Debug, Deserialize, Validate, ToSchema)]
pub struct SegmentEdit {
    /// Empty where nothing was said.
    #[garde(length(chars, max = 4000))]
    text: String,
}

/// The segment with the transcript's new revision.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditedSegmentView {
    #[serde(flatten)]
    segment: SegmentView,
    /// The transcript's, after the change.
    revision: i64,
}

/// Corrects a segment. Words that stay keep their times.
#[utoipa::path(tag = "Transcript", security(("bearer" = [])),
    params(("segment" = Uuid, Path, description = "The segment"),
        ("If-Match" = Option<String>, Header, description = "The transcript's ETag: a lost race is 412")),
    request_body = SegmentEdit,
    responses(
        (status = 200, description = "The segment; the new revision is in ETag", body = EditedSegmentView),
        (status = 403, description = "Seen, but not yours", body = Problem),
        (status = 404, description = "No such segment for you", body = Problem),
        (status = 409, description = "It is still being recognised", body = Problem),
        (status = 412, description = "Somebody changed the transcript in between", body = Problem),
        (status = 422, description = "Too long", body = Problem)))]
#[patch("/transcript/segments/{segment}")]
pub async fn edit_segment(
    state: web::Data<AppState>,
    auth: Auth,
    path: ApiPath<SegmentId>,
    race: Edit,
    body: ApiJson<SegmentEdit>,
) -> ApiResult<HttpResponse> {
    let tx = state.store.write().await?;
    let found = transcripts::segment_for(&tx, auth.user, path.0).await?.ok_or_else(ApiError::not_found)?;
    if !found.manages {
        return Err(ApiError::forbidden("Only its author and the team's admins can correct it."));
    }
    race.check(found.revision)?;
    let edited = transcripts::edit_segment(&tx, path.0, &body.0.text, Some(found.revision)).await?;
    let edited = edited.ok_or_else(ApiError::not_found)?;
    tx.commit().await?;
    let shown = EditedSegmentView { segment: edited.segment.into(), revision: edited.revision };
    Ok(HttpResponse::Ok().insert_header(etag(shown.revision)).json(shown))
}
