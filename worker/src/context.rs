//! What every job of this process shares.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use meridian_blobs::Blobs;
use meridian_config::Settings;
use meridian_store::Store;
use tokio::sync::watch;

use crate::speech::pool::Pool;

/// How long things take; tests shorten them by hidden variables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// How long a lease holds without a heartbeat.
    pub(crate) lease: Duration,
    /// After how long a silent upload has stalled.
    pub(crate) stall: Duration,
    /// After how long a media child that says nothing is stopped.
    pub(crate) child_silence: Duration,
    /// How often the sweeps run.
    pub(crate) sweep: Duration,
    /// How long a replaced generation is kept for players that still use it.
    pub(crate) frozen: Duration,
    /// How long an idle model stays in memory.
    pub(crate) model_idle: Duration,
}

impl Times {
    /// The usual ones, or what `MERIDIAN_TEST_*_MS` says.
    pub(crate) fn from_env() -> Self {
        let time = |name: &str, usual: Duration| {
            let set = std::env::var(name).ok().and_then(|text| text.parse().ok());
            set.map_or(usual, Duration::from_millis)
        };
        Self {
            lease: time("MERIDIAN_TEST_LEASE_MS", Duration::from_secs(30)),
            stall: time("MERIDIAN_TEST_STALL_MS", Duration::from_mins(2)),
            child_silence: time("MERIDIAN_TEST_CHILD_SILENCE_MS", Duration::from_mins(1)),
            sweep: time("MERIDIAN_TEST_SWEEP_MS", Duration::from_secs(5)),
            frozen: Duration::from_hours(6),
            model_idle: Duration::from_mins(5),
        }
    }
}

/// Which file holds the speech weights.
#[derive(Clone, Debug)]
pub(crate) struct ModelFile {
    path: Option<PathBuf>,
}

impl ModelFile {
    /// The file that the settings mean, whether or not it is there.
    pub(crate) fn of(settings: &Settings) -> Self {
        let path = match crate::model::resolve(&settings.whisper_model) {
            // A name of the catalogue: the folder is the settings'.
            Ok(path) if path.file_name().is_some_and(|n| n.to_string_lossy() != settings.whisper_model) => {
                let named = !settings.whisper_model.contains('/');
                let moved = path.file_name().map(|name| settings.model_dir.join(name));
                if named { moved } else { Some(path) }
            }
            Ok(path) => Some(path),
            Err(error) => {
                tracing::warn!(error = crate::error::chain(&error), "no speech model");
                None
            }
        };
        Self { path }
    }

    /// The file, when it is there now.
    pub(crate) fn installed(&self) -> Option<PathBuf> {
        self.path.clone().filter(|path| path.is_file())
    }

    /// The model's name for the transcript's row: `base-q8_0`.
    pub(crate) fn name(path: &std::path::Path) -> String {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        stem.trim_start_matches("ggml-").to_owned()
    }
}

/// Shared by all jobs; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The database.
    pub(crate) store: Store,
    /// The objects.
    pub(crate) blobs: Blobs,
    /// This process's name in leases.
    pub(crate) worker_id: Arc<str>,
    /// How long things take.
    pub(crate) times: Times,
    /// Changes whenever somebody committed to the database.
    pub(crate) news: watch::Receiver<u64>,
    /// The one recogniser.
    pub(crate) speech: Pool,
    /// Its weights.
    pub(crate) model: ModelFile,
    /// Where spooled sound goes; files there have no name.
    pub(crate) scratch: PathBuf,
}
