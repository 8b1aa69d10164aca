//! Segments come while the bytes still arrive, and stay short.

use crate::support::{Outcome, fixture, from_bytes, run_with};
use meridian_media::protocol::{FromChild, Request, Source};

/// How many bytes had been served when the first video segment was there.
fn first_segment_at(bytes: &[u8], live: bool) -> (usize, Outcome) {
    let mut request = Request::transcode(Source::Stream);
    request.live = live;
    let mut serve = from_bytes(bytes, 4_000);
    let mut at = None;
    let outcome = run_with(&request, |offset, len, sofar| {
        let is_segment =
            |message: &FromChild| matches!(message, FromChild::Segment(s) if s.rendition != "audio");
        if at.is_none() && sofar.messages.iter().any(|(message, _)| is_segment(message)) {
            at = Some(usize::try_from(offset).unwrap());
        }
        serve(offset, len, sofar)
    });
    (at.unwrap_or(bytes.len()), outcome)
}

#[test]
fn a_live_recording_has_its_first_segment_long_before_its_end() {
    let bytes = fixture("spoken-update.webm");
    let (at, outcome) = first_segment_at(&bytes, true);
    assert!(at < bytes.len() / 2, "first segment after {at} of {} bytes", bytes.len());
    outcome.finished();
    outcome.check_segments();
    let segments = outcome.segments("360p");
    assert!(segments.len() >= 5, "{}", segments.len());
    assert!(outcome.renditions().iter().all(|(rendition, _)| rendition.target_duration_s == 3));
}

#[test]
fn a_file_has_its_first_segment_before_its_end_too() {
    let bytes = fixture("spoken-update.webm");
    let (at, outcome) = first_segment_at(&bytes, false);
    assert!(at < bytes.len() * 7 / 10, "first segment after {at} of {} bytes", bytes.len());
    outcome.check_segments();
}

#[test]
fn a_copy_whose_key_frames_stay_away_goes_on_encoded() {
    let bytes = fixture("sparse-keys.mp4");
    let size_bytes = u64::try_from(bytes.len()).unwrap();
    let outcome =
        run_with(&Request::transcode(Source::Seekable { size_bytes }), from_bytes(&bytes, usize::MAX));
    assert!(outcome.probed().video_copied);
    let finished = outcome.finished();
    assert!((19_900..=20_100).contains(&finished.duration_ms), "{finished:?}");
    outcome.check_segments();
    let segments: Vec<_> =
        outcome.segments("source").into_iter().map(|(segment, _)| segment.clone()).collect();
    let changes: Vec<u32> = segments.iter().filter(|s| s.discontinuity).map(|s| s.seq).collect();
    assert_eq!(changes, [1], "{segments:?}");
    assert!(segments.iter().all(|segment| segment.init == u32::from(segment.seq > 0)));
    assert_eq!(outcome.renditions().iter().filter(|(rendition, _)| rendition.name == "source").count(), 2);
}
