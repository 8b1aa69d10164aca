//! Catch-up: the best queue that fits into the time that one has, and "seen".

pub mod read;
pub mod seen;

use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(read::get_catch_up).service(seen::post_seen);
}
