//! OPTIONS `/uploads`: what this server speaks. Needs no token.

use actix_web::{HttpResponse, options, web};

use super::{checksum, headers};
use crate::state::AppState;

/// Version, extensions and limits.
#[utoipa::path(tag = "Uploads", security(()), responses((status = 204, description = "In the headers Tus-*")))]
#[options("")]
pub async fn options(state: web::Data<AppState>) -> HttpResponse {
    told(&state)
}

/// The same for one upload.
#[utoipa::path(tag = "Uploads", security(()), params(("id" = String, Path)),
    responses((status = 204, description = "In the headers Tus-*")))]
#[options("/{id}")]
pub async fn options_one(state: web::Data<AppState>) -> HttpResponse {
    told(&state)
}

fn told(state: &AppState) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(("tus-version", headers::VERSION))
        .insert_header(("tus-extension", headers::EXTENSIONS))
        .insert_header(("tus-max-size", state.settings.max_upload_bytes))
        .insert_header(("tus-checksum-algorithm", checksum::NAMES))
        .finish()
}
