//! Recordings go in, and come out playable, written down and found; files that are none are refused with words.

use std::time::Duration;

use serde_json::{Value, json};

use super::instance::{Instance, Person, fixture, shared};

const LONG: Duration = Duration::from_mins(3);

async fn text(person: &Person, path: &str) -> (u16, String, String) {
    let answer = person.http.get(format!("{}{path}", person.base)).send().await.unwrap();
    let kind = answer.headers().get("content-type").map_or("", |v| v.to_str().unwrap()).to_owned();
    (answer.status().as_u16(), kind, answer.text().await.unwrap_or_default())
}

/// Every segment that a variant playlist names, as bytes.
async fn segments(person: &Person, hls_url: &str) -> Vec<Vec<u8>> {
    let folder = hls_url.rsplit_once('/').unwrap().0;
    let (status, kind, master) = text(person, hls_url).await;
    assert_eq!((status, kind.as_str()), (200, "application/vnd.apple.mpegurl"), "{master}");
    let variant = master.lines().find(|line| !line.starts_with('#') && !line.is_empty()).unwrap();
    let (status, _, playlist) = text(person, &format!("{folder}/{variant}")).await;
    assert_eq!(status, 200);
    assert!(playlist.contains("#EXT-X-ENDLIST"), "{playlist}");
    let inner = format!("{folder}/{variant}");
    let inner = inner.rsplit_once('/').unwrap().0;
    let mut found = Vec::new();
    for line in playlist.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let answer = person.http.get(format!("{}{inner}/{line}", person.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{line}");
        found.push(answer.bytes().await.unwrap().to_vec());
    }
    found
}

#[tokio::test]
async fn a_spoken_recording_is_played_read_and_found() {
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    let update = ada.upload("", fixture("spoken-update.webm")).await;
    let ready = ada.wait(&update, &["ready", "failed"], LONG).await;
    assert_eq!((&ready["status"], &ready["failure"]), (&json!("ready"), &Value::Null), "{ready:#}");
    assert_eq!(ready["transcript"]["status"], "ready");
    assert_eq!(ready["publish"]["state"], "published");
    let duration = ready["duration_ms"].as_i64().unwrap();
    assert!(duration > 3000, "{duration}");
    let media = &ready["media"];
    assert!(!segments(&ada, media["hls_url"].as_str().unwrap()).await.is_empty());
    for (name, kind) in [
        ("poster_url", "image/jpeg"),
        ("storyboard_vtt_url", "text/vtt"),
        ("peaks_url", "application/json"),
        ("captions_url", "text/vtt"),
    ] {
        let (status, found, _) =
            text(&ada, media[name].as_str().unwrap_or_else(|| panic!("no {name}"))).await;
        assert_eq!(status, 200, "{name}");
        assert!(found.starts_with(kind), "{name}: {found}");
    }
    let spoken = String::from_utf8(fixture("spoken-update.txt")).unwrap();
    let transcript = ada.get(&format!("/updates/{update}/transcript")).await;
    let words: Vec<Value> = transcript["segments"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|segment| segment["words"].as_array().unwrap().clone())
        .collect();
    assert!(words.len() > 5, "{transcript:#}");
    for pair in words.windows(2) {
        assert!(pair[0]["start_ms"].as_i64() <= pair[1]["start_ms"].as_i64());
    }
    assert!(words.last().unwrap()["end_ms"].as_i64().unwrap() <= duration + 100);
    // The longest word that was both meant and recognised is found by search, at its own second.
    let clean = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let meant: Vec<String> = spoken.split_whitespace().map(clean).collect();
    let heard = words.iter().filter(|w| meant.contains(&clean(w["text"].as_str().unwrap())));
    let word = heard.max_by_key(|w| w["text"].as_str().unwrap().len()).expect("no word was recognised");
    let query = clean(word["text"].as_str().unwrap());
    let found = ada.get(&format!("/search?workspace_id={}&q={query}", ada.workspace)).await;
    let hit = &found["items"][0];
    assert_eq!(hit["update"]["id"], update.as_str(), "{query}: {found:#}");
    let at = word["start_ms"].as_i64().unwrap();
    let near = hit["hits"].as_array().unwrap().iter().any(|hit| {
        hit["start_ms"].as_i64().is_some_and(|start| start <= at + 100)
            && hit["end_ms"].as_i64().is_some_and(|end| end + 100 >= at)
    });
    assert!(near, "{query} at {at}: {found:#}");
}

#[tokio::test]
async fn shipped_recordings_of_every_kind_become_ready() {
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    let names = [
        "moov-at-end.mp4",
        "moov-in-front.mp4",
        "fragments.mp4",
        "rotated.mp4",
        "voice.webm",
        "sparse-keys.mp4",
    ];
    let mut sent = Vec::new();
    for name in names {
        sent.push((name, ada.upload(name, fixture(name)).await));
    }
    for (name, update) in sent {
        let ready = ada.wait(&update, &["ready", "failed"], LONG).await;
        assert_eq!(ready["status"], "ready", "{name}: {ready:#}");
        assert_eq!(ready["kind"], if name == "voice.webm" { "voice" } else { "video" }, "{name}");
        assert!(!segments(&ada, ready["media"]["hls_url"].as_str().unwrap()).await.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn what_is_no_recording_fails_with_words_and_harms_nothing() {
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    let good = ada.upload("good", fixture("spoken-update.webm")).await;
    let cut = {
        let mut bytes = fixture("moov-at-end.mp4");
        bytes.truncate(bytes.len() / 2);
        bytes
    };
    let playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".to_vec();
    for (name, bytes) in [("text", b"just some notes ".repeat(300)), ("playlist", playlist), ("cut", cut)] {
        let update = ada.upload(name, bytes).await;
        let failed = ada.wait(&update, &["ready", "failed"], LONG).await;
        assert_eq!(failed["status"], "failed", "{name}");
        let detail = failed["failure"]["detail"].as_str().unwrap();
        assert!(detail.len() > 20 && !detail.contains("/tmp"), "{name}: {detail}");
    }
    assert_eq!(ada.wait(&good, &["ready", "failed"], LONG).await["status"], "ready");
}

/// Every recording of real browsers, where the folder with them is present.
#[tokio::test]
async fn recordings_of_real_browsers_become_ready_with_their_duration() {
    let Some(shared) = shared() else {
        eprintln!("left out: no folder with browser recordings beside the project (MERIDIAN_SHARED)");
        return;
    };
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(shared.join("media/manifest.json")).unwrap()).unwrap();
    let files = manifest["files"].as_array().unwrap().iter().filter(|file| {
        let name = file["file"].as_str().unwrap();
        name.starts_with("recordings/") && !name.contains(".chunks/") && file["size"].as_u64() > Some(10_000)
    });
    let mut sent = Vec::new();
    for file in files {
        let name = file["file"].as_str().unwrap();
        let bytes = std::fs::read(shared.join("media").join(name)).unwrap();
        let seconds = file["media_s"].as_f64().or_else(|| file["ffprobe"]["duration"].as_f64());
        sent.push((name.to_owned(), seconds, ada.upload(name, bytes).await));
    }
    assert!(sent.len() > 15);
    let mut wrong = Vec::new();
    for (name, seconds, update) in sent {
        let ready = ada.wait(&update, &["ready", "failed"], Duration::from_mins(15)).await;
        let duration = ready["duration_ms"].as_f64().unwrap_or(0.0) / 1000.0;
        if ready["status"] != "ready" {
            wrong.push(format!("{name}: {}", ready["failure"]));
        } else if seconds.is_some_and(|seconds| (seconds - duration).abs() > 0.1) {
            wrong.push(format!("{name}: {duration} s instead of {seconds:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
