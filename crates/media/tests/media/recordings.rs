//! Recordings of real browsers: each ends ready, with its exact duration.

use crate::support::{Outcome, manifest, run_seekable, run_stream, shared_media};

pub(crate) fn assert_duration(name: &str, duration_ms: u64, seconds: f64) {
    let found = std::time::Duration::from_millis(duration_ms).as_secs_f64();
    assert!((found - seconds).abs() <= 0.1, "{name}: {found} s instead of {seconds} s");
}

fn check(name: &str, entry: &serde_json::Value, outcome: &Outcome) {
    let finished = outcome.finished();
    let wanted = ["media_s", "true_duration_s"].iter().find_map(|key| entry[*key].as_f64());
    if let Some(seconds) = wanted.or(entry["ffprobe"]["duration"].as_f64()) {
        assert_duration(name, finished.duration_ms, seconds);
    }
    outcome.check_segments();
    let streams = entry["ffprobe"]["streams"].as_array().unwrap();
    let has = |kind: &str| streams.iter().any(|stream| stream["type"] == kind);
    assert_eq!((finished.has_video, finished.has_audio), (has("video"), has("audio")), "{name}");
    let artefacts = outcome.artefacts();
    assert_eq!(artefacts.contains_key("poster.jpg"), finished.has_video, "{name}");
    assert_eq!(artefacts.contains_key("peaks.json"), finished.has_audio, "{name}");
    let speech_ms = u64::try_from(outcome.speech().len() / 16).unwrap();
    // One recorder's AAC has packets that no decoder takes: no sound from those.
    if finished.has_audio && finished.packets_bad == 0 {
        assert!(speech_ms.abs_diff(finished.duration_ms) < 200, "{name}: {speech_ms} ms of speech");
    }
    assert!(finished.peak_memory_bytes < 500 * 1024 * 1024, "{name}");
}

#[test]
fn every_recording_ends_ready_with_its_duration() {
    let Some(media) = shared_media() else { return };
    let entries = manifest(&media, "recordings");
    assert!(entries.len() > 20);
    for (name, entry) in entries {
        let bytes = std::fs::read(media.join("recordings").join(&name)).unwrap();
        // Recorders' files can be read as they come, but for Apple's.
        let outcome = run_stream(&bytes);
        let outcome = if outcome.code == Some(21) { run_seekable(&bytes) } else { outcome };
        check(&name, &entry, &outcome);
    }
}
