//! GET `/api/v1/openapi.json` and `/api/docs`.

use actix_web::{HttpResponse, get, web};

use crate::error::ApiError;

/// The snapshot of the OpenAPI document (`make openapi`; a test compares it with the routes).
pub const DOCUMENT: &str = include_str!("../../../openapi.json");

/// The OpenAPI 3.1 document of this API.
#[utoipa::path(tag = "Running it", responses((status = 200, description = "The document")))]
#[get("/openapi.json")]
pub async fn openapi_json() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(DOCUMENT)
}

/// GET `/api/docs`: the reference for people. Made when it is asked for, which is seldom, rather than kept.
///
/// # Errors
/// 500 when the snapshot is no JSON, which a test excludes.
pub async fn reference() -> Result<HttpResponse, ApiError> {
    let html = web::block(|| -> anyhow::Result<String> {
        Ok(crate::reference::page(&serde_json::from_str(DOCUMENT)?)?)
    });
    let html = html.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

/// GET `/api/docs/style.css`.
pub async fn reference_style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(crate::reference::STYLE)
}
