//! Uploads: tus 1.0.0 at `/api/v1/uploads`.
//!
//! Core, creation, creation-with-upload, creation-defer-length, checksum, expiration, termination. A body is cut into
//! parts by [`receive`]; each part is durable before its row moves the offset, and the offset moves before the answer.

mod checksum;
pub mod create;
mod errors;
pub mod head;
mod headers;
pub mod options;
pub mod patch;
mod receive;
mod sniffer;
pub mod sweep;
pub mod terminate;

use crate::registry::Registry;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::DefaultHeaders;
use utoipa_actix_web::scope;

/// How long an upload stays open after its last byte, in milliseconds: 7 days.
pub(crate) const EXPIRES_AFTER_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Registers the routes of this folder.
pub fn configure(config: &mut Registry<'_, '_>) {
    let tus =
        DefaultHeaders::new().add(("tus-resumable", headers::VERSION)).add(("cache-control", "no-store"));
    config.service(
        scope::scope("/uploads")
            .wrap(tus)
            .service(options::options)
            .service(options::options_one)
            .service(create::create)
            .service(head::head)
            .service(patch::patch)
            .service(terminate::terminate),
    );
}

/// Where an upload is.
fn location(upload: meridian_domain::ids::UploadId) -> String {
    format!("/api/v1/uploads/{upload}")
}

/// The `Upload-Expires` header (an HTTP date).
fn expires(at_ms: i64) -> Option<(HeaderName, HeaderValue)> {
    let at = jiff::Timestamp::from_millisecond(at_ms).ok()?;
    let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    Some((HeaderName::from_static("upload-expires"), HeaderValue::from_str(&date).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_an_http_date() {
        let (_, value) = expires(784_111_777_000).unwrap();
        assert_eq!(value, "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
