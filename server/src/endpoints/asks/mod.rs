//! Comments across updates: asks of mine and of a team, decisions, answers.

pub mod lists;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// Routes under `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(lists::my_asks)
        .service(lists::team_asks)
        .service(lists::team_decisions)
        .service(lists::team_answers);
}
