//! POST `/uploads`: begins an upload, perhaps with its first bytes.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, post, web};
use meridian_domain::enums::{Priority, PublishState, UpdateKind};
use meridian_domain::ids::{UpdateId, UserId};
use meridian_store::Tx;
use meridian_store::repo::updates::{self, Audience, NewUpdate};
use meridian_store::repo::uploads::{self, NewUpload};
use serde::Deserialize;
use tracing::Instrument as _;
use utoipa::IntoParams;

use super::errors::TusError;
use super::headers::{self, Metadata};
use super::patch::check_size;
use super::receive::{Limits, Target, receive};
use crate::auth::Auth;
use crate::endpoints::rounds;
use crate::error::ApiError;
use crate::state::AppState;

/// Longest title in characters.
const MAX_TITLE_CHARS: usize = 200;

/// The update may be named in the query or in `Upload-Metadata`.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// The update that the bytes are for.
    update_id: Option<String>,
}

/// Begins the upload of an update: of `update_id`, or of a new one in `team_id` (with `title`, `round_id`,
/// `publish`) from `Upload-Metadata`.
#[utoipa::path(tag = "Uploads", security(("bearer" = [])), params(Query), responses(
    (status = 201, description = "Where it is in Location, the update in Meridian-Update-Id"),
    (status = 403, description = "Somebody else's update"),
    (status = 404, description = "No such update or team"),
    (status = 409, description = "The update has an upload; Location says which, while it goes on"),
    (status = 413, description = "Too large, or over the quota"),
    (status = 415, description = "Not media: the upload has ended")))]
#[post("")]
pub async fn create(
    req: HttpRequest,
    state: web::Data<AppState>,
    auth: Auth,
    query: web::Query<Query>,
    body: web::Payload,
) -> Result<HttpResponse, TusError> {
    headers::check_version(&req)?;
    let length = headers::length_or_deferred(req.headers())?;
    if let Some(length) = length {
        check_size(&state, length)?;
    }
    let checksum = headers::checksum(req.headers())?;
    let metadata = Metadata::read(req.headers())?;
    let named = query.update_id.as_deref().or_else(|| metadata.get("update_id"));
    let is_new = named.is_none();
    let tx = state.store.write().await?;
    let update_id = update_of(&tx, auth.user, named, &metadata).await?;
    let new = NewUpload {
        update_id,
        length_bytes: length,
        filename: metadata.get("filename").or_else(|| metadata.get("name")).unwrap_or_default().to_owned(),
        filetype: metadata.get("filetype").or_else(|| metadata.get("type")).unwrap_or_default().to_owned(),
        metadata: metadata.raw,
        expires_at_ms: state.clock().now_ms().saturating_add(super::EXPIRES_AFTER_MS),
    };
    let upload = uploads::create(&tx, auth.user, new).await?;
    tx.commit().await?;
    if is_new {
        meridian_telemetry::began(update_id);
    }

    let with_bytes = headers::is_bytes(req.headers());
    let mut offset = 0;
    let (id, expires_at_ms) = (upload.id, upload.expires_at_ms);
    let mut answer = HttpResponse::Created();
    if with_bytes || length == Some(0) {
        let target = Target::new(&state, auth.user, upload);
        let span = target.span();
        let receiving =
            actix_web::rt::spawn(receive(target, body, checksum, Limits::default()).instrument(span));
        match receiving.await.map_err(ApiError::internal)? {
            Ok(received) => offset = received.offset_bytes,
            Err(error) => return Ok(refused(&error, id, update_id)),
        }
        answer.insert_header(("upload-offset", offset));
    }
    answer.insert_header((header::LOCATION, super::location(id)));
    answer.insert_header(("meridian-update-id", update_id.to_string()));
    if let Some(expires) = super::expires(expires_at_ms).filter(|_| length != Some(offset)) {
        answer.insert_header(expires);
    }
    Ok(answer.finish())
}

/// The upload exists although its first bytes were refused: the client learns where, to go on or to end it.
fn refused(error: &TusError, id: meridian_domain::ids::UploadId, update_id: UpdateId) -> HttpResponse {
    let mut answer = error.error_response();
    for (name, value) in [("location", super::location(id)), ("meridian-update-id", update_id.to_string())] {
        if let Ok(value) = value.parse() {
            answer.headers_mut().insert(header::HeaderName::from_static(name), value);
        }
    }
    answer
}

/// The update that the bytes are for; made when only a team is named.
async fn update_of(
    tx: &Tx,
    viewer: UserId,
    named: Option<&str>,
    metadata: &Metadata,
) -> Result<UpdateId, TusError> {
    if let Some(text) = named {
        return Ok(text.parse().ok().ok_or_else(ApiError::not_found)?);
    }
    let team = metadata
        .get("team_id")
        .ok_or_else(|| ApiError::invalid("update_id", "required", "Name an update_id or a team_id."))?;
    let team = team.parse().ok().ok_or_else(ApiError::not_found)?;
    let access = updates::team_access(tx, viewer, team).await?.ok_or_else(ApiError::not_found)?;
    if !access.posts() {
        return Err(ApiError::forbidden("Join the team to post in it.").into());
    }
    let publish_state = match metadata.get("publish") {
        None | Some("now") => PublishState::Published,
        Some("draft") => PublishState::Draft,
        Some(_) => return Err(ApiError::invalid("publish", "unknown", "Use now or draft.").into()),
    };
    let title = metadata.get("title").unwrap_or_default();
    if title.chars().count() > MAX_TITLE_CHARS {
        return Err(ApiError::invalid("title", "too_long", "A title has at most 200 characters.").into());
    }
    let round_id = metadata.get("round_id").map(str::parse).transpose();
    let Ok(round_id) = round_id else {
        return Err(ApiError::invalid("round_id", "invalid", "This is no id.").into());
    };
    let audience_id = match round_id {
        Some(id) => rounds::answerable(tx, viewer, access.team_id, id).await?.audience_id,
        None => access.audience_id,
    };
    let is_sound = metadata.get("filetype").is_some_and(|kind| kind.starts_with("audio/"));
    let made = NewUpdate {
        workspace_id: access.workspace_id,
        team_id: access.team_id,
        audience: Audience::Existing(audience_id),
        author_id: viewer,
        title: title.to_owned(),
        kind: if is_sound { UpdateKind::Voice } else { UpdateKind::Video },
        body: String::new(),
        links: Vec::new(),
        publish_state,
        publish_at: None,
        priority: Priority::Normal,
        round_id,
        reply_to_id: None,
        language: None,
        client_duration_ms: None,
        chapters: Vec::new(),
    };
    Ok(updates::insert(tx, &made).await?.id)
}
