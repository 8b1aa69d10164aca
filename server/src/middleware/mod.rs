//! What happens around every request: security headers, CORS, measuring, idempotency, the end of connections.

pub mod admit;
pub mod cors;
pub mod headers;
pub mod idempotency;
pub mod last;
pub mod measure;
pub mod span;
