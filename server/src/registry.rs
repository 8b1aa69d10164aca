//! Where endpoints are registered: in the application that serves them, or in the one that the OpenAPI document is
//! collected from.

use actix_web::dev::HttpServiceFactory;
use actix_web::{Route, web};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{OpenApiFactory, scope};

/// The one list of routes is given to either. Whoever serves collects no document: its schemas would be built in every
/// thread of the server, for half of the memory and most of the time that a start takes.
pub enum Registry<'a, 's> {
    /// Serves.
    Served(&'a mut web::ServiceConfig),
    /// Collects the document too.
    Documented(&'a mut ServiceConfig<'s>),
}

impl Registry<'_, '_> {
    /// Registers an endpoint that the document tells of.
    pub fn service<F>(&mut self, endpoint: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        match self {
            Self::Served(config) => {
                config.service(endpoint);
            }
            Self::Documented(config) => {
                config.service(endpoint);
            }
        }
        self
    }

    /// Registers what the document leaves out.
    pub fn route(&mut self, path: &str, route: Route) -> &mut Self {
        self.map(|config| config.route(path, route))
    }

    /// Registers what the document leaves out, with everything that actix-web can do.
    pub fn map(
        &mut self,
        register: impl FnOnce(&mut web::ServiceConfig) -> &mut web::ServiceConfig,
    ) -> &mut Self {
        match self {
            Self::Served(config) => {
                register(config);
            }
            Self::Documented(config) => {
                config.map(register);
            }
        }
        self
    }

    /// What handlers may ask for.
    pub fn app_data<U: 'static>(&mut self, data: U) -> &mut Self {
        self.map(|config| config.app_data(data))
    }

    /// Registers the endpoints of a folder.
    pub fn configure(&mut self, register: impl FnOnce(&mut Registry<'_, '_>)) -> &mut Self {
        match self {
            Self::Served(config) => register(&mut Registry::Served(config)),
            Self::Documented(config) => register(&mut Registry::Documented(config)),
        }
        self
    }

    /// Registers endpoints below a path.
    pub fn scope(&mut self, path: &str, register: impl FnOnce(&mut Registry<'_, '_>)) -> &mut Self {
        match self {
            Self::Served(config) => {
                config.service(web::scope(path).configure(|config| register(&mut Registry::Served(config))));
            }
            Self::Documented(config) => {
                config.service(
                    scope::scope(path).configure(|config| register(&mut Registry::Documented(config))),
                );
            }
        }
        self
    }
}
