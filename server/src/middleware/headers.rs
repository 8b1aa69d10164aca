//! Security headers. The content security policy names the hash of the web app's one inline script, which its build
//! writes into the page.

use actix_web::middleware::DefaultHeaders;

/// The style attribute of SvelteKit's own announcer of page changes; `'unsafe-hashes'` lets this one attribute in.
const ANNOUNCER_STYLE: &str = "'unsafe-hashes' 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='";

/// The headers of every answer that does not set its own.
pub fn security() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("content-security-policy", policy(&crate::web::script_hashes(), "'self'")))
        .add(("x-content-type-options", "nosniff"))
        .add(("referrer-policy", "no-referrer"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add((
            "permissions-policy",
            "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
        ))
}

/// The policy of a page that other sites may show in a frame.
pub fn policy_in_frames() -> String {
    policy(&crate::web::script_hashes(), "*")
}

/// What a page may load: its own origin only; players of media segments need `blob:`.
fn policy(script_hashes: &str, ancestors: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' {script_hashes}; style-src 'self' {ANNOUNCER_STYLE}; \
         img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; \
         font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
}
