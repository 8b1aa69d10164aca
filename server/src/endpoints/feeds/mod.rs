//! Feeds by capability addresses: a team's podcast, due times; and the links that end mail with one click.

mod calendar;
pub mod manage;
mod podcast;
mod unsubscribe;

use actix_web::{guard, web};
use meridian_domain::enums::FeedKind;
use meridian_store::repo::feeds::{self, Feed};

use crate::error::{ApiError, ApiResult};
use crate::registry::Registry;
use crate::state::AppState;

/// Routes under `/api/v1`.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.service(manage::create).service(manage::list).service(manage::remove);
}

/// Routes beside it, for programs that cannot sign in. GET of an unsubscribe link is a page of the web app, since mail
/// scanners follow links.
pub fn configure_public(config: &mut Registry<'_, '_>) {
    let reads = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config
        .route("/feeds/{token}/podcast.xml", reads().to(podcast::podcast))
        .route("/feeds/{token}/{update}.m4a", reads().to(podcast::sound))
        .route("/feeds/{token}/due.ics", reads().to(calendar::due));
    config.map(|config| {
        let ends = web::resource("/unsubscribe/{token}").guard(guard::Post());
        config.service(ends.to(unsubscribe::unsubscribe))
    });
}

/// The feed of a token; 404 where it is unknown, revoked or of another kind.
async fn find(state: &AppState, token: &str, kind: FeedKind) -> ApiResult<Feed> {
    let hash = state.keys.hash_token(token);
    feeds::by_hash(state.store.reader(), &hash, kind).await?.ok_or_else(ApiError::not_found)
}
