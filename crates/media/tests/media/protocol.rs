//! A parent that misbehaves, a source that fails, bounds that are reached.

use crate::support::{self, Answer, fixture, from_bytes, run_with};
use meridian_media::protocol::{FailureCode, FromChild, Request, Source, ToChild, encode};
use std::io::Write;

#[test]
fn a_parent_that_talks_nonsense_is_left() {
    let nonsense: [&[u8]; 4] =
        [b"", b"GET / HTTP/1.1\r\n\r\n", &[0xff; 64], &encode(&ToChild::Eof, &[]).unwrap_or_default()];
    for bytes in nonsense {
        let (mut child, mut ours) = support::start(&[]);
        ours.write_all(bytes).unwrap();
        drop(ours);
        assert_eq!(child.wait().unwrap().code(), Some(22), "{bytes:?}");
    }
}

#[test]
fn a_request_of_another_version_is_refused() {
    let mut request = Request::transcode(Source::Stream);
    request.version += 1;
    let outcome = run_with(&request, |_, _, _| Answer::Eof);
    assert_eq!((outcome.messages.len(), outcome.code), (0, Some(22)));
}

#[test]
fn a_parent_that_goes_away_ends_the_child() {
    let bytes = fixture("spoken-update.webm");
    let mut serve = from_bytes(&bytes, 10_000);
    let outcome = run_with(&Request::transcode(Source::Stream), |offset, len, sofar| {
        if offset > 100_000 { Answer::Gone } else { serve(offset, len, sofar) }
    });
    assert_eq!(outcome.code, Some(22));
}

#[test]
fn an_answer_longer_than_asked_for_is_refused() {
    let outcome = run_with(&Request::transcode(Source::Stream), |_, len, _| {
        Answer::Data(vec![0; usize::try_from(len).unwrap() + 1])
    });
    assert_eq!(outcome.code, Some(22));
}

#[test]
fn a_source_that_fails_is_no_fault_of_the_file() {
    let bytes = fixture("spoken-update.webm");
    for fails_from in [0, 100_000] {
        let mut serve = from_bytes(&bytes, 10_000);
        let outcome = run_with(&Request::transcode(Source::Stream), |offset, len, sofar| {
            if offset >= fails_from { Answer::Error } else { serve(offset, len, sofar) }
        });
        assert_eq!(outcome.failure().code, FailureCode::Source);
        assert!(outcome.failure().code.worth_a_retry());
    }
}

#[test]
fn bounds_of_a_job_end_it_with_a_reason() {
    let bytes = fixture("spoken-update.webm");
    let run = |change: &dyn Fn(&mut Request)| {
        let mut request = Request::transcode(Source::Stream);
        change(&mut request);
        run_with(&request, from_bytes(&bytes, 50_000)).failure().code
    };
    assert_eq!(run(&|request| request.limits.output_quota_bytes = 50_000), FailureCode::OutputQuota);
    assert_eq!(run(&|request| request.limits.max_duration_ms = 5_000), FailureCode::TooLong);
    assert_eq!(run(&|request| request.limits.max_pixels = 640 * 359), FailureCode::TooManyPixels);
    assert_eq!(run(&|request| request.limits.max_streams = 1), FailureCode::Damaged);
}

#[test]
fn an_index_at_the_end_needs_the_whole_file() {
    let bytes = fixture("moov-at-end.mp4");
    let outcome = support::run_stream(&bytes);
    assert_eq!(outcome.messages.last().unwrap().0, FromChild::NeedsWholeFile);
    assert_eq!(outcome.code, Some(21));
    let outcome = support::run_seekable(&bytes);
    assert!(outcome.probed().video_copied && outcome.probed().audio_copied);
    assert!((5_950..=6_100).contains(&outcome.finished().duration_ms));
}
