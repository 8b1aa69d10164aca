//! The recorder in real browsers with fake devices; the server is killed and restarted while one of them records.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::instance::{Instance, shared};

/// Runs a script of `browser/`; each `RESTART` that it prints is a SIGKILL and a new start of the server.
async fn run(instance: &mut Instance, script: &str, arguments: &[String]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    assert!(
        folder.join("clients/node_modules").exists(),
        "run `npm ci` in tests/clients first (make test does)"
    );
    let mut node = Command::new("node")
        .current_dir(&folder)
        .arg(format!("browser/{script}"))
        .arg(&instance.base)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = node.stdin.take().unwrap();
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let mut told = String::new();
    loop {
        let (line, rest) = tokio::task::spawn_blocking(move || (lines.next(), lines)).await.unwrap();
        lines = rest;
        let Some(Ok(line)) = line else { break };
        if line == "RESTART" {
            instance.kill_and_restart().await;
            input.write_all(b"done\n").unwrap();
        } else {
            told.push_str(&line);
            told.push('\n');
        }
    }
    assert!(node.wait().unwrap().success(), "{told}\n{}", instance.log());
    told
}

#[tokio::test]
async fn recordings_are_watched_live_and_survive_network_server_and_browser() {
    let mut instance = Instance::start().await;
    let pictures = instance.data().join("recorder");
    std::fs::create_dir(&pictures).unwrap();
    let told = run(&mut instance, "recorder.mjs", &[pictures.display().to_string()]).await;
    assert!(told.contains("all steps done"), "{told}");
}

#[tokio::test]
async fn the_recorder_handles_what_goes_wrong_and_a_draft_is_reviewed() {
    let mut instance = Instance::start().await;
    let folder = instance.data().join("recorder");
    std::fs::create_dir(&folder).unwrap();
    let told = run(&mut instance, "recorder-page.mjs", &[folder.display().to_string()]).await;
    assert!(told.contains("all steps done"), "{told}");
}

#[tokio::test]
async fn firefox_records_and_plays() {
    let mut instance = Instance::start().await;
    let folder = instance.data().join("firefox");
    std::fs::create_dir(&folder).unwrap();
    let chromium = shared().map(|media| media.join("media/recordings/cam-h264-opus.webm"));
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/media/moov-in-front.mp4");
    let file = chromium.unwrap_or_else(own).display().to_string();
    let told = run(&mut instance, "firefox.mjs", &[folder.display().to_string(), file]).await;
    assert!(told.contains("all of Firefox done"), "{told}");
}

/// More of the same kill; `MERIDIAN_TEST_SEEDS` says how many browsers are killed. The soak run asks for ten.
#[tokio::test]
#[ignore = "a campaign: scripts/soak.sh runs it"]
async fn killed_browsers_lose_two_seconds_at_most() {
    let mut instance = Instance::start().await;
    let seeds = std::env::var("MERIDIAN_TEST_SEEDS").unwrap_or_else(|_| "10".to_owned());
    let folder = instance.data().join("recorder");
    std::fs::create_dir(&folder).unwrap();
    let told = run(&mut instance, "recorder-kills.mjs", &[folder.display().to_string(), seeds]).await;
    assert!(told.contains("all kills survived"), "{told}");
}
