//! The inbox, and what one wants to be told.

pub mod list;
pub mod read;
pub mod settings;
pub mod view;

pub(crate) use view::excerpt;

use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config
        .service(list::list)
        .service(read::read)
        .service(settings::get_settings)
        .service(settings::put_settings);
}
