//! A running server, people with tokens, and answers that tests can look at.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::dev::ServerHandle;
use meridian_blobs::Blobs;
use meridian_config::{Landlock, MediaDelivery, Secret, Settings, Signup};
use meridian_domain::enums::{TeamRole, TeamVisibility, WorkspaceRole};
use meridian_domain::ids::{TeamId, UserId, WorkspaceId};
use meridian_server::auth::keys::Keys;
use meridian_server::auth::tokens;
use meridian_server::events_hub::Hub;
use meridian_server::mail::Mailer;
use meridian_server::state::{AppState, Parts};
use meridian_store::repo::{sessions, teams, users, workspaces};
use meridian_store::{Store, StoreOptions, Tx};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;

/// When the tests' clocks begin: a Monday morning.
pub(crate) const BEGIN: &str = "2026-11-02T09:00:00Z";

/// A server of one test. It stops when dropped.
pub(crate) struct TestServer {
    /// `http://127.0.0.1:port`.
    pub(crate) base: String,
    /// What the handlers share, for what has no endpoint.
    pub(crate) state: AppState,
    dir: TempDir,
    handle: ServerHandle,
    http: reqwest::Client,
    people: AtomicU32,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // The order is sent when the future is made; nobody waits for the end.
        drop(self.handle.stop(false));
    }
}

fn settings(dir: &TempDir, clock: PathBuf) -> Settings {
    let data_dir = dir.path().to_owned();
    Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        public_url: "http://127.0.0.1:8080".to_owned(),
        database_url: meridian_testbed::database(dir.path()),
        store_url: format!("file://{}", data_dir.join("objects").display()),
        s3_endpoint: None,
        s3_public_endpoint: None,
        secret: Secret::configured("0123456789abcdef0123456789abcdef-tests").unwrap(),
        embedded_workers: 0,
        worker_slots: 1,
        landlock: Landlock::Optional,
        whisper_model: "base".to_owned(),
        model_dir: data_dir.join("models"),
        smtp_url: None,
        mail_from: "Meridian <meridian@localhost>".to_owned(),
        media_delivery: MediaDelivery::Proxy,
        signup: Signup::Invite,
        trusted_proxies: Vec::new(),
        webhook_allow: Vec::new(),
        max_upload_bytes: 1 << 30,
        metrics_listen: None,
        metrics_token: None,
        log: "warn".to_owned(),
        log_json: false,
        otlp_endpoint: None,
        test_clock: Some(clock),
        delete_grace_hours: 24 * 7,
        oidc: None,
        data_dir,
    }
}

async fn open(settings: Settings, setup_code: Option<String>) -> (AppState, String, ServerHandle) {
    let options = StoreOptions { url: settings.database_url.clone(), max_readers: 4 };
    let store = Store::open(&options, settings.clock()).await.unwrap();
    store.migrate().await.unwrap();
    let blobs = Blobs::open(&settings.store_url).unwrap();
    let keys = Keys::new(&settings.secret);
    let mailer = Mailer::new(&settings).unwrap();
    let events = Hub::start(&store).await.unwrap();
    let state = AppState::new(Parts { settings, store, blobs, keys, events, mailer, setup_code, oidc: None });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = meridian_server::app::serve(state.clone(), listener).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    (state, base, handle)
}

impl TestServer {
    /// A server with the usual settings.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// A server as off loopback, where the first account needs a set-up code.
    pub(crate) async fn start_with_code(code: &str) -> Self {
        Self::begin(|_| (), Some(code.to_owned())).await
    }

