//! Health, readiness, the API document.

pub mod health;
pub mod openapi;
pub mod ready;
