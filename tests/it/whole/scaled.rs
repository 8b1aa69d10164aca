//! The same programs on PostgreSQL and S3: alone, and two servers with two workers that share everything.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use meridian_blobs::{Blobs, S3Options};
use meridian_domain::clock::Clock;
use meridian_store::{Store, StoreOptions};
use meridian_testbed::{Postgres, Seaweed};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::instance::{Instance, Person, fixture, program};
use crate::uploads::bytes_in;

const LONG: Duration = Duration::from_mins(4);

/// A database, a store, and what programs need in their environment to use them.
struct Shared {
    postgres: &'static Postgres,
    seaweed: &'static Seaweed,
    database: String,
    store: String,
}

impl Shared {
    /// `None`, said aloud, where PostgreSQL or SeaweedFS is missing.
    fn new() -> Option<Self> {
        let (postgres, seaweed) = (meridian_testbed::postgres()?, meridian_testbed::seaweed()?);
        let store = seaweed.url(&format!("it/{}", uuid::Uuid::new_v4()));
        Some(Self { postgres, seaweed, database: postgres.database(), store })
    }

    fn environment(&self, embedded_workers: &str) -> Vec<(&'static str, String)> {
        let own = [
            ("MERIDIAN_DATABASE_URL", self.database.clone()),
            ("MERIDIAN_STORE_URL", self.store.clone()),
            ("MERIDIAN_SECRET", "one secret for all servers and workers".to_owned()),
            ("MERIDIAN_EMBEDDED_WORKERS", embedded_workers.to_owned()),
        ];
        own.into_iter().chain(self.seaweed.environment()).collect()
    }

    /// The first column of a statement's rows.
    fn sql(&self, statement: &str) -> String {
        self.postgres.sql(self.database.rsplit('/').next().unwrap(), statement)
    }

    /// The bytes of an upload, as a worker would read them.
    async fn bytes_of(&self, upload: &str) -> Vec<u8> {
        let options = StoreOptions { url: self.database.clone(), max_readers: 1 };
        let store = Store::open(&options, Clock::system()).await.unwrap();
        let s3 = S3Options {
            endpoint: Some(self.seaweed.endpoint.clone()),
            key: Some((self.seaweed.access_key.clone(), self.seaweed.secret_key.clone())),
            ..S3Options::default()
        };
        let blobs = Blobs::open_with(&self.store, &s3).unwrap();
        bytes_in(&store, blobs, upload).await
    }
}

/// A worker process of its own; killed when it is dropped.
struct Worker(Child, TempDir);

impl Worker {
    fn start(shared: &Shared) -> Self {
        let folder = TempDir::new().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new(program().with_file_name("meridian-worker"))
            .arg("run")
            .envs(shared.environment("0"))
            .env("MERIDIAN_DATA_DIR", folder.path())
            .env("MERIDIAN_WHISPER_MODEL", "tiny.en")
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self(child, folder)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
        if std::thread::panicking() {
            eprintln!("{}", std::fs::read_to_string(self.1.path().join("log")).unwrap_or_default());
        }
    }
}

