//! Security headers. The content security policy names the hash of the web app's one inline script, which its
//! build writes into the page.

use actix_web::middleware::DefaultHeaders;
use meridian_config::{MediaDelivery, Settings};

/// The style attribute of SvelteKit's own announcer of page changes; `'unsafe-hashes'` lets this one attribute in.
const ANNOUNCER_STYLE: &str = "'unsafe-hashes' 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='";

/// The headers of every answer that does not set its own.
pub fn security(settings: &Settings) -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "content-security-policy",
            policy(&crate::web::script_hashes(), "'self'", &media_origin(settings)),
        ))
        .add(("x-content-type-options", "nosniff"))
        .add(("referrer-policy", "no-referrer"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add((
            "permissions-policy",
            "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
        ))
}

/// The policy of a page that other sites may show in a frame.
pub fn policy_in_frames(settings: &Settings) -> String {
    policy(&crate::web::script_hashes(), "*", &media_origin(settings))
}

/// Where segments come from beside this server, with a blank before it: the object store, where media are redirected.
fn media_origin(settings: &Settings) -> String {
    let elsewhere = settings.s3_public_endpoint.as_ref().or(settings.s3_endpoint.as_ref());
    match (settings.media_delivery, elsewhere) {
        (MediaDelivery::Redirect, Some(address)) => url::Url::parse(address)
            .map_or_else(|_| String::new(), |url| format!(" {}", url.origin().ascii_serialization())),
        (MediaDelivery::Redirect, None) => " https://*.amazonaws.com".to_owned(),
        (MediaDelivery::Proxy, _) => String::new(),
    }
}

/// What a page may load: its own origin only (and segments from where they are redirected to); players of media
/// segments need `blob:`.
fn policy(script_hashes: &str, ancestors: &str, media: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' {script_hashes}; style-src 'self' {ANNOUNCER_STYLE}; \
         img-src 'self' data: blob:; media-src 'self' blob:{media}; connect-src 'self'{media}; worker-src 'self' blob:; manifest-src 'self'; \
         font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
}
