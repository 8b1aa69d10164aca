//! What is told of a job's phases: a span of its trace, and totals for Prometheus.

use std::time::{Duration, Instant};

use meridian_store::StoreError;
use meridian_store::repo::figures;
use tracing::Instrument as _;

use crate::context::Context;
use crate::error::{JobError, chain};

/// Runs a phase of a job. Only what came to its end counts.
pub(crate) async fn phase<T>(
    context: &Context,
    name: &'static str,
    work: impl Future<Output = Result<T, JobError>>,
) -> Result<T, JobError> {
    let began = Instant::now();
    let span = tracing::info_span!("phase", otel.name = name);
    // In a box: the phases are most of what a job keeps.
    let done = Box::pin(work).instrument(span).await;
    if done.is_ok() {
        add(context, &[(figures::JOB_PHASE_SECONDS, name, began.elapsed())]).await;
    }
    done
}

/// Adds to totals. A job does not fail where they cannot be written.
pub(crate) async fn add(context: &Context, all: &[(&str, &str, Duration)]) {
    let added: Result<(), StoreError> = async {
        let tx = context.store.write_beside().await?;
        for (name, label, time) in all {
            figures::add(&tx, name, label, time.as_secs_f64()).await?;
        }
        tx.commit().await
    }
    .await;
    if let Err(error) = added {
        tracing::debug!(error = chain(&error), "a total is not written");
    }
}
