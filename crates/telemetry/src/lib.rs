//! The log, and traces by OpenTelemetry (OTLP over HTTP) where the settings name a collector. Without one nothing of
//! OpenTelemetry is set up.
//!
//! One recording is one trace, whichever process works on it: its trace id is the update's id, 128 bits, and its root
//! span's id the last 64 of them. So nothing has to be carried from the server to a worker: no column, no header.
#![warn(missing_docs)]

mod export;
mod recording;

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use meridian_config::Settings;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use tracing::Metadata;
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, LevelFilter, ParseError, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer, Registry};

pub use recording::{began, part_of};

/// What of our own is traced: spans of every crate whose name begins so.
const OURS: &str = "meridian";

/// Where the framework complains of a listening socket that was closed on purpose.
const DOOR: &str = "actix_server::accept";
/// The process has been told to end.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Log or traces cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is none.
    #[error("MERIDIAN_LOG cannot be read")]
    Filter(#[from] ParseError),
    /// Another part of the process logs already.
    #[error("logging cannot start")]
    Start(#[from] TryInitError),
    /// The collector's address is none.
    #[error("MERIDIAN_OTLP_ENDPOINT cannot be used")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// No client can be made.
    #[error("no client for MERIDIAN_OTLP_ENDPOINT")]
    Client(#[from] reqwest::Error),
}

/// How long an ended span waits for others, unless `OTEL_BSP_SCHEDULE_DELAY` (ms) says otherwise: a process that is killed
/// takes those with it that still wait. OpenTelemetry's own default is 5 s.
const WAIT: Duration = Duration::from_secs(1);

fn batches(exporter: export::Exporter) -> BatchSpanProcessor {
    let config = BatchConfigBuilder::default();
    let told = std::env::var_os("OTEL_BSP_SCHEDULE_DELAY").is_some();
    let config = if told { config } else { config.with_scheduled_delay(WAIT) };
    BatchSpanProcessor::builder(exporter).with_batch_config(config.build()).build()
}

/// Traces on their way out.
#[derive(Debug)]
#[must_use = "what is not sent yet is sent by `finish`"]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Sends what was not sent yet.
    pub async fn finish(self) {
        let Some(provider) = self.0 else { return };
        // It waits for the exporter, which works on this runtime: so on another thread.
        let ended = tokio::task::spawn_blocking(move || provider.shutdown()).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(%error, "not every trace was sent");
        }
    }
}

/// From here on nobody is told that no connection can be taken any more.
pub fn ending() {
    ENDING.store(true, Ordering::Relaxed);
}

fn is_worth_telling(about: &Metadata<'_>) -> bool {
    about.target() != DOOR || !ENDING.load(Ordering::Relaxed)
}

/// Starts the log of this process and, where a collector is named, its traces. Called within the runtime that sends
/// them.
///
/// # Errors
/// A setting that cannot be used.
pub fn start(settings: &Settings, service: &'static str) -> Result<Telemetry, TelemetryError> {
    let filter = EnvFilter::try_new(&settings.log)?;
    let Some(endpoint) = &settings.otlp_endpoint else {
        Registry::default()
            .with(log(settings).with_filter(filter.and(filter_fn(is_worth_telling))))
            .try_init()?;
        return Ok(Telemetry(None));
    };
    let provider = SdkTracerProvider::builder()
        .with_id_generator(recording::Ids::default())
        .with_span_processor(batches(export::Exporter::new(endpoint)?))
        .with_resource(Resource::builder().with_service_name(service).build())
        .build();
    opentelemetry::global::set_tracer_provider(provider.clone());
    let traces = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(OURS))
        .with_location(false)
        .with_threads(false)
        .with_filter(Targets::new().with_target(OURS, LevelFilter::INFO));
    let filter = filter.and(filter_fn(is_worth_telling));
    Registry::default().with(traces).with(log(settings).with_filter(filter)).try_init()?;
    Ok(Telemetry(Some(provider)))
}

/// Lines on the standard error: text, or JSON.
fn log<S>(settings: &Settings) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if settings.log_json { lines.json().boxed() } else { lines.boxed() }
}
