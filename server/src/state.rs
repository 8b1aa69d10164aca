//! What handlers share. Nothing in it is state that another server would need: that is in the database.

use std::sync::Arc;

use meridian_blobs::Blobs;
use meridian_config::Settings;
use meridian_domain::clock::Clock;
use meridian_store::Store;

use crate::auth::keys::Keys;
use crate::auth::limits::Failures;
use crate::auth::oidc::Provider;
use crate::events_hub::Hub;
use crate::mail::Mailer;

/// The parts of a running server; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// See [`AppState`].
pub struct Parts {
    /// The settings.
    pub settings: Settings,
    /// The database.
    pub store: Store,
    /// The object store.
    pub blobs: Blobs,
    /// Keys for tokens, tickets and cursors.
    pub keys: Keys,
    /// What happens, for event streams.
    pub events: Hub,
    /// Sends mail.
    pub mailer: Mailer,
    /// The one-time code for the first account; `None` on loopback.
    pub setup_code: Option<String>,
    /// The OpenID Connect provider, where the settings name one.
    pub oidc: Option<Provider>,
}

impl AppState {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Failed sign-ins and the like.
    pub fn failures(&self) -> Failures<'_> {
        Failures { store: &self.0.store, keys: &self.0.keys }
    }

    /// The domain clock.
    pub fn clock(&self) -> &Clock {
        self.0.store.clock()
    }
}

impl std::ops::Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
