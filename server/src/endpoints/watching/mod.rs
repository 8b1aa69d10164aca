//! How much of an update was taken in, and by whom.

pub mod engagement;
pub mod viewers;
pub mod watch;

use utoipa_actix_web::service_config::ServiceConfig;

/// Routes under `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(watch::watch).service(viewers::viewers).service(engagement::engagement);
}
