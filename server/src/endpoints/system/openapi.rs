//! GET `/api/v1/openapi.json` and `/api/docs`.

use actix_web::{HttpResponse, get, web};

/// The document as text, made once at start.
#[derive(Clone)]
pub struct Document(pub web::Bytes);

/// The OpenAPI 3.1 document of this API.
#[utoipa::path(tag = "Running it", responses((status = 200, description = "The document")))]
#[get("/openapi.json")]
pub async fn openapi_json(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.0.clone())
}
