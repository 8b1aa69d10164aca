//! Who asks comes before what is asked: where the API document names a credential, a request without a good one is
//! refused before its path, query or body are looked at.

use std::collections::HashSet;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest as _, HttpMessage as _, ResponseError as _, web};
use serde_json::{Map, Value};

use crate::auth::Auth;

/// The operations that need a credential, as `METHOD pattern`.
pub struct Guarded(HashSet<String>);

impl Guarded {
    /// Those of the API document.
    pub fn of(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flat_map(Map::iter);
            methods.map(move |(method, operation)| (path, method, operation))
        });
        let needs = |operation: &Value| operation["security"][0]["bearer"].is_array();
        let guarded = operations.filter(|(.., operation)| needs(operation));
        Self(guarded.map(|(path, method, _)| format!("{} {path}", method.to_uppercase())).collect())
    }

    fn holds(&self, req: &ServiceRequest) -> bool {
        req.match_pattern().is_some_and(|pattern| self.0.contains(&format!("{} {pattern}", req.method())))
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
