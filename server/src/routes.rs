//! The route table. Every endpoint is registered here, once; the OpenAPI document is collected from it.

use utoipa::OpenApi;

use crate::endpoints::{
    admin, asks, catch_up, check_ins, comments, events, exports, feeds, identity, me, media, notifications,
    reactions, rounds, search, share, system, teams, transcripts, updates, uploads, watching, webhooks,
    workspaces,
};
use crate::registry::Registry;

/// Head of the API document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Meridian", description = "Recorded video and voice updates instead of status meetings.", license(name = "AGPL-3.0-or-later")),
    components(schemas(
        crate::error::Problem,
        crate::endpoints::asks::lists::AskStateWord,
        crate::endpoints::updates::list::DraftsWord,
    )),
    modifiers(&Bearer)
)]
pub struct ApiDoc;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        openapi.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// Everything under `/api/v1` and beside it.
pub fn configure(config: &mut Registry<'_, '_>) {
    config.configure(media::configure).configure(feeds::configure_public).configure(share::configure_public);
    config
        .service(system::health::healthz)
        .service(system::ready::readyz)
        .service(system::metrics::get_metrics);
    config.scope("/api/v1", api);
}

fn api(config: &mut Registry<'_, '_>) {
    config.service(system::openapi::openapi_json);
    config
        .service(identity::instance::get_instance)
        .service(identity::signup::signup)
        .service(identity::login::login)
        .service(identity::refresh::refresh)
        .service(identity::logout::logout)
        .service(identity::oidc::start::start_oidc)
        .service(identity::oidc::callback::finish_oidc)
        .service(identity::forgot::forgot)
        .service(identity::reset::reset);
    config
        .service(me::profile::get_me)
        .service(me::profile::patch_me)
        .service(me::profile::delete_me)
        .service(me::away::get_away)
        .service(me::away::put_away)
        .service(me::away::get_holidays)
        .service(me::away::put_holidays)
        .service(me::password::change_password)
        .service(me::sessions::list_sessions)
        .service(me::sessions::delete_session)
        .service(me::api_tokens::create_api_token)
        .service(me::api_tokens::list_api_tokens)
        .service(me::api_tokens::delete_api_token);
    config
        .service(workspaces::crud::create_workspace)
        .service(workspaces::crud::list_workspaces)
        .service(workspaces::crud::get_workspace)
        .service(workspaces::crud::patch_workspace)
        .service(workspaces::insights::get_insights)
        .service(workspaces::audit_log::get_audit_log)
        .service(workspaces::retention::get_retention)
        .service(workspaces::retention::put_retention)
        .service(workspaces::members::list_members)
        .service(workspaces::members::patch_member)
        .service(workspaces::members::delete_member)
        .service(workspaces::invites::create_invite)
        .service(workspaces::invites::list_invites)
        .service(workspaces::invites::delete_invite)
        .service(workspaces::accept_invite::get_invite)
        .service(workspaces::accept_invite::accept_invite);
    config
        .service(teams::crud::create_team)
        .service(teams::crud::list_teams)
        .service(teams::crud::get_team)
        .service(teams::crud::patch_team)
        .service(teams::crud::delete_team)
        .service(teams::members::list_team_members)
        .service(teams::members::put_team_member)
        .service(teams::members::delete_team_member)
        .service(teams::overlap::get_overlap)
        .service(teams::glossary::get_glossary)
        .service(teams::glossary::put_glossary)
        .service(teams::agreement::get_agreement)
        .service(teams::agreement::put_agreement);
    config.configure(uploads::configure);
    config.configure(updates::configure).configure(comments::configure).configure(asks::configure);
    config.configure(events::configure).configure(reactions::configure).configure(watching::configure);
    config.configure(transcripts::configure).configure(search::configure);
    config.configure(notifications::configure).configure(webhooks::configure);
    config.configure(feeds::configure).configure(admin::configure).configure(exports::configure);
    config.configure(share::configure);
    config.configure(check_ins::configure).configure(rounds::configure).configure(catch_up::configure);
}
