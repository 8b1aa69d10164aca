//! Reactions: an emoji, on the whole update or at a moment.

pub mod change;
pub mod list;

use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(list::list).service(change::add).service(change::remove);
}
