//! The route table. Every endpoint is registered here, once; the OpenAPI document is collected from it.

use utoipa::OpenApi;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::endpoints::system;

/// Head of the API document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Meridian", description = "Recorded video and voice updates instead of status meetings.", license(name = "AGPL-3.0-or-later")),
    components(schemas(crate::error::Problem)),
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
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(system::health::healthz).service(system::ready::readyz);
    config.service(scope::scope("/api/v1").configure(api));
}

fn api(config: &mut ServiceConfig<'_>) {
    config.service(system::openapi::openapi_json);
}
