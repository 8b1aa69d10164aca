//! Puts the application together: middleware, routes, the web app.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, NormalizePath, TrailingSlash, from_fn};
use actix_web::{App, HttpServer, web};
use tracing_actix_web::TracingLogger;
use utoipa::OpenApi as _;
use utoipa_actix_web::AppExt as _;

use crate::document;
use crate::endpoints::system::openapi::DOCUMENT;
use crate::endpoints::system::{self, metrics};
use crate::middleware::admit::{self, Guarded};
use crate::middleware::span::ByPattern;
use crate::middleware::{cors, headers, idempotency, last, measure};
use crate::registry::Registry;
use crate::routes::{self, ApiDoc};
use crate::state::AppState;

/// How long a client may take for the head of a request. The default of 5 s also runs while the server itself has no time to
/// read, on a machine that is busy with transcoding: then whoever had sent everything was told 408.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// The OpenAPI document, collected from the routes. What is served is its snapshot in the tree: collecting it takes more
/// memory than everything else that a start does.
///
/// # Errors
/// It cannot be written as JSON.
pub fn openapi() -> serde_json::Result<serde_json::Value> {
    let (_, document) = App::new()
        .into_utoipa_app()
        .openapi(ApiDoc::openapi())
        .configure(|config| routes::configure(&mut Registry::Documented(config)))
        .split_for_parts();
    document::finish(&document)
}

/// Serves on a bound listener until it is stopped.
///
/// # Errors
/// The listener cannot be used.
pub fn serve(state: AppState, listener: TcpListener) -> std::io::Result<Server> {
    let recorder = metrics::install();
    let guarded = web::Data::new(Guarded::of(DOCUMENT).map_err(std::io::Error::other)?);
    let state = web::Data::new(state);
    let recorder = web::Data::new(recorder);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(Compress::default())
            .wrap(from_fn(idempotency::idempotency))
            .wrap(from_fn(admit::admit))
            .wrap(from_fn(measure::measure))
            .wrap(from_fn(cors::cors))
            .wrap(from_fn(last::last))
            .wrap(headers::security(&state.settings))
            .wrap(NormalizePath::new(TrailingSlash::Trim))
            .wrap(TracingLogger::<ByPattern>::new())
            .app_data(state.clone())
            .app_data(recorder.clone())
            .app_data(guarded.clone())
            .configure(|config| routes::configure(&mut Registry::Served(config)))
            .route("/api/docs", web::get().to(system::openapi::reference))
            .route("/api/docs/style.css", web::get().to(system::openapi::reference_style))
            .default_service(web::route().to(crate::web::serve))
    })
    .listen(listener)?
    .workers(2)
    .client_request_timeout(HEAD_TIME)
    .shutdown_timeout(20)
    .disable_signals()
    .run();
    Ok(server)
}

/// Serves `/metrics` alone, on a listener of its own.
///
/// # Errors
/// The listener cannot be used.
pub fn serve_metrics(state: AppState, listener: TcpListener) -> std::io::Result<Server> {
    let recorder = web::Data::new(metrics::install());
    let state = web::Data::new(state);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(recorder.clone())
            .route("/metrics", web::get().to(metrics::open_metrics))
    });
    Ok(server.listen(listener)?.workers(1).client_request_timeout(HEAD_TIME).disable_signals().run())
}
