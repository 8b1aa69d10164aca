//! The embedded set-up's workers: processes that this server starts, watches and ends.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use meridian_config::Settings;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a worker may take to hand its jobs back (it gives itself 20 s) and to send its last traces (5 s).
const END_TIME: Duration = Duration::from_secs(30);
/// Waits before a worker that died is started again: the first, and the longest.
const RESTART_FIRST: Duration = Duration::from_millis(250);
const RESTART_MOST: Duration = Duration::from_secs(15);
/// A worker that lived this long is started again at once.
const LIVED: Duration = Duration::from_secs(30);

/// Keeps `MERIDIAN_EMBEDDED_WORKERS` workers running. They end with this process, however it ends: their standard
/// input is a pipe that closes with it.
#[derive(Debug)]
pub struct Supervisor {
    stop: CancellationToken,
    workers: TaskTracker,
}

impl Supervisor {
    /// Starts the workers; with none in the settings this does nothing.
    pub fn start(settings: &Settings) -> Self {
        let (stop, workers) = (CancellationToken::new(), TaskTracker::new());
        for _ in 0..settings.embedded_workers {
            workers.spawn(keep_running(stop.clone()));
        }
        workers.close();
        Self { stop, workers }
    }

    /// Ends the workers: each hands its jobs back first.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.workers.wait().await;
    }
}

/// `meridian-worker` beside this program.
pub(crate) fn program() -> std::io::Result<PathBuf> {
    let mut path = std::env::current_exe()?;
    path.set_file_name("meridian-worker");
    Ok(path)
}

async fn keep_running(stop: CancellationToken) {
    let mut wait = RESTART_FIRST;
    while !stop.is_cancelled() {
        let started = Instant::now();
        match spawn() {
            Ok(child) => watch(child, &stop).await,
            Err(error) => tracing::error!(%error, "the worker cannot be started"),
        }
        if stop.is_cancelled() {
            return;
        }
        wait = if started.elapsed() >= LIVED { RESTART_FIRST } else { (wait * 2).min(RESTART_MOST) };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// The worker takes this process's environment and standard error, so its settings and logs are the server's.
fn spawn() -> std::io::Result<Child> {
    Command::new(program()?)
        .args(["run", "--while-stdin"])
        // OpenMP's threads would spin beside other jobs; it reads this when the library loads.
        .env("OMP_WAIT_POLICY", "PASSIVE")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        // A Ctrl-C in the terminal is for the server, which ends its workers in order.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

async fn watch(mut child: Child, stop: &CancellationToken) {
    tracing::info!(pid = child.id(), "worker started");
    // `wait` would close the pipe, which tells the worker to end.
    let pipe = child.stdin.take();
    tokio::select! {
        status = child.wait() => match status {
            Ok(status) => return tracing::error!(%status, "the worker ended by itself"),
            Err(error) => return tracing::error!(%error, "the worker cannot be watched"),
        },
        () = stop.cancelled() => drop(pipe),
    }
    match tokio::time::timeout(END_TIME, child.wait()).await {
        Ok(Ok(status)) => tracing::info!(%status, "worker ended"),
        Ok(Err(error)) => tracing::error!(%error, "the worker cannot be watched"),
        Err(_late) => {
            tracing::warn!("the worker did not end in time and is killed");
            if let Err(error) = child.kill().await {
                tracing::error!(%error, "the worker cannot be killed");
            }
        }
    }
}
