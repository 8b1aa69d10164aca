//! Updates: make, list, read, change, delete, publish.

pub mod access;
pub mod create;
pub mod delete;
pub mod edit;
pub mod fields;
pub mod list;
pub mod publish;
pub mod read;
pub mod retry;
pub mod schedule;
pub mod schema;
pub mod view;

pub use view::{UpdateView, render, render_one};

use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config
        .service(create::create)
        .service(list::team)
        .service(list::workspace)
        .service(read::read)
        .service(edit::edit)
        .service(delete::remove)
        .service(delete::restore)
        .service(publish::publish)
        .service(publish::unschedule)
        .service(retry::retry);
}
