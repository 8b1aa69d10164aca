//! Puts the application together: middleware, routes, the web app.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, DefaultHeaders, NormalizePath, TrailingSlash};
use actix_web::{App, HttpServer, web};
use tracing_actix_web::TracingLogger;
use utoipa::OpenApi as _;
use utoipa_actix_web::AppExt as _;

use crate::endpoints::system::openapi::Document;
use crate::routes::{self, ApiDoc};
use crate::state::AppState;

/// What every page may load: its own origin only; MSE players need `blob:`.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; font-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, document) = App::new()
        .into_utoipa_app()
        .openapi(ApiDoc::openapi())
        .configure(routes::configure)
        .split_for_parts();
    document
}

/// Serves on a bound listener until it is stopped.
///
/// # Errors
/// The listener cannot be used.
pub fn serve(state: AppState, listener: TcpListener) -> std::io::Result<Server> {
    let document = Document(web::Bytes::from(openapi().to_pretty_json().map_err(std::io::Error::other)?));
    let state = web::Data::new(state);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(Compress::default())
            .wrap(security_headers())
            .wrap(NormalizePath::new(TrailingSlash::Trim))
            .wrap(TracingLogger::default())
            .into_utoipa_app()
            .openapi(ApiDoc::openapi())
            .app_data(state.clone())
            .app_data(web::Data::new(document.clone()))
            .configure(routes::configure)
            .default_service(web::route().to(crate::web::serve))
            .into_app()
    })
    .listen(listener)?
    .workers(2)
    .shutdown_timeout(20)
    .disable_signals()
    .run();
    Ok(server)
}

fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("content-security-policy", CONTENT_SECURITY_POLICY))
        .add(("x-content-type-options", "nosniff"))
        .add(("referrer-policy", "no-referrer"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add((
            "permissions-policy",
            "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
        ))
}
