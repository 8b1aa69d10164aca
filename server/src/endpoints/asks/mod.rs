//! Comments across updates: asks of mine and of a team, decisions, answers.

pub mod lists;
pub mod view;

use crate::registry::Registry;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config
        .service(lists::my_asks)
        .service(lists::team_asks)
        .service(lists::team_decisions)
        .service(lists::team_answers);
}
