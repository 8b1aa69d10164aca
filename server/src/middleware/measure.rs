//! Counts requests and their time, by route pattern (never by path: ids would make endless series).

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

/// Counts a request.
///
/// # Errors
/// Those of what it wraps.
pub async fn measure<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let begin = Instant::now();
    let method = req.method().as_str().to_owned();
    let result = next.call(req).await;
    let (route, status) = match &result {
        Ok(response) => (
            response.request().match_pattern().unwrap_or_else(|| "other".to_owned()),
            response.status().as_u16(),
        ),
        Err(error) => ("other".to_owned(), error.as_response_error().status_code().as_u16()),
    };
    let status = status.to_string();
    metrics::counter!("meridian_http_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("meridian_http_request_seconds", "method" => method, "route" => route)
        .record(begin.elapsed().as_secs_f64());
    result
}
