//! Stock clients send a real recording; every byte has to arrive.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::server::Server;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn recording() -> PathBuf {
    root().join("fixtures/media/spoken-update.webm")
}

/// Runs a driver of `tests/clients` and reads the JSON that it prints.
async fn run(program: &str, driver: &str, arguments: &[&str]) -> Value {
    let folder = root().join("clients");
    assert!(folder.join("node_modules").exists(), "run `npm ci` in tests/clients first (make test does)");
    let mut command = Command::new(program);
    command.current_dir(&folder).arg(driver).args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{driver} failed: {told} {errors}");
    serde_json::from_str(told.lines().last().unwrap_or_default()).unwrap_or_else(|e| panic!("{e}: {told}"))
}

fn text<'a>(told: &'a Value, name: &str) -> &'a str {
    told[name].as_str().unwrap_or_else(|| panic!("no {name} in {told}"))
}

#[tokio::test]
async fn tus_js_client_in_node() {
    let server = Server::new();
    let (team, token) = server.team_and_token().await;
    let file = std::fs::read(recording()).unwrap();
    let metadata =
        json!({"filename": "ein Täst.webm", "filetype": "video/webm", "team_id": team}).to_string();
    for mode in ["plain", "creation", "resume", "deferred"] {
        let path = recording();
        let arguments = [&server.endpoint(), &token, path.to_str().unwrap(), mode, &metadata];
        let told = run("node", "tus_js.mjs", &arguments).await;
        assert_eq!(text(&told, "update_id").len(), 36);
        assert_eq!(server.bytes_of(text(&told, "url")).await, file, "{mode}");
        let answers = told["answers"].as_array().unwrap();
        assert_eq!(answers[0], "POST 201", "{mode}");
        assert!(
            answers[1..].iter().all(|a| ["PATCH 204", "HEAD 200"].contains(&a.as_str().unwrap())),
            "{told}"
        );
        assert_eq!(answers.iter().any(|a| a == "HEAD 200"), mode == "resume", "{told}");
    }
}

#[tokio::test]
async fn tuspy_with_checksums() {
    let server = Server::new();
    let (team, token) = server.team_and_token().await;
    let python = root().join("clients/.venv/bin/python");
    assert!(python.exists(), "the Python client is missing: `make test` installs it");
    let metadata = json!({"filename": "clip.webm", "team_id": team, "publish": "draft"}).to_string();
    let path = recording();
    let arguments = [&server.endpoint(), &token, path.to_str().unwrap(), &metadata];
    let told = run(python.to_str().unwrap(), "tus_py.py", &arguments).await;
    let file = std::fs::read(path).unwrap();
    assert_eq!(told["offset"], file.len());
    assert_eq!(server.bytes_of(text(&told, "url")).await, file);
}

#[tokio::test]
async fn curl_by_hand() {
    let server = Server::new();
    let (team, token) = server.team_and_token().await;
    let path = recording();
    let told = run("sh", "tus_curl.sh", &[&server.endpoint(), &token, path.to_str().unwrap(), &team]).await;
    let file = std::fs::read(path).unwrap();
    let third = file.len() / 3;
    assert_eq!(
        (&told["first"], &told["offset"], &told["wrong"], &told["rest"], &told["end"]),
        (&json!(204), &json!(third), &json!(409), &json!(204), &json!(file.len()))
    );
    assert_eq!(server.bytes_of(text(&told, "url")).await, file);
}

#[tokio::test]
async fn tus_js_client_and_uppy_in_chromium_from_another_origin() {
    let server = Server::new();
    let (team, token) = server.team_and_token().await;
    let metadata = json!({"filename": "clip.webm", "team_id": team}).to_string();
    let path = recording();
    let arguments = [&server.endpoint(), &token, path.to_str().unwrap(), &metadata];
    let told = run("node", "browser.mjs", &arguments).await;
    assert_eq!(told["failed"], json!([]));
    // The page may read the update's id: it is exposed to other origins.
    assert_eq!(text(&told, "update_id").len(), 36);
    let file = std::fs::read(path).unwrap();
    assert_eq!(server.bytes_of(text(&told, "tus")).await, file);
    assert_eq!(server.bytes_of(told["uppy"][0].as_str().unwrap()).await, file);
}
