//! GET `/metrics` in Prometheus' text format: on its own listener, or here with the configured token.

use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq as _;

use super::totals;
use crate::error::{ApiError, ApiResult, chain};
use crate::repeat;
use crate::state::AppState;

/// The recorder's handle, where one was installed.
#[derive(Clone)]
pub struct Recorder(pub Option<PrometheusHandle>);

/// Figures for Prometheus. Without the token that `MERIDIAN_METRICS_TOKEN` sets there is nothing here.
#[utoipa::path(tag = "Running it", responses((status = 200, body = String, content_type = "text/plain"), (status = 404)))]
#[get("/metrics")]
pub async fn get_metrics(
    req: HttpRequest,
    state: web::Data<AppState>,
    recorder: web::Data<Recorder>,
) -> ApiResult<HttpResponse> {
    let wanted = state.settings.metrics_token.as_deref().unwrap_or("");
    let given = req.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let given = given.strip_prefix("Bearer ").unwrap_or("");
    if wanted.is_empty() || !bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) {
        return Err(ApiError::not_found());
    }
    Ok(render(&state, &recorder).await)
}

/// The figures of this process, and those of the instance; without the database only the first.
async fn render(state: &AppState, recorder: &Recorder) -> HttpResponse {
    let mut text = recorder.0.as_ref().map(PrometheusHandle::render).unwrap_or_default();
    match totals::render(state).await {
        Ok(more) => text.push_str(&more),
        Err(error) => tracing::warn!(error = %chain(&error), "the instance's figures cannot be read"),
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}

/// The same on a listener of its own, without a token.
pub async fn open_metrics(state: web::Data<AppState>, recorder: web::Data<Recorder>) -> HttpResponse {
    render(&state, &recorder).await
}

/// Installs the recorder of this process, once: it is the process's own, like its log.
pub fn install() -> Recorder {
    static HANDLE: OnceLock<Recorder> = OnceLock::new();
    HANDLE.get_or_init(install_once).clone()
}

fn install_once() -> Recorder {
    let handle = PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
        .and_then(PrometheusBuilder::install_recorder);
    ::metrics::describe_counter!("meridian_http_requests_total", "Requests by method, route and status");
    ::metrics::describe_histogram!(
        "meridian_http_request_seconds",
        ::metrics::Unit::Seconds,
        "Time to the head of the answer"
    );
    ::metrics::describe_counter!(
        "meridian_upload_bytes_total",
        ::metrics::Unit::Bytes,
        "Bytes of recordings that were made durable"
    );
    ::metrics::describe_histogram!(
        "meridian_store_call_seconds",
        ::metrics::Unit::Seconds,
        "Time of calls of the object store, by call and result"
    );
    match handle {
        Ok(handle) => Recorder(Some(handle)),
        Err(error) => {
            tracing::debug!(%error, "no metrics recorder");
            Recorder(None)
        }
    }
}

/// How often what was measured is summed up.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(30);

/// Sums up what was measured since the last time, so that it takes no more room where nobody asks for it. Runs until it is
/// aborted.
pub async fn run() {
    let Recorder(handle) = install();
    repeat::every(UPKEEP, || async {
        if let Some(handle) = &handle {
            handle.run_upkeep();
        }
    })
    .await;
}
