//! The server keeps its worker running, and takes it along when it ends.

use std::process::Command;
use std::time::{Duration, Instant};

use super::instance::{Instance, fixture};

const PATIENCE: Duration = Duration::from_mins(1);

fn is_alive(pid: u32) -> bool {
    // A process that nobody has waited for yet has ended all the same.
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')))
}

async fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_worker_that_dies_is_started_again_and_ends_with_its_server() {
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    let first = until("a worker runs", || instance.worker_pid()).await;
    assert!(Command::new("kill").args(["-KILL", &first.to_string()]).status().unwrap().success());
    let second = until("another worker runs", || instance.worker_pid().filter(|pid| *pid != first)).await;
    // It works.
    let update = ada.upload("voice", fixture("voice.webm")).await;
    ada.wait(&update, &["ready"], PATIENCE).await;
    assert!(instance.log().contains("the worker ended by itself"));
    assert!(instance.terminate().success());
    until("the worker is gone", || (!is_alive(second)).then_some(())).await;
}

#[tokio::test]
async fn a_killed_server_takes_its_worker_along() {
    let mut instance = Instance::start().await;
    let worker = until("a worker runs", || instance.worker_pid()).await;
    instance.kill_and_restart().await;
    until("the worker is gone", || (!is_alive(worker)).then_some(())).await;
}

#[tokio::test]
async fn the_server_ends_cleanly_on_sigterm_and_takes_its_worker_along() {
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    ada.get("/me").await;
    let worker = until("a worker runs", || instance.worker_pid()).await;
    let status = instance.terminate();
    assert!(status.success(), "{status}");
    assert!(!is_alive(worker), "the worker lives on");
}
