//! Health, readiness, the API document.

pub mod health;
pub mod metrics;
pub mod openapi;
pub mod ready;
mod totals;
