//! Who asks comes before what is asked: where the API document names a credential, a request without a good one is
//! refused before its path, query or body are looked at.

use std::collections::{HashMap, HashSet};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest as _, HttpMessage as _, ResponseError as _, web};
use serde::Deserialize;

use crate::auth::Auth;

/// The operations that need a credential, as `METHOD pattern`.
pub struct Guarded(HashSet<String>);

impl Guarded {
    /// Those of the API document, given as JSON.
    ///
    /// # Errors
    /// It is no API document.
    pub fn of(document: &str) -> serde_json::Result<Self> {
        let document: Outline = serde_json::from_str(document)?;
        let operations = document
            .paths
            .iter()
            .flat_map(|(path, item)| item.iter().map(move |(method, operation)| (path, method, operation)));
        let guarded = operations.filter(|(.., operation)| operation.needs_bearer());
        Ok(Self(guarded.map(|(path, method, _)| format!("{} {path}", method.to_uppercase())).collect()))
    }

    fn holds(&self, req: &ServiceRequest) -> bool {
        req.match_pattern().is_some_and(|pattern| self.0.contains(&format!("{} {pattern}", req.method())))
    }
}

/// As much of an API document as is read here.
#[derive(Deserialize)]
struct Outline {
    paths: HashMap<String, HashMap<String, Operation>>,
}

#[derive(Deserialize)]
struct Operation {
    #[serde(default)]
    security: Vec<HashMap<String, Vec<String>>>,
}

impl Operation {
    fn needs_bearer(&self) -> bool {
        self.security.first().is_some_and(|one| one.contains_key("bearer"))
    }
}

/// Lets in whom the route wants; the extractor finds who it is.
///
/// # Errors
/// Those of what it wraps.
pub async fn admit<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if req.app_data::<web::Data<Guarded>>().is_some_and(|guarded| guarded.holds(&req)) {
        match Auth::from_request(req.request(), &mut Payload::None).await {
            Ok(auth) => drop(req.extensions_mut().insert(auth)),
            Err(error) => return Ok(req.into_response(error.error_response()).map_into_boxed_body()),
        }
    }
    Ok(next.call(req).await?.map_into_boxed_body())
}