    /// A server with changed settings.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::begin(change, None).await
    }

    async fn begin(change: impl FnOnce(&mut Settings), setup_code: Option<String>) -> Self {
        // Fails when another test was faster, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let dir = TempDir::new().unwrap();
        let clock = dir.path().join("clock");
        std::fs::write(&clock, BEGIN).unwrap();
        let mut settings = settings(&dir, clock);
        change(&mut settings);
        let (state, base, handle) = open(settings, setup_code).await;
        Self { base, state, dir, handle, http: reqwest::Client::new(), people: AtomicU32::new(0) }
    }

    /// Ends the server and starts another one on the same folder and a new port; what it did in the midst of is lost.
    pub(crate) async fn restart(&mut self) {
        drop(self.handle.stop(false));
        let settings = self.state.settings.clone();
        (self.state, self.base, self.handle) = open(settings, None).await;
    }

    /// Moves domain time to an instant (RFC 3339), from which it runs on.
    pub(crate) fn set_clock(&self, instant: &str) {
        std::fs::write(self.dir.path().join("clock"), instant).unwrap();
    }

    /// Does something in a transaction and commits.
    pub(crate) async fn write<T>(&self, act: impl AsyncFnOnce(&Tx) -> T) -> T {
        let tx = self.state.store.write().await.unwrap();
        let done = act(&tx).await;
        tx.commit().await.unwrap();
        done
    }

    /// What `look` finds as soon as it finds something, looked for every 10 ms for at most 10 s.
    pub(crate) async fn eventually<T>(&self, look: impl Fn() -> Option<T>) -> T {
        for _ in 0..1000 {
            if let Some(found) = look() {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("nothing came within 10 s");
    }

    /// Nobody.
    pub(crate) fn anonymous(&self) -> Client {
        Client {
            id: UserId(uuid::Uuid::nil()),
            token: String::new(),
            base: self.base.clone(),
            http: self.http.clone(),
        }
    }

    /// A new person in no workspace, with a session's access token (15 minutes).
    pub(crate) async fn user(&self, name: &str) -> Client {
        self.user_in(name, "UTC").await
    }

    /// The same in a time zone.
    pub(crate) async fn user_in(&self, name: &str, time_zone: &str) -> Client {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        let new = users::NewUser {
            email: format!("{name}{number}@example.org"),
            display_name: name.to_owned(),
            password_hash: None,
            time_zone: time_zone.to_owned(),
        };
        let (id, session) = self
            .write(async |tx| {
                let user = users::create(tx, new).await.unwrap();
                let session = sessions::create(tx, user.id, &format!("hash-{number}"), "test").await.unwrap();
                (user.id, session)
            })
            .await;
        let now_s = self.state.clock().now_ms() / 1000;
        let token = tokens::issue(&self.state.keys, id, session, now_s).unwrap();
        Client { id, token, ..self.anonymous() }
    }

    /// The same person with a token of now, in a new session.
    pub(crate) async fn renewed(&self, who: &Client) -> Client {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        let hash = format!("hash-{number}");
        let session = self.write(async |tx| sessions::create(tx, who.id, &hash, "test").await.unwrap()).await;
        let now_s = self.state.clock().now_ms() / 1000;
        let token = tokens::issue(&self.state.keys, who.id, session, now_s).unwrap();
        Client { token, ..who.clone() }
    }

    /// A workspace with its owner.
    pub(crate) async fn workspace(&self, owner: &Client) -> WorkspaceId {
        self.write(async |tx| workspaces::create(tx, "Acme", owner.id).await.unwrap().id).await
    }

    /// Adds somebody to a workspace.
    pub(crate) async fn add_member(&self, workspace: WorkspaceId, who: &Client, role: WorkspaceRole) {
        self.write(async |tx| workspaces::add_member(tx, workspace, who.id, role).await.unwrap()).await;
    }

    /// A team with its first admin.
    pub(crate) async fn team(
        &self,
        workspace: WorkspaceId,
        visibility: TeamVisibility,
        creator: &Client,
    ) -> TeamId {
        self.write(async |tx| {
            teams::create(tx, workspace, "Platform", visibility, creator.id).await.unwrap().id
        })
        .await
    }

    /// Adds somebody to a team.
    pub(crate) async fn join(&self, team: TeamId, who: &Client, role: TeamRole) {
        self.write(async |tx| teams::put_member(tx, team, who.id, Some(role)).await.unwrap()).await;
    }
}

/// Somebody who asks.
#[derive(Clone)]
pub(crate) struct Client {
    /// Who.
    pub(crate) id: UserId,
    /// The access token; empty: none is sent.
    pub(crate) token: String,
    /// `http://127.0.0.1:port`.
    pub(crate) base: String,
    /// For what needs more than the methods here.
    pub(crate) http: reqwest::Client,
}

impl Client {
    /// A request with the token, to a path on the server.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// POST with JSON.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    /// PUT with JSON.
    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(&body)).await
    }

    /// PATCH with JSON.
    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(&body)).await
    }

    /// PATCH with JSON and `If-Match`.
    pub(crate) async fn patch_if(&self, path: &str, etag: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).header("if-match", etag).json(&body)).await
    }

    /// Opens an event stream; `after`: the Last-Event-ID.
    pub(crate) async fn events(&self, path: &str, after: Option<i64>) -> Events {
        let mut request = self.request(Method::GET, path).header("accept-encoding", "gzip");
        if let Some(id) = after {
            request = request.header("last-event-id", id.to_string());
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream; charset=utf-8");
        Events { answer, text: String::new() }
    }

    /// DELETE.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }
}

/// One server-sent event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SentEvent {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) data: Value,
}

/// An open event stream.
pub(crate) struct Events {
    answer: reqwest::Response,
    text: String,
}

impl Events {
    /// The next event; `None` when the stream has ended. Comment lines are passed over.
    pub(crate) async fn next(&mut self) -> Option<SentEvent> {
        let limit = std::time::Duration::from_secs(20);
        tokio::time::timeout(limit, self.read()).await.expect("an event or the end within 20 s")
    }

    async fn read(&mut self) -> Option<SentEvent> {
        loop {
            while let Some((frame, rest)) = self.text.split_once("\n\n") {
                let (frame, rest) = (frame.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let line = frame.lines().find_map(|line| line.strip_prefix(name));
                    line.map(|value| value.trim().to_owned())
                };
                if let (Some(id), Some(kind), Some(data)) = (field("id:"), field("event:"), field("data:")) {
                    let data = serde_json::from_str(&data).unwrap();
                    return Some(SentEvent { id: id.parse().unwrap(), kind, data });
                }
                assert!(frame.starts_with(':'), "{frame}");
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body as text.
    pub(crate) text: String,
    /// The body as JSON; null where it is none.
    pub(crate) json: Value,
}

impl Answer {
    /// Sends a request.
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, json }
    }

    /// The JSON, if the status is the expected one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// Asserts a problem document with a code.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        self.json
    }

    /// The tag for `If-Match`.
    #[track_caller]
    pub(crate) fn etag(&self) -> String {
        self.headers["etag"].to_str().unwrap().to_owned()
    }
}