/// The first segment's address, from the playlists.
async fn first_segment(person: &Person, update: &Value) -> String {
    let get = async |path: String| {
        let answer = person.http.get(format!("{}{path}", person.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    };
    let named =
        |list: &str| list.lines().find(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned);
    let master = update["media"]["hls_url"].as_str().unwrap().to_owned();
    let variant = named(&get(master.clone()).await).unwrap();
    let variant = format!("{}/{variant}", master.rsplit_once('/').unwrap().0);
    let segment = named(&get(variant.clone()).await).unwrap();
    format!("{}/{segment}", variant.rsplit_once('/').unwrap().0)
}

/// Reads a stream of events until one of this kind comes.
async fn until_event(mut stream: reqwest::Response, kind: &str) -> String {
    let mut came = String::new();
    let wanted = format!("event: {kind}\n");
    let reading = async {
        while !came.contains(&wanted) {
            let piece = stream.chunk().await.unwrap().expect("the stream ended");
            came.push_str(&String::from_utf8_lossy(&piece));
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reading).await.expect("no event");
    came
}

async fn listen(person: &Person) -> reqwest::Response {
    let url = format!("{}/api/v1/events?workspace_id={}", person.base, person.workspace);
    let stream = person.http.get(url).bearer_auth(&person.token).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    stream
}

#[tokio::test]
async fn a_recording_goes_the_whole_way_on_postgresql_and_s3() {
    let Some(shared) = Shared::new() else { return };
    let instance = Instance::start_set(shared.environment("1")).await;
    let ada = instance.person("ada").await;
    let file = fixture("spoken-update.webm");
    let update = ada.upload("", file.clone()).await;
    let ready = ada.wait(&update, &["ready", "failed"], LONG).await;
    assert_eq!(ready["status"], "ready", "{ready:#}\n{}", instance.log());
    assert_eq!(ready["transcript"]["status"], "ready");
    // Media by ranges.
    let segment = format!("{}{}", ada.base, first_segment(&ada, &ready).await);
    let whole = ada.http.get(&segment).send().await.unwrap().bytes().await.unwrap();
    let part = ada.http.get(&segment).header("range", "bytes=100-299").send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.unwrap(), whole[100..300]);
    // The same server again, with segments straight from the store.
    drop(instance);
    let mut redirecting = shared.environment("1");
    redirecting.push(("MERIDIAN_MEDIA_DELIVERY", "redirect".to_owned()));
    let instance = Instance::start_set(redirecting).await;
    let segment = segment.replace(&ada.base, &instance.base);
    let ada = Person { base: instance.base.clone(), ..ada };
    let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = plain.get(&segment).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let elsewhere = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(elsewhere.starts_with(&shared.seaweed.endpoint), "{elsewhere}");
    assert_eq!(ada.http.get(&segment).send().await.unwrap().bytes().await.unwrap(), whole);
    // The recognised text is found.
    let transcript = ada.get(&format!("/updates/{update}/transcript")).await;
    let text = transcript["segments"][0]["text"].as_str().unwrap();
    let clean = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let word = text.split_whitespace().map(clean).max_by_key(String::len).unwrap();
    let found = ada.get(&format!("/search?workspace_id={}&q={word}", ada.workspace)).await;
    assert_eq!(found["items"][0]["update"]["id"], update.as_str(), "{word}: {found:#}");
    // A comment is told at once, and found.
    let stream = listen(&ada).await;
    let body = json!({"body": "Where is the kumquat?", "at_ms": 500});
    ada.call(Method::POST, &format!("/updates/{update}/comments"), body).await;
    assert!(until_event(stream, "comment.created").await.contains("kumquat"));
    let found = ada.get(&format!("/search?workspace_id={}&q=kumquat", ada.workspace)).await;
    assert_eq!(found["items"][0]["update"]["id"], update.as_str());
    // Nothing of it is in the data folder.
    assert!(!instance.data().join("objects").exists() && !instance.data().join("meridian.db").exists());
    assert!(instance.terminate().success());
}

/// Eight clients send the next bytes to two servers at the same time, again and again: each time one of them wins.
async fn race(servers: [&Person; 2], shared: &Shared, file: &[u8]) -> String {
    let [one, other] = servers;
    let body = json!({"kind": "video", "title": "race"});
    let update = one.call(Method::POST, &format!("/teams/{}/updates", one.team), body).await;
    let id = update["id"].as_str().unwrap().to_owned();
    let tus = |person: &Person, method: Method, url: String| {
        person.http.request(method, url).bearer_auth(&person.token).header("tus-resumable", "1.0.0")
    };
    let made = tus(one, Method::POST, format!("{}/api/v1/uploads?update_id={id}", one.base))
        .header("upload-length", file.len())
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let upload = location.rsplit('/').next().unwrap().to_owned();
    let (piece, mut at, mut rounds) = (file.len() / 6 + 1, 0, 0);
    while at < file.len() {
        let senders = (0..8_usize).map(|n| {
            let person = if n % 2 == 0 { one } else { other };
            // Each sends another number of bytes, so that the winner can be told.
            let end = (at + piece - n * 11).min(file.len());
            tus(person, Method::PATCH, format!("{}/api/v1/uploads/{upload}", person.base))
                .header("upload-offset", at)
                .header("content-type", "application/offset+octet-stream")
                .body(file[at..end].to_vec())
                .send()
        });
        let answers = futures::future::join_all(senders).await;
        let answers: Vec<reqwest::Response> = answers.into_iter().map(Result::unwrap).collect();
        assert!(answers.iter().all(|a| matches!(a.status().as_u16(), 204 | 409 | 423)), "{answers:?}");
        let won: Vec<&reqwest::Response> = answers.iter().filter(|a| a.status() == 204).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        at = won[0].headers()["upload-offset"].to_str().unwrap().parse().unwrap();
        for person in servers {
            let head = tus(person, Method::HEAD, format!("{}/api/v1/uploads/{upload}", person.base));
            let head = head.send().await.unwrap();
            assert_eq!(head.headers()["upload-offset"], at.to_string().as_str());
        }
        rounds += 1;
    }
    assert!(rounds >= 6);
    assert_eq!(shared.bytes_of(&upload).await, file);
    id
}

#[tokio::test]
async fn two_servers_and_two_workers_share_the_work_and_do_it_once() {
    let Some(shared) = Shared::new() else { return };
    let first = Instance::start_set(shared.environment("0")).await;
    let second = Instance::start_set(shared.environment("0")).await;
    let _workers = [Worker::start(&shared), Worker::start(&shared)];
    let ada = first.person("ada").await;
    let elsewhere = Person { base: second.base.clone(), ..ada.clone() };
    let stream = listen(&elsewhere).await;
    let raced = race([&ada, &elsewhere], &shared, &fixture("spoken-update.webm")).await;
    let mut sent = vec![raced];
    for (n, name) in ["voice.webm", "fragments.mp4", "moov-at-end.mp4", "voice.webm"].iter().enumerate() {
        let person = if n % 2 == 0 { &ada } else { &elsewhere };
        sent.push(person.upload(name, fixture(name)).await);
    }
    for update in &sent {
        let ready = elsewhere.wait(update, &["ready", "failed"], LONG).await;
        assert_eq!(ready["status"], "ready", "{ready:#}");
    }
    // What one server did is told by the other.
    until_event(stream, "update.ready").await;
    let twice = shared
        .sql("SELECT COUNT(*) FROM jobs WHERE kind = 'process_update' AND (attempt <> 1 OR state <> 'done')");
    assert_eq!(twice, "0", "a job was taken twice or is not done");
    // Both servers' schedulers publish what is due, and make entries of an inbox: each once.
    let at = jiff::Timestamp::from_millisecond(Clock::system().now_ms() + 10_000).unwrap();
    for n in 0..5 {
        let body = json!({"kind": "text", "title": format!("note {n}"), "body": "text",
            "publish": "scheduled", "publish_at": at.to_string()});
        ada.call(Method::POST, &format!("/teams/{}/updates", ada.team), body).await;
    }
    let count = "SELECT COUNT(*) FROM updates WHERE kind = 'text' AND publish_state = 'published'";
    let began = Instant::now();
    while shared.sql(count) != "5" {
        assert!(began.elapsed() < LONG, "not published: {}", first.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let told = "SELECT COUNT(*) FROM events e JOIN updates u ON u.id = e.update_id \
        WHERE u.kind = 'text' AND e.kind = 'update.published'";
    assert_eq!(shared.sql(told), "5");
    assert!(first.terminate().success() && second.terminate().success());
}
