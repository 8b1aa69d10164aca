//! Share links: one update for whoever has the address, without an account.

mod comments;
mod door;
mod manage;
mod read;
mod unlock;

use utoipa_actix_web::service_config::ServiceConfig;

/// Routes under `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(manage::create).service(manage::list).service(manage::edit).service(manage::revoke);
    config.service(read::read).service(read::transcript).service(unlock::unlock);
    config.service(comments::list).service(comments::create);
}
