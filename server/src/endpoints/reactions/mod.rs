//! Reactions: an emoji, on the whole update or at a moment.

pub mod change;
pub mod list;

use utoipa_actix_web::service_config::ServiceConfig;

/// Routes under `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list::list).service(change::add).service(change::remove);
}
