//! How much of an update was taken in, and by whom.

pub mod engagement;
pub mod viewers;
pub mod watch;

use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(watch::watch).service(viewers::viewers).service(engagement::engagement);
}
