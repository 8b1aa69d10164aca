//! Sends spans to the collector. The batch processor asks for it on a thread of its own, where the client's runtime is
//! not: so the work is handed to that.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::SpanData;
use tokio::runtime::Handle;

use crate::TelemetryError;

const WHOLE: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug)]
pub(crate) struct Exporter {
    inner: Arc<SpanExporter>,
    runtime: Handle,
}

impl Exporter {
    /// For a collector, whose address is `http://host:4318` or complete.
    pub(crate) fn new(endpoint: &str) -> Result<Self, TelemetryError> {
        // Fails where another part of the process was faster, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().timeout(WHOLE).build()?;
        let endpoint = endpoint.trim_end_matches('/');
        let complete = endpoint.ends_with("/v1/traces");
        let address = if complete { endpoint.to_owned() } else { format!("{endpoint}/v1/traces") };
        let inner = SpanExporter::builder()
            .with_http()
            .with_http_client(http)
            .with_endpoint(address)
            .with_timeout(WHOLE)
            .build()?;
        Ok(Self { inner: Arc::new(inner), runtime: Handle::current() })
    }
}

impl opentelemetry_sdk::trace::SpanExporter for Exporter {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let inner = Arc::clone(&self.inner);
        let sent = self.runtime.spawn(async move { inner.export(batch).await });
        async move { sent.await.unwrap_or_else(|error| Err(OTelSdkError::InternalFailure(error.to_string()))) }
    }

    fn set_resource(&mut self, resource: &Resource) {
        // Before the first batch nobody else has it.
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.set_resource(resource);
        }
    }
}
