//! A trimmed update as it is fetched: another program judges what comes.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::instance::{Instance, Person, fixture};

const PATIENCE: Duration = Duration::from_mins(2);

async fn fetch(person: &Person, url: &str) -> Vec<u8> {
    let answer = person.http.get(format!("{}{url}", person.base)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    answer.bytes().await.unwrap().to_vec()
}

/// First and last moment of each stream by ffprobe's packets, in seconds: kind, start, end.
fn streams(file: &Path) -> Vec<(String, f64, f64)> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_entries"])
        .arg("packet=codec_type,pts_time,duration_time")
        .arg(file)
        .output()
        .expect("ffprobe is needed");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let seconds = |value: &Value| value.as_str().map_or(0.0, |text| text.parse::<f64>().unwrap());
    let mut found: Vec<(String, f64, f64)> = Vec::new();
    for packet in told["packets"].as_array().unwrap() {
        let kind = packet["codec_type"].as_str().unwrap();
        let start = seconds(&packet["pts_time"]);
        let end = start + seconds(&packet["duration_time"]);
        match found.iter_mut().find(|(known, ..)| known == kind) {
            Some(stream) => *stream = (stream.0.clone(), stream.1.min(start), stream.2.max(end)),
            None => found.push((kind.to_owned(), start, end)),
        }
    }
    found
}

/// Every packet decodes.
fn decodes(file: &Path) {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-f", "null", "-"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && told.is_empty(), "{}: {told}", file.display());
}

fn check(name: &str, file: &Path, seconds: f64) {
    let streams = streams(file);
    assert!(!streams.is_empty(), "{name} is empty");
    for (kind, start, end) in streams {
        assert!((0.0..0.05).contains(&start), "{name}: {kind} starts at {start} s");
        // ffprobe does not tell how long the last picture stands: a tenth of a second at most in these clips.
        let off = end - seconds;
        assert!((-0.11..0.08).contains(&off), "{name}: {kind} ends at {end} s instead of {seconds} s");
    }
    decodes(file);
}

#[tokio::test]
async fn downloads_of_a_trimmed_update_start_at_zero_and_have_its_length() {
    let instance = Instance::start().await;
    let ada = instance.person("ada").await;
    // Encoded; copied with pictures out of order; copied, then encoded since its key frames stay away.
    for (name, span) in [
        ("spoken-update.webm", (2_300, 7_900)),
        ("flash-beep-b-frames.mp4", (1_250, 5_500)),
        ("sparse-keys.mp4", (5_100, 14_200)),
    ] {
        let update = ada.upload(name, fixture(name)).await;
        ada.wait(&update, &["ready"], PATIENCE).await;
        let trim = json!({"trim": {"start_ms": span.0, "end_ms": span.1}});
        let trimmed = ada.call(Method::PATCH, &format!("/updates/{update}"), trim).await;
        let visible = Duration::from_millis(span.1 - span.0);
        assert_eq!(trimmed["duration_ms"], span.1 - span.0);
        for (key, ending) in [("download_url", "mp4"), ("audio_url", "m4a")] {
            let Some(url) = trimmed["media"][key].as_str() else { continue };
            let file = instance.data().join(format!("{name}.{ending}"));
            std::fs::write(&file, fetch(&ada, url).await).unwrap();
            check(&format!("{name} {ending}"), &file, visible.as_secs_f64());
        }
        let list = fetch(&ada, trimmed["media"]["storyboard_vtt_url"].as_str().unwrap()).await;
        let list = String::from_utf8(list).unwrap();
        assert!(list.contains("storyboard.jpg#xywh="), "{name}: {list}");
        let folder = trimmed["media"]["storyboard_vtt_url"].as_str().unwrap().replace(".vtt", ".jpg");
        assert!(fetch(&ada, &folder).await.starts_with(&[0xff, 0xd8]));
        if let Some(peaks) = trimmed["media"]["peaks_url"].as_str() {
            let peaks: Value = serde_json::from_slice(&fetch(&ada, peaks).await).unwrap();
            let number = |key: &str| peaks[key].as_f64().unwrap();
            let seconds = number("length") * number("samples_per_pixel") / number("sample_rate");
            assert!((seconds - visible.as_secs_f64()).abs() < 0.1, "{name}: {seconds} s of waveform");
        }
    }
}
