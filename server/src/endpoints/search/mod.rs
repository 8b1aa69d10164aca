//! Search.

mod answer;
pub mod find;

use utoipa_actix_web::service_config::ServiceConfig;

/// Routes under `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(find::find);
}
