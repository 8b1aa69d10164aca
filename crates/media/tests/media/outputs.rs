//! What comes out: renditions, stills, wave form, measures, and the second step for loudness.

use crate::support::{Outcome, fixture, from_bytes, run_seekable, run_stream, run_with};
use meridian_media::protocol::{MediaKind, Mode, RenditionKind, Request, Source};

#[test]
fn a_spoken_update_has_all_that_a_page_needs() {
    let outcome = run_stream(&fixture("spoken-update.webm"));
    let finished = outcome.finished();
    assert!((14_250..=14_450).contains(&finished.duration_ms), "{finished:?}");
    assert!(finished.has_video && finished.has_audio && finished.warnings.is_empty());
    outcome.check_segments();
    let kinds: Vec<_> =
        outcome.renditions().iter().map(|(r, _)| (r.name.clone(), r.kind, r.codecs.clone())).collect();
    assert!(kinds.contains(&("audio".to_owned(), RenditionKind::Audio, "mp4a.40.2".to_owned())), "{kinds:?}");
    let (video, _) = outcome.renditions().into_iter().find(|(r, _)| r.kind == RenditionKind::Video).unwrap();
    assert_eq!((video.name.as_str(), video.width, video.height), ("360p", 640, 360));
    assert!(video.codecs.starts_with("avc1.64") && video.codecs.ends_with(",mp4a.40.2"), "{}", video.codecs);

    let artefacts = outcome.artefacts();
    assert!(artefacts["poster.jpg"].starts_with(b"\xff\xd8\xff"));
    assert!(artefacts["storyboard.jpg"].starts_with(b"\xff\xd8\xff"));
    let cues = std::str::from_utf8(artefacts["storyboard.vtt"]).unwrap();
    assert!(cues.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:01.0"), "{cues}");
    assert!(cues.contains("storyboard.jpg#xywh=160,0,160,90"), "{cues}");
    let peaks: serde_json::Value = serde_json::from_slice(artefacts["peaks.json"]).unwrap();
    assert_eq!(peaks["sample_rate"], 16_000);
    let loudest =
        peaks["data"].as_array().unwrap().iter().filter_map(serde_json::Value::as_i64).max().unwrap();
    assert!(loudest > 30, "{loudest}");

    assert!(outcome.speech().iter().any(|sample| sample.unsigned_abs() > 4000));
    let lufs = finished.loudness_lufs.unwrap();
    assert!((-40.0..-5.0).contains(&lufs), "{lufs}");
    let [lead, tail] = finished.silence_map.as_slice() else { panic!("{:?}", finished.silence_map) };
    assert!(lead[0] == 0 && (600..900).contains(&lead[1]), "{lead:?}");
    assert!((13_000..13_400).contains(&tail[0]) && tail[1] > 14_200, "{tail:?}");
}

#[test]
fn a_voice_update_is_sound_only() {
    let outcome = run_stream(&fixture("voice.webm"));
    let finished = outcome.finished();
    assert!(!finished.has_video && finished.has_audio);
    assert_eq!(outcome.probed().media_kind, MediaKind::Voice);
    assert_eq!(outcome.renditions().len(), 1);
    assert!(!outcome.artefacts().contains_key("poster.jpg"));
    outcome.check_segments();
}

#[test]
fn a_turned_picture_stands_upright() {
    let outcome = run_seekable(&fixture("rotated.mp4"));
    outcome.finished();
    let probed = outcome.probed();
    assert_eq!((probed.width, probed.height), (Some(180), Some(320)));
    let (video, _) = outcome.renditions()[0];
    assert_eq!((video.width, video.height), (180, 320));
    // The red half was on the left of the coded picture: now it is on top, or
    // at the bottom when the matrix turns the other way.
    let pictures = crate::sync::pictures(&outcome.as_mp4("180p"));
    let (top, bottom) = pictures[0].halves_luma();
    let red_on_top = top > bottom;
    assert_eq!(red_on_top, probed.rotation == 90, "{top} {bottom} {}", probed.rotation);
    assert!((top - bottom).abs() > 20.0);
}

#[test]
fn mp4_with_its_index_in_front_is_copied_as_it_comes() {
    for name in ["moov-in-front.mp4", "fragments.mp4"] {
        let outcome = run_stream(&fixture(name));
        let finished = outcome.finished();
        assert!((5_950..=6_100).contains(&finished.duration_ms), "{name}: {finished:?}");
        assert!(outcome.probed().video_copied && outcome.probed().audio_copied, "{name}");
        assert_eq!(finished.frames, 90, "{name}");
        outcome.check_segments();
    }
}

fn normalise(outcome: &Outcome, rendition: &str, gain_db: f64) -> Outcome {
    let mut request = Request::transcode(Source::Stream);
    request.mode = Mode::NormaliseAudio { rendition: rendition.to_owned(), gain_db, sound_alone: false };
    run_with(&request, from_bytes(&outcome.as_mp4(rendition), 100_000))
}

#[test]
fn loudness_is_put_right_without_touching_the_pictures() {
    let before = run_stream(&fixture("spoken-update.webm"));
    let lufs = before.finished().loudness_lufs.unwrap();
    let gain_db = -16.0 - lufs;
    assert!(gain_db.abs() > 1.0, "the clip must be off for this test: {lufs}");
    for rendition in ["360p", "audio"] {
        let after = normalise(&before, rendition, gain_db);
        let finished = after.finished();
        let measured = finished.loudness_lufs.unwrap();
        assert!((measured + 16.0).abs() < 1.0, "{rendition}: {measured}");
        assert!(finished.true_peak_db.unwrap() < -0.5, "{finished:?}");
        assert!(finished.duration_ms.abs_diff(before.finished().duration_ms) < 60, "{finished:?}");
        after.check_segments();
        assert!(after.artefacts().is_empty() && after.speech().is_empty());
        assert_eq!(after.renditions().len(), 1);
        assert_eq!(after.segments(rendition).len(), before.segments(rendition).len());
    }
    let pictures = |outcome: &Outcome| crate::sync::pictures(&outcome.as_mp4("360p")).len();
    assert_eq!(pictures(&normalise(&before, "360p", gain_db)), pictures(&before));
}

#[test]
fn sound_beside_pictures_and_alone_is_put_right_in_one_go() {
    let before = run_stream(&fixture("spoken-update.webm"));
    let mut request = Request::transcode(Source::Stream);
    request.mode = Mode::NormaliseAudio { rendition: "360p".to_owned(), gain_db: 6.0, sound_alone: true };
    let after = run_with(&request, from_bytes(&before.as_mp4("360p"), 100_000));
    after.finished();
    after.check_segments();
    let names: Vec<&str> = after.renditions().iter().map(|(rendition, _)| rendition.name.as_str()).collect();
    assert!(names.len() == 2 && names.contains(&"360p") && names.contains(&"audio"), "{names:?}");
    assert_eq!(after.segments("audio").len(), before.segments("audio").len());
}

#[test]
fn media_whose_format_changes_on_the_way_is_one_file_all_the_same() {
    let before = run_seekable(&fixture("sparse-keys.mp4"));
    let inits = |outcome: &Outcome| {
        outcome.renditions().iter().filter(|(rendition, _)| rendition.name == "source").count()
    };
    assert_eq!(inits(&before), 2, "this shows nothing otherwise");
    let pictures = crate::sync::pictures(&before.as_mp4("source")).len();
    assert!(pictures >= 200, "{pictures}");
    // Its sound can be changed, and a smaller one made of it.
    let after = normalise(&before, "source", -3.0);
    after.finished();
    after.check_segments();
    assert_eq!(inits(&after), 2);
    let changes = |outcome: &Outcome| -> Vec<(u32, bool, u64)> {
        let segments = outcome.segments("source");
        segments.into_iter().map(|(s, _)| (s.init, s.discontinuity, s.start_us)).collect()
    };
    assert_eq!(changes(&after), changes(&before));
    assert_eq!(crate::sync::pictures(&after.as_mp4("source")).len(), pictures);
    let mut request = Request::transcode(Source::Stream);
    request.mode = Mode::AddRungs;
    request.ladder = vec![90];
    let smaller = run_with(&request, from_bytes(&after.as_mp4("source"), 100_000));
    smaller.check_segments();
    let off_ms = smaller.finished().duration_ms.abs_diff(before.finished().duration_ms);
    assert!(off_ms < 60, "{off_ms}");
    let names: Vec<&str> =
        smaller.renditions().iter().map(|(rendition, _)| rendition.name.as_str()).collect();
    assert_eq!(names, ["90p"]);
    assert!(smaller.artefacts().is_empty() && smaller.speech().is_empty());
}
