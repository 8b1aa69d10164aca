//! Recordings of real browsers go up piece by piece as they were made: playable meanwhile, and in the end what the whole
//! file is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::instance::{Instance, Person, shared};

const LONG: Duration = Duration::from_mins(5);

/// The pieces of a folder in order, and the moment at which the recorder handed out each.
fn pieces(folder: &Path) -> Vec<(Duration, Vec<u8>)> {
    let told = std::fs::read(folder.join("times.json")).ok();
    let told: Option<Value> = told.map(|text| serde_json::from_slice(&text).unwrap());
    // Where nobody noted the times: every half second, every second, and MP4 when it pleases.
    let name = folder.file_name().unwrap().to_str().unwrap();
    let usual_ms = if name.contains("crash") { 500 } else { 1_000 };
    let usual_ms = if name.contains("mp4") { 5_000 } else { usual_ms };
    let at = |n: u64| match &told {
        Some(times) => times[usize::try_from(n).unwrap()]["at_ms"].as_u64().unwrap(),
        None => (n + 1) * usual_ms,
    };
    let files = (0..).map(|n| (n, folder.join(format!("{n:04}.part")))).take_while(|(_, file)| file.exists());
    files.map(|(n, file)| (Duration::from_millis(at(n)), std::fs::read(file).unwrap())).collect()
}

/// Sends the pieces `speed` times as fast as they came; answers the update's id and whether it could be watched while it
/// was sent.
async fn replay(ada: &Person, name: &str, pieces: &[(Duration, Vec<u8>)], speed: u32) -> (String, bool) {
    let new = json!({"kind": "video", "title": name});
    let update = ada.call(Method::POST, &format!("/teams/{}/updates", ada.team), new).await;
    let id = update["id"].as_str().unwrap().to_owned();
    let tus = |method: Method, url: &str| {
        ada.http.request(method, url).bearer_auth(&ada.token).header("tus-resumable", "1.0.0")
    };
    let endpoint = format!("{}/api/v1/uploads?update_id={id}", ada.base);
    let made = tus(Method::POST, &endpoint).header("upload-defer-length", "1").send().await.unwrap();
    assert_eq!(made.status(), 201, "{name}");
    let url = made.headers()["location"].to_str().unwrap().to_owned();
    let url = if url.starts_with('/') { format!("{}{url}", ada.base) } else { url };
    let (begin, mut offset, mut watchable) = (tokio::time::Instant::now(), 0, false);
    for (n, (at, bytes)) in pieces.iter().enumerate() {
        tokio::time::sleep_until(begin + *at / speed).await;
        let found = ada.get(&format!("/updates/{id}")).await;
        watchable |= found["live"] == true && found["media"]["hls_url"].is_string();
        let mut patch = tus(Method::PATCH, &url)
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream")
            .body(bytes.clone());
        offset += bytes.len();
        if n + 1 == pieces.len() {
            patch = patch.header("upload-length", offset);
        }
        assert_eq!(patch.send().await.unwrap().status(), 204, "{name}");
    }
    (id, watchable)
}

async fn replayed_like_the_file(ada: &Person, folder: &Path, speed: u32) {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let pieces = pieces(folder);
    let (live, watchable) = replay(ada, name, &pieces, speed).await;
    let file = ada.upload(name, pieces.iter().flat_map(|(_, bytes)| bytes.clone()).collect()).await;
    let live = ada.wait(&live, &["ready", "failed"], LONG).await;
    let file = ada.wait(&file, &["ready", "failed"], LONG).await;
    for key in ["status", "kind", "duration_ms", "failure"] {
        assert_eq!(live[key], file[key], "{name}: {key} of {live:#} and {file:#}");
    }
    assert_eq!(live["status"], "ready", "{name}: {live:#}");
    assert_eq!(live["transcript"]["status"], file["transcript"]["status"], "{name}");
    assert!(watchable || pieces.len() < 10, "{name} could not be watched while it was sent");
}

fn recordings() -> Option<PathBuf> {
    let found = shared().map(|folder| folder.join("media/recordings"));
    if found.is_none() {
        eprintln!("left out: no folder with browser recordings beside the project (MERIDIAN_SHARED)");
    }
    found
}

#[tokio::test]
async fn a_recording_sent_as_it_was_made_is_watchable_meanwhile_and_whole_in_the_end() {
    let Some(recordings) = recordings() else { return };
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    replayed_like_the_file(&ada, &recordings.join("live-h264-tab.chunks"), 4).await;
}

#[tokio::test]
#[ignore = "lasts as long as the recordings: scripts/soak.sh runs it"]
async fn every_recording_in_pieces_is_sent_at_its_own_pace() {
    let Some(recordings) = recordings() else { return };
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    let all = std::fs::read_dir(recordings).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<PathBuf> = all.filter(|path| path.extension().is_some_and(|ext| ext == "chunks")).collect();
    assert!(all.len() >= 5, "{all:?}");
    for folder in all {
        replayed_like_the_file(&ada, &folder, 1).await;
    }
}
