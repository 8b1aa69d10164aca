//! A job in this worker's hands: its lease is kept alive, its fate is written.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use meridian_store::repo::jobs::{self, Claimed, Lease, Retried};
use meridian_store::repo::processing;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::context::Context;
use crate::error::{JobError, chain};

/// Waits before the second and the third attempt, in milliseconds.
const DELAYS_MS: [i64; 3] = [2_000, 10_000, 60_000];
/// Wait before the next attempt after the database or the object store was away, in milliseconds: the first, which grows
/// by as much each time, and the longest.
const PUT_OFF_MS: i64 = 4_000;
const PUT_OFF_MOST_MS: i64 = 60_000;
/// So many attempts may end because something was away before such an end counts as any other.
const MOST_PUT_OFF: i64 = 100;
/// How long to try writing a job's fate while the database is away.
const WRITE_PATIENCE: Duration = Duration::from_secs(20);

/// A claimed job.
#[derive(Debug)]
pub(crate) struct Job {
    /// What was claimed.
    pub(crate) claimed: Claimed,
    progress: Mutex<(String, i64)>,
    /// What it may run beside; given back when the costly part is over.
    slot: Mutex<Option<Slot>>,
}

/// What a job runs in. Whoever takes jobs is told when it becomes free.
#[derive(Debug)]
pub(crate) struct Slot {
    permit: Option<OwnedSemaphorePermit>,
    freed: Arc<Notify>,
}

impl Slot {
    /// With the permit of a room, and who waits for it.
    pub(crate) fn new(permit: OwnedSemaphorePermit, freed: Arc<Notify>) -> Self {
        Self { permit: Some(permit), freed }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        drop(self.permit.take());
        self.freed.notify_one();
    }
}

impl Job {
    /// With the slot that it was claimed for.
    pub(crate) fn new(claimed: Claimed, slot: Slot) -> Arc<Self> {
        let progress = Mutex::new(("starting".to_owned(), 0));
        Arc::new(Self { claimed, progress, slot: Mutex::new(Some(slot)) })
    }

    /// What every write has to name.
    pub(crate) fn lease(&self) -> &Lease {
        &self.claimed.lease
    }

    /// For the next heartbeat.
    pub(crate) fn set_progress(&self, phase: &str, percent: i64) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = (phase.to_owned(), percent);
    }

    /// The costly part is over: another job may begin.
    pub(crate) fn release_slot(&self) {
        drop(self.slot.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Runs a job to its end, whatever that is: a part of the recording's trace.
pub(crate) async fn run(context: Context, job: Arc<Job>, shutdown: CancellationToken) {
    let (kind, lease) = (job.claimed.payload.kind(), job.lease());
    let span = tracing::info_span!(parent: None, "job", otel.name = kind, job_id = %lease.job_id, attempt = lease.attempt);
    let span = match job.claimed.update_id {
        Some(update) => meridian_telemetry::part_of(span, update),
        None => span,
    };
    Box::pin(run_inside(context, job, shutdown)).instrument(span).await;
}

async fn run_inside(context: Context, job: Arc<Job>, shutdown: CancellationToken) {
    let lease = job.lease().clone();
    tracing::info!(job_id = %lease.job_id, kind = job.claimed.payload.kind(), attempt = lease.attempt,
        update_id = job.claimed.update_id.map(tracing::field::display), "job claimed");
    let result = tokio::select! {
        result = Box::pin(crate::jobs::run(&context, &job)) => result,
        error = keep_alive(&context, &job) => Err(error),
        () = shutdown.cancelled() => Err(JobError::Shutdown),
    };
    match &result {
        Ok(()) => tracing::info!(job_id = %lease.job_id, "job done"),
        Err(JobError::Shutdown) => tracing::info!(job_id = %lease.job_id, "job handed back"),
        Err(JobError::Parked) => tracing::info!(job_id = %lease.job_id, "job parked"),
        Err(error) => tracing::warn!(job_id = %lease.job_id, error = chain(error), "job not done"),
    }
    let started = Instant::now();
    while let Err(error) = settle(&context, &job, &result).await {
        if matches!(error, JobError::Lost) {
            return tracing::warn!(job_id = %lease.job_id, "the job is somebody else's by now");
        }
        if started.elapsed() > WRITE_PATIENCE {
            return tracing::error!(job_id = %lease.job_id, error = chain(&error), "a job's fate is not written");
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn settle(context: &Context, job: &Job, result: &Result<(), JobError>) -> Result<(), JobError> {
    let lease = job.lease();
    let Err(error) = result else { return Ok(()) };
    if matches!(error, JobError::Lost | JobError::Parked) {
        return Ok(());
    }
    let tx = context.store.write().await?;
    match (error, job.claimed.update_id) {
        (JobError::Shutdown, _) => jobs::hand_back(&tx, lease, 0).await?,
        (JobError::Rejected { code, detail }, Some(update))
            if job.claimed.payload.kind() == "process_update" =>
        {
            processing::media_failed(&tx, lease, update, code, detail).await?;
        }
        (error, _) if error.is_passing() && lease.attempt < MOST_PUT_OFF => {
            let delay_ms = PUT_OFF_MS.saturating_mul(lease.attempt).min(PUT_OFF_MOST_MS);
            jobs::put_off(&tx, lease, &chain(error), delay_ms).await?;
        }
        (error, _) => {
            let index = usize::try_from(lease.attempt - 1).unwrap_or(0).min(DELAYS_MS.len() - 1);
            let delay_ms = DELAYS_MS.get(index).copied().unwrap_or(60_000);
            if jobs::retry_later(&tx, lease, &chain(error), delay_ms).await? == Retried::Dead {
                tracing::error!(job_id = %lease.job_id, "that was the last attempt");
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Ends only when the lease is lost, or may be.
async fn keep_alive(context: &Context, job: &Job) -> JobError {
    let lease_time = context.times.lease;
    let lease_ms = i64::try_from(lease_time.as_millis()).unwrap_or(30_000);
    let mut last = Instant::now();
    loop {
        tokio::time::sleep(lease_time / 3).await;
        let (phase, percent) = job.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let beat = async {
            let tx = context.store.write_beside().await?;
            let held = jobs::heartbeat(&tx, job.lease(), lease_ms, &phase, percent).await?;
            tx.commit().await?;
            Ok::<bool, JobError>(held)
        };
        match beat.await {
            Ok(true) => last = Instant::now(),
            Ok(false) => return JobError::Lost,
            Err(error) => {
                tracing::warn!(job_id = %job.lease().job_id, error = chain(&error), "no heartbeat");
                if last.elapsed() >= lease_time {
                    return JobError::Lost;
                }
            }
        }
    }
}
