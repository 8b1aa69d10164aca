//! GET `/healthz`: the process answers.

use actix_web::{HttpResponse, get};

/// The process answers. Says nothing about the parts it needs: see `/readyz`.
#[utoipa::path(tag = "Running it", responses((status = 200, description = "Alive", body = String, content_type = "text/plain")))]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}
