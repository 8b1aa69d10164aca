//! Whole-system tests.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod campaigns;
mod schedule;
mod uploads;
mod whole;
