//! Every shared file through a real worker: what can be played ends ready, what cannot fails in words, and nothing is
//! stuck. `MERIDIAN_TEST_FULL=1` takes all files, else every fourth.

use std::path::{Path, PathBuf};
use std::time::Instant;

use meridian_domain::enums::UpdateStatus;
use serde_json::Value;

use crate::support::World;

/// Larger ones take minutes without optimisation.
const MOST_BYTES: u64 = 24 * 1024 * 1024;

fn shared() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    std::env::var_os("MERIDIAN_SHARED").map_or_else(beside, PathBuf::from).join("media")
}

/// Files of other programs come without a verdict; what browsers record, and speech, has to work.
fn expectation<'a>(name: &str, file: &'a Value) -> &'a str {
    let usual = if name.starts_with("media/") { "accept-or-reject" } else { "accept" };
    file["expect"].as_str().unwrap_or(usual)
}

#[tokio::test]
async fn every_shared_file_ends_ready_or_failed_in_words() {
    let folder = shared();
    let Ok(manifest) = std::fs::read_to_string(folder.join("manifest.json")) else {
        return eprintln!("SKIPPED: no shared files in {}; set MERIDIAN_SHARED", folder.display());
    };
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let full = std::env::var("MERIDIAN_TEST_FULL").is_ok_and(|v| v == "1");
    let step = if full { 1 } else { 4 };
    let world = World::new().await;
    let _worker = world.worker(None, &[("MERIDIAN_WORKER_SLOTS", "2")]);
    let mut sent = Vec::new();
    for file in manifest["files"].as_array().unwrap().iter().step_by(step) {
        let (name, size) = (file["file"].as_str().unwrap(), file["size"].as_u64().unwrap());
        // Parts of recordings are no files of their own; empty ones never get a job.
        if name.contains(".chunks/") || size == 0 || size > MOST_BYTES {
            continue;
        }
        let bytes = std::fs::read(folder.join(name)).unwrap();
        sent.push((name, expectation(name, file), world.upload(&bytes).await));
    }
    assert!(sent.len() >= 10, "only {} files", sent.len());
    let mut wrong = Vec::new();
    let started = Instant::now();
    for (name, expect, recording) in &sent {
        let settled = |row: &meridian_store::repo::updates::RowUpdate| {
            matches!(row.status, UpdateStatus::Ready | UpdateStatus::Failed)
        };
        let row = world.until(recording.update, settled).await;
        let failed = row.status == UpdateStatus::Failed;
        let why = format!("{name}: {} {:?} {:?}", row.status, row.failure_code, row.failure_detail);
        eprintln!("{:>6.1} s {why} {:?} ms", started.elapsed().as_secs_f64(), row.duration_ms);
        let words = row.failure_detail.as_deref().is_some_and(|detail| detail.len() > 10);
        let right = match *expect {
            "accept" => !failed,
            "reject" => failed && words,
            _ => !failed || words,
        };
        // A file alone never kills every attempt.
        if !right || row.failure_code.as_deref() == Some("processing_failed") {
            wrong.push(why);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\n{}", world.log());
}
