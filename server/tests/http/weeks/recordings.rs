//! Answers as recordings: uploaded by tus, and processed by a real worker, which is killed in the midst of some.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use meridian_domain::ids::TeamId;
use meridian_store::repo::jobs::admin;
use reqwest::Method;

use super::run::Run;
use crate::support::{Answer, Client, TestServer};

/// Who answers by voice: Tane, Jonas and Nora.
pub(super) const RECORD: [usize; 3] = [1, 4, 7];
/// The longest that the worker may take for what is left at the end, beside other tests.
const PATIENCE: Duration = Duration::from_mins(3);

/// A worker's process. It is killed when dropped.
pub(super) struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn program() -> Option<PathBuf> {
    let built = std::env::current_exe().unwrap();
    let program = built.parent().and_then(Path::parent).unwrap().join("meridian-worker");
    if program.exists() {
        return Some(program);
    }
    assert!(std::env::var_os("MERIDIAN_TEST_ALL").is_none(), "{} is missing", program.display());
    eprintln!("SKIPPED: recordings; {} is missing: build the programs first", program.display());
    None
}

impl Worker {
    /// A worker on the server's database and objects, at the server's time.
    pub(super) fn start(server: &TestServer) -> Option<Self> {
        let settings = &server.state.settings;
        let child = Command::new(program()?)
            .args(["run", "--while-stdin"])
            .env("MERIDIAN_DATA_DIR", &settings.data_dir)
            .env("MERIDIAN_DATABASE_URL", &settings.database_url)
            .env("MERIDIAN_STORE_URL", &settings.store_url)
            .env("MERIDIAN_TEST_CLOCK", settings.test_clock.as_ref().unwrap())
            // No model: speech is tried elsewhere, and takes longer than all of this.
            .env("MERIDIAN_MODEL_DIR", settings.data_dir.join("models"))
            .env("MERIDIAN_LOG", "warn")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self(child))
    }
}

/// Uploads a short recording as an answer, as a stock client does; answers the update's id.
pub(super) async fn upload(client: &Client, team: TeamId, round: &str, title: &str) -> String {
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/media/voice.webm");
    let bytes = std::fs::read(clip).unwrap();
    let encode = |text: &str| STANDARD.encode(text);
    let metadata = format!(
        "filename {},team_id {},title {},round_id {}",
        encode("voice.webm"),
        encode(&team.to_string()),
        encode(title),
        encode(round)
    );
    let request = client
        .request(Method::POST, "/api/v1/uploads")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", bytes.len().to_string())
        .header("content-type", "application/offset+octet-stream")
        .header("upload-metadata", metadata)
        .body(bytes);
    let made = Answer::of(request).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.headers["meridian-update-id"].to_str().unwrap().to_owned()
}

impl Run {
    /// The worker dies in the midst of a job; another one takes over when the lease has run out.
    pub(super) async fn worker_dies(&mut self) {
        if self.worker.is_none() {
            return;
        }
        let begin = Instant::now();
        while admin::list(self.server.state.store.reader(), &["running"], None, 1).await.unwrap().is_empty() {
            assert!(begin.elapsed() < PATIENCE, "no job runs");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.worker = None;
        let ended = "UPDATE jobs SET lease_until = 1 WHERE state = 'running' RETURNING 1";
        let dropped = meridian_testbed::sql(&self.server.state.settings.database_url, ended);
        self.worker = Worker::start(&self.server);
        // It may just have ended by itself.
        self.worker_kills += usize::from(!dropped.is_empty());
    }

    /// Every recording is whole, whatever died meanwhile.
    pub(super) async fn recordings_are_ready(&self) {
        let begin = Instant::now();
        for id in &self.recorded {
            loop {
                let update =
                    self.client(RECORD[0]).await.get(&format!("/api/v1/updates/{id}")).await.expect(200);
                if update["status"] == "ready" {
                    assert!(update["media"]["hls_url"].is_string(), "{update}");
                    assert!(update["duration_ms"].as_i64().is_some_and(|ms| ms > 1_000), "{update}");
                    break;
                }
                assert_ne!(update["status"], "failed", "{update}");
                assert!(begin.elapsed() < PATIENCE, "{update}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
