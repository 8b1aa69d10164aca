//! Share links: one update for whoever has the address, without an account.

mod comments;
mod door;
mod manage;
mod oembed;
mod page;
mod read;
mod unlock;

use actix_web::{guard, web};

use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(manage::create).service(manage::list).service(manage::edit).service(manage::revoke);
    config.service(manage::list_of_team);
    config.service(read::read).service(read::transcript).service(unlock::unlock);
    config.service(comments::list_shared_comments).service(comments::create_shared_comment);
}

/// Routes beside it: the page of a link and what other programs make of it.
pub fn configure_public(config: &mut Registry<'_, '_>) {
    config.service(oembed::oembed);
    let reads = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config
        .route("/s/{token}", reads().to(page::page))
        .route("/s/{token}/poster.jpg", reads().to(page::poster));
}
