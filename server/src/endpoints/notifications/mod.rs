//! The inbox, and what one wants to be told.

pub mod list;
pub mod read;
pub mod settings;
pub mod view;

pub(crate) use view::excerpt;

use utoipa_actix_web::service_config::ServiceConfig;

/// Routes under `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list::list)
        .service(read::read)
        .service(settings::get_settings)
        .service(settings::put_settings);
}
