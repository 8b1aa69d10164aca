//! Real servers for tests: PostgreSQL from Debian and SeaweedFS (S3) from the Python package, each on free ports of
//! loopback, in a folder of its own that goes away with it. One of each a test process.
//!
//! Where a program is missing the test that needs it says so and does nothing; `MERIDIAN_TEST_ALL=1`
//! (`scripts/test.sh` sets it, after installing both) makes that a failure.
#![warn(missing_docs)]

mod held;
mod postgres;
mod seaweed;

pub use postgres::{Postgres, postgres};
pub use seaweed::{Seaweed, seaweed};

/// Says that a program is missing; a failure where everything has to be tried.
#[expect(clippy::print_stderr, reason = "this crate is for tests")]
fn missing(what: &str) {
    assert!(std::env::var_os("MERIDIAN_TEST_ALL").is_none(), "{what} is missing");
    eprintln!("SKIPPED: {what} is missing; scripts/test.sh installs it");
}
