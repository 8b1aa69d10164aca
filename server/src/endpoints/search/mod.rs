//! Search.

mod answer;
pub mod find;

use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(find::find);
}
