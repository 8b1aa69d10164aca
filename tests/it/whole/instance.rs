//! A whole instance as a user starts it: the server with its embedded worker, in a data folder of its own.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The model of these tests: small and quick.
const MODEL: &str = "tiny.en";

/// Where the data folder says what time it is, if the machine is not to say it.
const CLOCK: &str = "clock";

/// What the tests' instances log.
const LOG: &str = "info,sqlx=warn";

/// A running instance. It is killed when dropped.
pub(crate) struct Instance {
    /// `http://127.0.0.1:port`.
    pub(crate) base: String,
    /// The data folder, and what removes it at the end.
    data: PathBuf,
    kept: Option<TempDir>,
    port: u16,
    log: &'static str,
    /// Settings beyond those of all instances.
    extra: Vec<(&'static str, String)>,
    server: Child,
    http: reqwest::Client,
}

/// Where an instance keeps its data.
struct Folder {
    data: PathBuf,
    kept: Option<TempDir>,
}

impl Folder {
    fn new() -> Self {
        Self::of(TempDir::new().unwrap())
    }

    fn of(dir: TempDir) -> Self {
        Self { data: dir.path().to_owned(), kept: Some(dir) }
    }
}

/// The server's program.
pub(crate) fn program() -> PathBuf {
    let built = std::env::current_exe().unwrap();
    let folder = built.parent().and_then(Path::parent).unwrap();
    let program = folder.join("meridian-server");
    assert!(program.exists(), "{} is missing: build the programs first (make test does)", program.display());
    program
}

fn spawn(dir: &Path, port: u16, filter: &str, extra: &[(&'static str, String)]) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(dir.join("log")).unwrap();
    let mut command = Command::new(program());
    let clock = dir.join(CLOCK);
    if clock.exists() {
        command.env("MERIDIAN_TEST_CLOCK", clock);
    }
    command
        .arg("serve")
        .env("MERIDIAN_LISTEN", format!("127.0.0.1:{port}"))
        .env("MERIDIAN_DATA_DIR", dir)
        .env("MERIDIAN_WHISPER_MODEL", MODEL)
        .env("MERIDIAN_SIGNUP", "open")
        .env("MERIDIAN_LOG", filter)
        .envs(extra.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Instance {
    /// Starts an instance and waits until it is ready.
    pub(crate) async fn start() -> Self {
        Self::start_in(TempDir::new().unwrap(), None).await
    }

    /// The same with another filter for its log.
    pub(crate) async fn start_logging(log: &'static str) -> Self {
        Self::begin(Folder::new(), log, Vec::new()).await
    }

    /// One with more settings.
    pub(crate) async fn start_set(extra: Vec<(&'static str, String)>) -> Self {
        Self::begin(Folder::new(), LOG, extra).await
    }

    /// One with more settings, at an instant.
    pub(crate) async fn start_with(extra: Vec<(&'static str, String)>, instant: &str) -> Self {
        let dir = TempDir::new().unwrap();
        std::fs::write(dir.path().join(CLOCK), instant).unwrap();
        Self::begin(Folder::of(dir), LOG, extra).await
    }

    /// The same in a folder that may have data. At `instant` time stands still until [`Instance::clock`] says another.
    pub(crate) async fn start_in(dir: TempDir, instant: Option<&str>) -> Self {
        if let Some(instant) = instant {
            std::fs::write(dir.path().join(CLOCK), instant).unwrap();
        }
        Self::begin(Folder::of(dir), LOG, Vec::new()).await
    }

    /// One in a folder that somebody else keeps.
    pub(crate) async fn start_on(data: PathBuf, extra: Vec<(&'static str, String)>) -> Self {
        Self::begin(Folder { data, kept: None }, LOG, extra).await
    }

    async fn begin(folder: Folder, log: &'static str, extra: Vec<(&'static str, String)>) -> Self {
        let Folder { data, kept } = folder;
        // Fails when another test was faster, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let port = free_port();
        let server = spawn(&data, port, log, &extra);
        let instance = Self {
            base: format!("http://127.0.0.1:{port}"),
            data,
            kept,
            port,
            log,
            extra,
            server,
            http: reqwest::Client::new(),
        };
        instance.wait_ready().await;
        instance
    }

    async fn wait_ready(&self) {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(30) {
            if self.http.get(format!("{}/readyz", self.base)).send().await.is_ok_and(|a| a.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server did not become ready:\n{}", self.log());
    }

    /// What server and worker logged.
    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        std::fs::File::open(self.data.join("log")).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The file with the present instant, where it was started with one.
    pub(crate) fn clock(&self) -> PathBuf {
        self.data.join(CLOCK)
    }

    /// SIGKILL for the server (its worker dies with it), then a new start.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        self.server = spawn(&self.data, self.port, self.log, &self.extra);
        self.wait_ready().await;
    }

    /// The same with one more setting.
    pub(crate) async fn restart_with(&mut self, name: &'static str, value: String) {
        self.extra.push((name, value));
        self.kill_and_restart().await;
    }

    /// The pid of the embedded worker.
    pub(crate) fn worker_pid(&self) -> Option<u32> {
        let children =
            std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.server.id())).ok()?;
        children.split_whitespace().find_map(|pid| {
            let cmdline = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
            cmdline.contains("meridian-worker").then(|| pid.parse().ok())?
        })
    }

    /// Ends the server with its worker, and keeps the folder.
    pub(crate) fn stop(mut self) -> Option<TempDir> {
        let kept = self.kept.take();
        assert!(self.terminate().success());
        kept
    }

    /// SIGTERM; answers how the server ended.
    pub(crate) fn terminate(mut self) -> std::process::ExitStatus {
        let done = Command::new("kill").arg("-TERM").arg(self.server.id().to_string()).status().unwrap();
        assert!(done.success());
        self.server.wait().unwrap()
    }

    /// A person with a workspace and a team.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let body = json!({"email": format!("{name}@example.org"), "password": "correct horse battery",
            "display_name": name, "time_zone": "Europe/Berlin", "workspace_name": "Acme"});
        let answer =
            self.http.post(format!("{}/api/v1/auth/signup", self.base)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let made: Value = answer.json().await.unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut person = Person {
            base: self.base.clone(),
            http: self.http.clone(),
            token: text(&made["access_token"]),
            workspace: text(&made["workspace"]["id"]),
            team: String::new(),
        };
        let path = format!("/workspaces/{}/teams", person.workspace);
        let team = person.call(Method::POST, &path, json!({"name": "Product"})).await;
        person.team = text(&team["id"]);
        person
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// Somebody who signed up.
#[derive(Clone)]
pub(crate) struct Person {
    /// `http://127.0.0.1:port`.
    pub(crate) base: String,
    /// For what needs more than the methods here.
    pub(crate) http: reqwest::Client,
    /// The access token.
    pub(crate) token: String,
    /// The workspace's id.
    pub(crate) workspace: String,
    /// The team's id.
    pub(crate) team: String,
}

impl Person {
    /// A call that has to succeed.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let answer = self
            .http
            .request(method, format!("{}/api/v1{path}", self.base))
            .bearer_auth(&self.token)
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, json!({})).await
    }

    /// Sends a file as one update, published at once; answers the update's id.
    pub(crate) async fn upload(&self, name: &str, bytes: Vec<u8>) -> String {
        let update = self
            .call(
                Method::POST,
                &format!("/teams/{}/updates", self.team),
                json!({"kind": "video", "title": name}),
            )
            .await;
        let id = update["id"].as_str().unwrap().to_owned();
        let answer = self
            .http
            .post(format!("{}/api/v1/uploads?update_id={id}", self.base))
            .bearer_auth(&self.token)
            .header("tus-resumable", "1.0.0")
            .header("upload-length", bytes.len())
            .header("content-type", "application/offset+octet-stream")
            .body(bytes)
            .send()
            .await
            .unwrap();
        // 415 is an answer too: the update then says why.
        assert!(matches!(answer.status().as_u16(), 201 | 415), "{}", answer.status());
        id
    }

    /// The update once its status is one of those wanted.
    pub(crate) async fn wait(&self, update: &str, wanted: &[&str], at_most: Duration) -> Value {
        let begin = Instant::now();
        loop {
            let found = self.get(&format!("/updates/{update}")).await;
            if wanted.contains(&found["status"].as_str().unwrap()) {
                return found;
            }
            assert!(begin.elapsed() < at_most, "after {at_most:?}: {found:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A small recording that ships with the tests.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/media").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder with more recordings, where it is present.
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let path = std::env::var_os("MERIDIAN_SHARED").map_or(beside, PathBuf::from);
    path.join("media/manifest.json").exists().then_some(path)
}
