//! Copied pictures that stop for a while, or for good, while the sound goes on.

use crate::support::{from_bytes, made, run_seekable, run_with};
use meridian_media::protocol::{Request, Source};

const COPYABLE: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac";

fn sources(seconds: u32) -> String {
    format!(
        "-f lavfi -i testsrc2=s=320x180:r=25:d={seconds} -f lavfi -i sine=frequency=440:duration={seconds}"
    )
}

/// The longest time without a new picture, the end counted.
fn longest_still(mp4: &[u8], end_s: f64) -> f64 {
    let times: Vec<f64> = crate::sync::pictures(mp4).iter().map(crate::sync::Picture::seconds).collect();
    let followers = times.iter().skip(1).copied().chain([end_s]);
    times.iter().zip(followers).map(|(at, next)| next - at).fold(0.0, f64::max)
}

#[test]
fn sound_after_the_last_picture_has_a_picture_that_stands() {
    let bytes = made(
        &format!(
            "-f lavfi -i testsrc2=s=320x180:r=25:d=12 -f lavfi -i sine=frequency=440:duration=20 {COPYABLE}"
        ),
        "mp4",
    );
    let outcome = run_seekable(&bytes);
    assert!(outcome.probed().video_copied);
    assert!((19_950..=20_100).contains(&outcome.finished().duration_ms), "{:?}", outcome.finished());
    outcome.check_segments();
    let still = longest_still(&outcome.as_mp4("source"), 20.0);
    assert!(still < 1.6, "a still picture of {still} s");
}

#[test]
fn a_long_hole_is_filled_with_the_last_picture() {
    let hole = "-vf select='lt(t,5)+gt(t,16)' -fps_mode passthrough -force_key_frames 16.04";
    let outcome = run_seekable(&made(&format!("{} {hole} {COPYABLE}", sources(20)), "mp4"));
    assert!(outcome.probed().video_copied);
    outcome.check_segments();
    let still = longest_still(&outcome.as_mp4("source"), 20.0);
    assert!(still < 1.6, "a still picture of {still} s");
}

#[test]
fn a_live_screen_that_stands_still_does_not_hold_the_sound_back() {
    let hole = "-vf select='lt(t,5)+gt(t,16)' -fps_mode passthrough -force_key_frames 16.04";
    let codecs = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a libopus -cluster_time_limit 500";
    let bytes = made(&format!("{} {hole} {codecs}", sources(20)), "mkv");
    let mut request = Request::transcode(Source::Stream);
    request.live = true;
    let mut serve = from_bytes(&bytes, 4_000);
    let outcome = run_with(&request, &mut serve);
    outcome.finished();
    outcome.check_segments();
    let still = longest_still(&outcome.as_mp4("source"), 20.0);
    assert!(still < 1.1, "a still picture of {still} s");
}
