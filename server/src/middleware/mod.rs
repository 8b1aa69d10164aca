//! What happens around every request: security headers, CORS, measuring, idempotency.

pub mod admit;
pub mod cors;
pub mod headers;
pub mod idempotency;
pub mod measure;
pub mod span;
