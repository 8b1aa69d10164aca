//! The web app, embedded in the binary. Unknown paths get its first page: the app routes by itself.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;

use crate::error::ApiError;

#[derive(RustEmbed)]
#[folder = "../web/build"]
#[allow_missing = true]
struct Files;

/// The hashes that the web app's page names for its inline script, for the policy in the header.
pub fn script_hashes() -> String {
    let page = Files::get("index.html").map(|file| file.data.to_vec()).unwrap_or_default();
    let page = String::from_utf8_lossy(&page).into_owned();
    let found = page.split('\'').filter(|part| {
        part.starts_with("sha256-") && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=-".contains(&b))
    });
    found.map(|hash| format!("'{hash}'")).collect::<Vec<_>>().join(" ")
}

/// The web app's first page with another title and more in its head; `None` where it is not built in.
pub fn page(head: &str) -> Option<String> {
    let page = Files::get("index.html")?.data.to_vec();
    let page = String::from_utf8_lossy(&page).into_owned();
    let (before, after) = page.split_once("<title>Meridian</title>")?;
    Some(format!("{before}{head}{after}"))
}

/// Serves a file of the web app, or its first page.
pub async fn serve(req: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path = req.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("media/") {
        return Err(ApiError::not_found());
    }
    if let Some(file) = Files::get(path) {
        let cache = if path.starts_with("_app/immutable/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        return Ok(answer(&req, &file, file.metadata.mimetype(), cache));
    }
    match Files::get("index.html") {
        Some(file) => Ok(answer(&req, &file, "text/html", "no-cache")),
        None => Ok(HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("The web app is not built into this server: run `make build`.\n")),
    }
}

fn answer(req: &HttpRequest, file: &rust_embed::EmbeddedFile, mime: &str, cache: &str) -> HttpResponse {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash().split_at(16).0));
    let known = req.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.contains(&tag)) {
        return HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish();
    }
    let mime = if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() };
    HttpResponse::Ok()
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, cache.to_owned()))
        .content_type(mime)
        .body(file.data.to_vec())
}
