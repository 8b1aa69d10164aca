//! A server process with a data folder of its own, without workers.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use meridian_blobs::{Blobs, Key, ObjectSequence, Part};
use meridian_domain::clock::Clock;
use meridian_domain::ids::UploadId;
use meridian_store::repo::uploads;
use meridian_store::{Store, StoreOptions};
use serde_json::{Value, json};
use tempfile::TempDir;

/// See the module. Killed when dropped.
pub(super) struct Server {
    /// `http://127.0.0.1:port`; another one after a restart.
    pub(super) base: String,
    folder: TempDir,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program of this build.
fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent().unwrap().parent().unwrap().join(name);
    assert!(path.exists(), "{} is missing: run `cargo build --bins` first", path.display());
    path
}

fn start(folder: &Path) -> (Child, String) {
    let mut child = Command::new(program("meridian-server"))
        .arg("serve")
        .env("MERIDIAN_LISTEN", "127.0.0.1:0")
        .env("MERIDIAN_DATA_DIR", folder)
        .env("MERIDIAN_EMBEDDED_WORKERS", "0")
        .env("MERIDIAN_LOG", "info")
        .env("MERIDIAN_LOG_FORMAT", "json")
        .current_dir(folder)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines.by_ref().find_map(|line| {
        let entry: Value = serde_json::from_str(&line.unwrap()).unwrap_or_default();
        let fields = &entry["fields"];
        (fields["message"] == "listening").then(|| fields["address"].as_str().unwrap().to_owned())
    });
    // Read on, so that the process never waits for its log.
    std::thread::spawn(move || lines.for_each(drop));
    (child, format!("http://{}", address.expect("the server ended before it listened")))
}

impl Server {
    pub(super) fn new() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = TempDir::new().unwrap();
        let (child, base) = start(folder.path());
        Self { base, folder, child }
    }

    /// SIGKILL.
    pub(super) fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// A new process on the same data.
    pub(super) fn restart(&mut self) {
        self.kill();
        (self.child, self.base) = start(self.folder.path());
    }

    pub(super) fn endpoint(&self) -> String {
        format!("{}/api/v1/uploads", self.base)
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = reqwest::Client::new().post(url).json(&body);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Signs up, makes a team, and gives its id and an API token that can only upload.
    pub(super) async fn team_and_token(&self) -> (String, String) {
        let signed_up = self
            .post(
                "",
                "/auth/signup",
                json!({"email": "ada@example.org", "password": "correct horse battery", "display_name": "Ada",
                    "time_zone": "Europe/Berlin", "workspace_name": "Acme"}),
            )
            .await;
        let access = signed_up["access_token"].as_str().unwrap();
        let workspace = signed_up["workspace"]["id"].as_str().unwrap();
        let team = json!({"name": "Platform", "visibility": "open"});
        let team = self.post(access, &format!("/workspaces/{workspace}/teams"), team).await;
        let token = json!({"name": "tus", "scopes": ["upload"]});
        let token = self.post(access, "/me/api-tokens", token).await;
        (team["id"].as_str().unwrap().to_owned(), token["token"].as_str().unwrap().to_owned())
    }

    /// The bytes of an upload, as a worker would read them.
    pub(super) async fn bytes_of(&self, url: &str) -> Vec<u8> {
        let data = self.folder.path();
        let database = format!("sqlite://{}", data.join("meridian.db").display());
        let options = StoreOptions { url: database, max_readers: 1 };
        let store = Store::open(&options, Clock::system()).await.unwrap();
        let blobs = Blobs::open(&format!("file://{}", data.join("objects").display())).unwrap();
        bytes_in(&store, blobs, url).await
    }
}

/// The bytes of an upload, as a worker would read them from a database and an object store.
pub(crate) async fn bytes_in(store: &Store, blobs: Blobs, url: &str) -> Vec<u8> {
    let id: UploadId = url.rsplit('/').next().unwrap().parse().unwrap();
    let mut sequence = ObjectSequence::new(blobs, []);
    for chunk in uploads::chunks_from(store.reader(), id, 0, 100_000).await.unwrap() {
        assert_eq!(chunk.start_offset, sequence.size_bytes(), "a hole in the log of chunks");
        let key = Key::parse(&chunk.object_key).unwrap();
        sequence.push(Part { key, size_bytes: chunk.size_bytes });
    }
    sequence.read(0..sequence.size_bytes()).await.unwrap().to_vec()
}
