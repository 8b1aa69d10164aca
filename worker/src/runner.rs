//! The worker's life: open what it needs, take jobs while there is room, hand them back at the end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use meridian_blobs::{Blobs, S3Options};
use meridian_config::{Landlock, Settings};
use meridian_store::repo::jobs::{self as queue, Sources};
use meridian_store::repo::workers;
use meridian_store::{Store, StoreOptions};
use tokio::sync::{Notify, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::context::{Context, ModelFile, Times};
use crate::error::{JobError, chain};
use crate::job::{self, Job, Slot};
use crate::speech::pool::Pool;
use crate::{sweep, watcher};

/// Jobs that follow an upload, for each media slot: they mostly wait.
const FOLLOWERS_PER_SLOT: u32 = 4;
/// Purges at the same time.
const LIGHT_SLOTS: u32 = 2;
/// Jobs that nobody waits for at the same time; they give way to everything else on the machine.
const BACKGROUND_SLOTS: u32 = 1;
/// How long jobs get to write their hand-back at the end.
const HAND_BACK_TIME: Duration = Duration::from_secs(20);
/// How often to look for jobs whose time has come without anybody having written.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the server may take to bring a new database up to date.
const MIGRATION_TIME: Duration = Duration::from_mins(2);

/// One kind of room for jobs.
struct Room {
    kinds: &'static [&'static str],
    sources: Sources,
    places: Arc<Semaphore>,
}

/// Says where a wall around media jobs is missing.
fn walls(wanted: Landlock, has_landlock: bool) -> anyhow::Result<()> {
    if has_landlock {
        return Ok(());
    }
    anyhow::ensure!(
        wanted == Landlock::Optional,
        "this kernel has no Landlock, and MERIDIAN_LANDLOCK says that it is required"
    );
    tracing::warn!(
        "this kernel has no Landlock: the filter of system calls alone keeps files from media jobs"
    );
    Ok(())
}

/// Runs until `shutdown`.
pub(crate) async fn run(settings: Settings, shutdown: CancellationToken) -> anyhow::Result<()> {
    walls(settings.landlock, meridian_media::sandbox::has_landlock())?;
    let options = StoreOptions { url: settings.database_url.clone(), max_readers: 4 };
    let store = Store::open(&options, settings.clock()).await.context("the database cannot be opened")?;
    wait_for_schema(&store, &shutdown).await?;
    let watcher = store.watcher().await.context("the database cannot be watched")?;
    let (tell, news) = watch::channel(0);
    tokio::spawn(watcher::run(watcher, tell, shutdown.clone()));
    let times = Times::from_env();
    let s3 = S3Options { endpoint: settings.s3_endpoint.clone(), ..S3Options::default() };
    let context = Context {
        store,
        blobs: Blobs::open_with(&settings.store_url, &s3).context("the object store cannot be opened")?,
        worker_id: format!("{}-{}", std::process::id(), uuid::Uuid::new_v4().simple()).into(),
        times,
        news,
        speech: Pool::start(times.model_idle)?,
        model: ModelFile::of(&settings),
        scratch: settings.data_dir.join("scratch"),
    };
    if context.model.installed().is_none() {
        tracing::warn!("no speech model is installed: transcripts wait for `meridian-worker model fetch`");
    }
    tracing::info!(worker_id = %context.worker_id, slots = settings.worker_slots, "worker started");
    let sweeper = tokio::spawn(sweep::run(context.clone(), settings.worker_slots, shutdown.clone()));
    let running = TaskTracker::new();
    take_jobs(&context, &rooms(settings.worker_slots), &running, &shutdown).await;
    running.close();
    if tokio::time::timeout(HAND_BACK_TIME, running.wait()).await.is_err() {
        tracing::warn!("not every job could be handed back; their leases run out by themselves");
    }
    sweeper.await.context("the sweeper ended early")?;
    let tx = context.store.write().await?;
    workers::gone(&tx, &context.worker_id).await?;
    tx.commit().await?;
    tracing::info!("worker ended");
    Ok(())
}

fn rooms(slots: u32) -> [Room; 4] {
    let places = |n: u32| Arc::new(Semaphore::new(usize::try_from(n).unwrap_or(1)));
    [
        Room {
            kinds: &["process_update"],
            sources: Sources::Arriving,
            places: places(slots.saturating_mul(FOLLOWERS_PER_SLOT)),
        },
        Room {
            kinds: &["process_update", "transcribe_update"],
            sources: Sources::Whole,
            places: places(slots),
        },
        Room {
            kinds: &["purge_update", "tidy_upload", "forget_parts"],
            sources: Sources::Any,
            places: places(LIGHT_SLOTS),
        },
        Room { kinds: &["add_rung"], sources: Sources::Any, places: places(BACKGROUND_SLOTS) },
    ]
}

async fn take_jobs(context: &Context, rooms: &[Room], running: &TaskTracker, shutdown: &CancellationToken) {
    let mut news = context.news.clone();
    let freed = Arc::new(Notify::new());
    while !shutdown.is_cancelled() {
        news.mark_unchanged();
        let took = match take_what_fits(context, rooms, running, &freed, shutdown).await {
            Ok(took) => took,
            Err(error) => {
                tracing::warn!(error = chain(&error), "no job could be taken");
                false
            }
        };
        if took {
            continue;
        }
        tokio::select! {
            _ = news.changed() => {}
            () = freed.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

/// Takes at most one job for each room; true when there may be more.
async fn take_what_fits(
    context: &Context,
    rooms: &[Room],
    running: &TaskTracker,
    freed: &Arc<Notify>,
    shutdown: &CancellationToken,
) -> Result<bool, JobError> {
    if !queue::any_due(context.store.reader()).await? {
        return Ok(false);
    }
    let lease_ms = i64::try_from(context.times.lease.as_millis())?;
    let mut took = false;
    for room in rooms {
        let Ok(place) = Arc::clone(&room.places).try_acquire_owned() else { continue };
        let tx = context.store.write_beside().await?;
        let owner = &context.worker_id;
        let Some(claimed) = queue::claim(&tx, room.kinds, room.sources, owner, lease_ms).await? else {
            tx.rollback().await?;
            continue;
        };
        tx.commit().await?;
        took = true;
        let job = Job::new(claimed, Slot::new(place, Arc::clone(freed)));
        running.spawn(job::run(context.clone(), job, shutdown.clone()));
    }
    Ok(took)
}

/// The server brings the schema up to date; a worker that started first waits for it.
async fn wait_for_schema(store: &Store, shutdown: &CancellationToken) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let missing = store.pending_migrations().await.context("the database cannot be read")?;
        if missing.is_empty() || shutdown.is_cancelled() {
            return Ok(());
        }
        anyhow::ensure!(
            started.elapsed() < MIGRATION_TIME,
            "the database misses {}: run `meridian-server migrate`",
            missing.join(", ")
        );
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_needs_landlock_does_not_run_without_it() {
        walls(Landlock::Required, true).unwrap();
        walls(Landlock::Optional, false).unwrap();
        let refused = walls(Landlock::Required, false).unwrap_err();
        assert!(refused.to_string().contains("MERIDIAN_LANDLOCK"), "{refused}");
    }
}
