//! The operators' commands, on what an earlier version left: backup and restore, moving to PostgreSQL and S3, scrub, doctor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::instance::{Instance, program};
use super::upgrade::left_by_the_first_schema;

/// What a command said.
struct Said {
    well: bool,
    json: Value,
    errors: String,
}

/// A command with the settings of an instance.
fn run(data: &Path, more: &[(&'static str, String)], arguments: &[&str]) -> Said {
    let done = Command::new(program())
        .args(arguments)
        .arg("--json")
        .env("MERIDIAN_DATA_DIR", data)
        .env("MERIDIAN_WHISPER_MODEL", "tiny.en")
        .env("MERIDIAN_LOG", "error")
        .envs(more.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    let json = serde_json::from_slice(&done.stdout).unwrap_or_default();
    Said { well: done.status.success(), json, errors }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Ben signs in with his password, finds what was said, written and answered, and gets the recording's first segment.
async fn shows_everything(instance: &Instance) {
    let http = reqwest::Client::new();
    let base = &instance.base;
    let body = json!({"email": "ben@example.org", "password": "correct horse battery"});
    let answer = http.post(format!("{base}/api/v1/auth/login")).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", instance.log());
    let token = answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
    let get = async |path: String| {
        let answer = http.get(format!("{base}{path}")).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer
    };
    let me: Value = get("/api/v1/me".to_owned()).await.json().await.unwrap();
    let workspace = me["workspaces"][0]["id"].as_str().unwrap();
    let mut found = BTreeMap::new();
    for (word, source) in [("service", "transcript"), ("importer", "body"), ("window", "comment")] {
        let path = format!("/api/v1/search?workspace_id={workspace}&q={word}");
        let answer: Value = get(path).await.json().await.unwrap();
        let item = answer["items"][0].clone();
        let sources: Vec<&Value> =
            item["hits"].as_array().into_iter().flatten().map(|hit| &hit["source"]).collect();
        assert!(sources.contains(&&json!(source)), "{word}: {answer:#}");
        found.insert(source, item["update"].clone());
    }
    let id = found["transcript"]["id"].as_str().unwrap();
    let update: Value = get(format!("/api/v1/updates/{id}")).await.json().await.unwrap();
    let master = update["media"]["hls_url"].as_str().unwrap().to_owned();
    let first = |list: String| list.lines().find(|line| !line.starts_with('#')).unwrap().to_owned();
    let beside = |list: &str, name: String| format!("{}/{name}", list.rsplit_once('/').unwrap().0);
    let variant = beside(&master, first(get(master.clone()).await.text().await.unwrap()));
    let segment = beside(&variant, first(get(variant.clone()).await.text().await.unwrap()));
    assert!(get(segment).await.bytes().await.unwrap().len() > 1_000);
}

#[tokio::test]
async fn a_backup_of_a_running_instance_is_a_whole_one() {
    let instance = Instance::start_in(left_by_the_first_schema(), Some("2026-12-01T09:00:00Z")).await;
    let kept = TempDir::new().unwrap();
    let backup = kept.path().join("backup");
    let clock = [("MERIDIAN_TEST_CLOCK", text(&instance.clock()).to_owned())];
    let made = run(instance.data(), &clock, &["backup", text(&backup)]);
    assert!(made.well, "{}", made.errors);
    // More where old media were dropped while it ran.
    assert!(made.json["copied"].as_u64() >= made.json["objects"].as_u64(), "{:#}", made.json);
    assert!(made.json["objects"].as_u64().unwrap() > 5, "{:#}", made.json);
    // The second one copies nothing that is there.
    let again = run(instance.data(), &clock, &["backup", text(&backup), "--keep", "1"]);
    assert!(again.well, "{}", again.errors);
    assert_eq!(again.json["copied"], 0, "{:#} {:#}", made.json, again.json);
    assert_eq!(std::fs::read_dir(backup.join("snapshots")).unwrap().count(), 1, "--keep 1");
    // Not over a running instance, whatever is asked for.
    let refused = run(instance.data(), &clock, &["restore", text(&backup), "--replace"]);
    assert!(!refused.well && refused.errors.contains("stop servers"), "{}", refused.errors);
    // A byte that is another one: refused, and nothing is made.
    let fresh = kept.path().join("fresh");
    std::fs::create_dir(&fresh).unwrap();
    std::fs::copy(instance.data().join("secret"), fresh.join("secret")).unwrap();
    let victim = files(&backup.join("objects/media")).pop().unwrap();
    let bytes = std::fs::read(&victim).unwrap();
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    std::fs::write(&victim, damaged).unwrap();
    let refused = run(&fresh, &[], &["restore", text(&backup)]);
    assert!(!refused.well && refused.errors.contains("damaged"), "{}", refused.errors);
    std::fs::write(&victim, bytes).unwrap();
    let rows =
        files(&backup.join("snapshots")).into_iter().find(|path| path.ends_with("comments.jsonl")).unwrap();
    let lines = std::fs::read_to_string(&rows).unwrap();
    std::fs::write(&rows, lines.replace("At nine", "At ten")).unwrap();
    let refused = run(&fresh, &[], &["restore", text(&backup)]);
    assert!(!refused.well && refused.errors.contains("comments"), "{}", refused.errors);
    std::fs::write(&rows, lines).unwrap();
    assert!(!fresh.join("meridian.db").exists());
    // With another secret it says so; with the right one all is there.
    let stranger = [("MERIDIAN_SECRET", "another secret than the one of the backup".to_owned())];
    let refused = run(&fresh, &stranger, &["restore", text(&backup)]);
    assert!(!refused.well && refused.errors.contains("secret"), "{}", refused.errors);
    let restored = run(&fresh, &[], &["restore", text(&backup)]);
    assert!(restored.well, "{}", restored.errors);
    assert_eq!((&restored.json["accounts"], &restored.json["updates"]), (&json!(2), &json!(3)));
    drop(instance);
    over_an_instance(&backup, &fresh);
    let again = Instance::start_on(fresh, Vec::new()).await;
    shows_everything(&again).await;
}

/// In place of what is there, whose database is kept, and damaged objects with it.
fn over_an_instance(backup: &Path, data: &Path) {
    let refused = run(data, &[], &["restore", text(backup)]);
    assert!(!refused.well && refused.errors.contains("--replace"), "{}", refused.errors);
    let object = files(&data.join("objects/media")).pop().unwrap();
    let bytes = std::fs::read(&object).unwrap();
    std::fs::write(&object, "something else").unwrap();
    let replaced = run(data, &[], &["restore", text(backup), "--replace"]);
    assert!(replaced.well, "{}", replaced.errors);
    assert_eq!(replaced.json["copied"], 1);
    assert_eq!(std::fs::read(&object).unwrap(), bytes);
    let aside: Vec<PathBuf> = files(data).into_iter().filter(|path| text(path).contains("before")).collect();
    assert_eq!(aside.len(), 2, "the database and one object: {aside:?}");
}

/// Sizes and reading say nothing of it. The bit is flipped back.
fn a_flipped_bit_is_told_by_a_backup(data: &Path) {
    let backups = TempDir::new().unwrap();
    let deep = ["scrub", "--deep", text(backups.path())];
    let none = run(data, &[], &deep);
    assert!(!none.well && none.errors.contains("no whole backup"), "{}", none.errors);
    assert!(run(data, &[], &["backup", text(backups.path())]).well);
    let well = run(data, &[], &deep);
    assert!(well.well && well.json["compared"] == well.json["objects"], "{:#}", well.json);
    let object = files(&data.join("objects/media")).remove(0);
    let bytes = std::fs::read(&object).unwrap();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    std::fs::write(&object, flipped).unwrap();
    assert!(run(data, &[], &["scrub", "--read"]).well);
    let found = run(data, &[], &deep);
    let damaged = found.json["damaged"].as_array().unwrap();
    assert!(!found.well && damaged.len() == 1, "{:#}", found.json);
    assert!(object.ends_with(damaged[0]["key"].as_str().unwrap()), "{:#}", found.json);
    std::fs::write(&object, bytes).unwrap();
}

#[test]
fn a_scrub_finds_what_is_missing_and_what_nothing_names() {
    let folder = left_by_the_first_schema();
    let data = folder.path();
    assert!(
        Command::new(program()).arg("migrate").env("MERIDIAN_DATA_DIR", data).status().unwrap().success()
    );
    let well = run(data, &[], &["scrub", "--read"]);
    assert!(well.well, "{}", well.errors);
    assert_eq!((&well.json["damaged"], &well.json["updates"]), (&json!([]), &json!(3)));
    assert_eq!(well.json["orphans"], json!([]), "{:#}", well.json);
    a_flipped_bit_is_told_by_a_backup(data);
    let objects = files(&data.join("objects/media"));
    std::fs::remove_file(&objects[0]).unwrap();
    std::fs::write(&objects[1], "short").unwrap();
    let strange = data.join("objects/media").join(uuid::Uuid::new_v4().to_string());
    for (name, age) in [("old", 30), ("young", 5), ("new", 0)] {
        std::fs::create_dir_all(&strange).unwrap();
        std::fs::write(strange.join(name), name).unwrap();
        let file = std::fs::File::options().write(true).open(strange.join(name)).unwrap();
        let now = file.metadata().unwrap().modified().unwrap();
        file.set_modified(now - Duration::from_hours(age)).unwrap();
    }
    let found = run(data, &[], &["scrub"]);
    assert!(!found.well, "damage ends with 1");
    let key = |path: &PathBuf| path.strip_prefix(data.join("objects")).unwrap().display().to_string();
    let damaged: Vec<&str> =
        found.json["damaged"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(damaged, [key(&objects[0]), key(&objects[1])]);
    assert_eq!(found.json["orphans"].as_array().unwrap().len(), 2, "{:#}", found.json);
    assert!(strange.join("old").exists(), "it harms nothing");
    let deleted = run(data, &[], &["scrub", "--delete-orphans"]);
    assert!(!deleted.well);
    assert_eq!(files(&strange), [strange.join("new"), strange.join("young")]);
}

#[tokio::test]
async fn an_instance_moves_to_postgresql_and_s3() {
    let Some((postgres, seaweed)) = meridian_testbed::postgres().zip(meridian_testbed::seaweed()) else {
        return;
    };
    let folder = left_by_the_first_schema();
    let data = folder.path();
    let store = seaweed.url(&format!("moved/{}", uuid::Uuid::new_v4()));
    let mut more: Vec<(&str, String)> = seaweed.environment().into_iter().collect();
    more.push(("MERIDIAN_TO_DATABASE_URL", postgres.database()));
    more.push(("MERIDIAN_TO_STORE_URL", store.clone()));
    more.push(("MERIDIAN_TO_S3_ENDPOINT", seaweed.endpoint.clone()));
    let behind = run(data, &more, &["migrate-data"]);
    assert!(!behind.well && behind.errors.contains("migrations are missing"), "{}", behind.errors);
    let instance = Instance::start_in(folder, Some("2026-12-01T09:00:00Z")).await;
    let data = instance.data().to_owned();
    let refused = run(&data, &more, &["migrate-data"]);
    assert!(!refused.well && refused.errors.contains("--objects-only"), "{}", refused.errors);
    let first = run(&data, &more, &["migrate-data", "--objects-only"]);
    assert!(first.well, "{}", first.errors);
    assert_eq!(first.json["copied"], first.json["objects"]);
    let folder = instance.stop();
    let moved = run(&data, &more, &["migrate-data"]);
    assert!(moved.well, "{}", moved.errors);
    assert_eq!(moved.json["copied"], 0, "they were there");
    assert!(moved.json["rows"].as_u64().unwrap() > 50, "{:#}", moved.json);
    let twice = run(&data, &more, &["migrate-data"]);
    assert!(!twice.well && twice.errors.contains("not empty"), "{}", twice.errors);
    let mut settings: Vec<(&str, String)> = seaweed.environment().into_iter().collect();
    settings.push(("MERIDIAN_DATABASE_URL", more[4].1.clone()));
    settings.push(("MERIDIAN_STORE_URL", store));
    let there = Instance::start_on(data.clone(), settings.clone()).await;
    shows_everything(&there).await;
    drop(there);
    back_again(&settings, &data);
    examined(&settings, &data);
    drop(folder);
}

/// A backup from PostgreSQL and S3 becomes an instance of SQLite and files.
fn back_again(settings: &[(&'static str, String)], data: &Path) {
    let backup = data.join("backup");
    let made = run(data, settings, &["backup", text(&backup), "--with-secret"]);
    assert!(made.well, "{}", made.errors);
    let small = data.join("small");
    let restored = run(&small, &[], &["restore", text(&backup)]);
    assert!(restored.well, "{}", restored.errors);
    assert_eq!(restored.json["rows"], made.json["rows"]);
    assert_eq!(std::fs::read(small.join("secret")).unwrap(), std::fs::read(data.join("secret")).unwrap());
    let scrubbed = run(&small, &[], &["scrub", "--read"]);
    assert!(scrubbed.well, "{:#} {}", scrubbed.json, scrubbed.errors);
}

/// The doctor on PostgreSQL and S3, with segments straight from the store.
fn examined(settings: &[(&'static str, String)], data: &Path) {
    let outcome = |said: &Said, name: &str| {
        let checks = said.json["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["name"] == name);
        check.unwrap_or_else(|| panic!("{name}: {:#}", said.json))["outcome"].as_str().unwrap().to_owned()
    };
    let mut settings = settings.to_vec();
    settings.push(("MERIDIAN_MEDIA_DELIVERY", "redirect".to_owned()));
    settings.push(("MERIDIAN_PUBLIC_URL", format!("http://{}.localhost", uuid::Uuid::new_v4())));
    let fixed = run(data, &settings, &["doctor", "--fix"]);
    for name in
        ["database", "migrations", "database clock", "object store", "redirect", "store clock", "CORS"]
    {
        assert_eq!(outcome(&fixed, name), "ok", "{name}: {:#}", fixed.json);
    }
    for name in ["worker", "codecs", "model"] {
        assert_eq!(outcome(&fixed, name), "ok", "{name}: {:#}", fixed.json);
    }
    assert_ne!(outcome(&fixed, "sandbox"), "fail");
    // Without TLS browsers give no camera.
    assert_eq!(outcome(&fixed, "public URL"), "fail");
    assert!(!fixed.well);
    // What is wrong is named, and no password with it.
    settings.push(("MERIDIAN_DATABASE_URL", "postgres://meridian:a-password@127.0.0.1:9/none".to_owned()));
    settings.push(("MERIDIAN_SMTP_URL", "smtp://user:a-password@127.0.0.1:9".to_owned()));
    settings.push(("MERIDIAN_S3_ENDPOINT", "http://127.0.0.1:9".to_owned()));
    settings.push(("MERIDIAN_STORE_URL", format!("file://{}", data.join("objects").display())));
    let broken = run(data, &settings, &["doctor"]);
    assert_eq!(
        (outcome(&broken, "database"), outcome(&broken, "mail")),
        ("fail".to_owned(), "fail".to_owned())
    );
    assert!(!broken.json.to_string().contains("a-password") && !broken.errors.contains("a-password"));
}
