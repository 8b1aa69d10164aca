//! What nobody waits for: expired leases, transcripts that waited for a model, bytes that may go.

use meridian_blobs::layout;
use meridian_store::repo::{jobs, processing, search, workers};
use tokio_util::sync::CancellationToken;

use crate::context::{Context, ModelFile};
use crate::error::{JobError, chain};

/// The slower sweeps run once in so many rounds.
const SLOW_ROUNDS: u32 = 6;
/// How much of the search index one of them joins: about two seconds of it.
const TIDYING_STEPS: usize = 64;

/// Sweeps until the worker ends.
pub(crate) async fn run(context: Context, slots: u32, shutdown: CancellationToken) {
    let mut round = 0_u32;
    while !shutdown.is_cancelled() {
        if let Err(error) = sweep(&context, slots, round).await {
            tracing::warn!(error = chain(&error), "a sweep failed");
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(context.times.sweep) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

async fn sweep(context: &Context, slots: u32, round: u32) -> Result<(), JobError> {
    alive(context, slots).await?;
    expired_leases(context).await?;
    if round.is_multiple_of(SLOW_ROUNDS) {
        made_up_transcripts(context).await?;
        due_purges(context).await?;
        stale_generations(context).await?;
        search::tidy(&context.store, TIDYING_STEPS).await?;
    }
    Ok(())
}

async fn alive(context: &Context, slots: u32) -> Result<(), JobError> {
    let model = context.model.installed().map(|path| ModelFile::name(&path));
    let tx = context.store.write().await?;
    let version = env!("CARGO_PKG_VERSION");
    workers::alive(&tx, &context.worker_id, version, slots.into(), model.as_deref()).await?;
    Ok(tx.commit().await?)
}

async fn expired_leases(context: &Context) -> Result<(), JobError> {
    if !jobs::expired_exist(context.store.reader()).await? {
        return Ok(());
    }
    let tx = context.store.write().await?;
    let swept = jobs::sweep_expired(&tx).await?;
    tx.commit().await?;
    for expired in swept {
        tracing::warn!(job_id = %expired.job_id, outcome = ?expired.outcome, "a lease ran out");
    }
    Ok(())
}

async fn made_up_transcripts(context: &Context) -> Result<(), JobError> {
    if context.model.installed().is_none() {
        return Ok(());
    }
    for update in processing::unavailable_transcripts(context.store.reader()).await? {
        let tx = context.store.write().await?;
        processing::enqueue_made_up(&tx, update).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn due_purges(context: &Context) -> Result<(), JobError> {
    let now_ms = context.store.clock().now_ms();
    for update in processing::due_purges(context.store.reader(), now_ms).await? {
        let tx = context.store.write().await?;
        processing::enqueue_due_purge(&tx, update).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Rows first: once they are gone no player gets a name; objects that stay behind then only cost room.
async fn stale_generations(context: &Context) -> Result<(), JobError> {
    let kept_ms = i64::try_from(context.times.frozen.as_millis())?;
    let before_ms = context.store.clock().now_ms().saturating_sub(kept_ms);
    for stale in processing::stale_generations(context.store.reader(), before_ms).await? {
        let prefix = layout::generation_prefix(stale.update_id.0, stale.generation_id.0);
        let tx = context.store.write().await?;
        let dropped = processing::drop_generation(&tx, stale.generation_id).await?;
        tx.commit().await?;
        if dropped {
            context.blobs.delete_prefix(&prefix).await?;
        }
    }
    Ok(())
}
