//! GET `/api/v1/openapi.json` and `/api/docs`.

use actix_web::{HttpResponse, get, web};

/// The document and the reference page as text, made once at start.
#[derive(Clone)]
pub struct Document {
    /// The OpenAPI document as JSON.
    pub json: web::Bytes,
    /// The page that tells it to people.
    pub html: web::Bytes,
}

/// The OpenAPI 3.1 document of this API.
#[utoipa::path(tag = "Running it", responses((status = 200, description = "The document")))]
#[get("/openapi.json")]
pub async fn openapi_json(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.json.clone())
}

/// GET `/api/docs`: the reference for people.
pub async fn reference(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(document.html.clone())
}

/// GET `/api/docs/style.css`.
pub async fn reference_style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(crate::reference::STYLE)
}
