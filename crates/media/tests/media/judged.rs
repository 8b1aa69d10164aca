//! Segments as another program sees them, each on its own behind its init bytes.

use crate::support::{Outcome, fixture, made, run_seekable, run_stream};
use serde_json::Value;
use std::process::Command;

struct Packet {
    is_picture: bool,
    is_key: bool,
    pts_s: f64,
    end_s: f64,
}

fn packets(mp4: &[u8]) -> Vec<Packet> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), mp4).unwrap();
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-of",
            "json",
            "-show_entries",
            "packet=codec_type,pts_time,duration_time,flags",
        ])
        .arg(file.path())
        .output()
        .expect("ffprobe is needed");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |value: &Value| value.as_str().unwrap_or("0").parse::<f64>().unwrap();
    let packet = |p: &Value| {
        let pts_s = number(&p["pts_time"]);
        let end_s = pts_s + number(&p["duration_time"]);
        let is_key = p["flags"].as_str().unwrap().starts_with('K');
        Packet { is_picture: p["codec_type"] == "video", is_key, pts_s, end_s }
    };
    told["packets"].as_array().unwrap().iter().map(packet).collect()
}

fn seconds(us: u64) -> f64 {
    std::time::Duration::from_micros(us).as_secs_f64()
}

fn judge(name: &str, outcome: &Outcome, rendition: &str, frame_s: f64) {
    let inits: Vec<_> = outcome.renditions().into_iter().filter(|(r, _)| r.name == rendition).collect();
    for (segment, bytes) in outcome.segments(rendition) {
        let init = inits.iter().find(|(r, _)| r.init == segment.init).unwrap().1;
        let packets = packets(&[init, bytes].concat());
        let what = format!("{name} {rendition} segment {}", segment.seq);
        let of = |pictures: bool| packets.iter().filter(move |p| p.is_picture == pictures);
        assert!(of(true).next().is_some_and(|first| first.is_key), "{what} begins without a key frame");
        let (start_s, end_s) = (seconds(segment.start_us), seconds(segment.start_us + segment.duration_us));
        let first = of(true).map(|p| p.pts_s).fold(f64::MAX, f64::min);
        assert!(
            (first - start_s).abs() <= frame_s / 2.0,
            "{what}: pictures from {first} s, told {start_s} s"
        );
        // The last one stands until the next segment, whatever its own length says.
        let last = of(true).map(|p| p.end_s).fold(0.0, f64::max);
        assert!(last <= end_s + frame_s * 1.5, "{what}: pictures to {last} s, told {end_s} s");
        if let Some(sound) = of(false).map(|p| p.pts_s).reduce(f64::min) {
            assert!((sound - start_s).abs() < 0.05, "{what}: sound from {sound} s, told {start_s} s");
        }
        let mut pictures: Vec<f64> = of(true).map(|p| p.pts_s).collect();
        pictures.sort_by(f64::total_cmp);
        assert!(pictures.windows(2).all(|pair| pair[1] > pair[0]), "{what}: two pictures at one moment");
    }
}

#[test]
fn segments_are_what_the_playlist_says() {
    judge("encoded", &run_stream(&fixture("spoken-update.webm")), "360p", 0.1);
    judge("copied", &run_seekable(&fixture("flash-beep-b-frames.mp4")), "source", 0.04);
    judge("changing", &run_seekable(&fixture("sparse-keys.mp4")), "source", 0.1);
    let made = made(
        "-f lavfi -i testsrc2=s=320x180:r=30:d=20 -f lavfi -i sine=frequency=440:duration=20 -c:v libx264 \
         -preset ultrafast -bf 2 -g 60 -pix_fmt yuv420p -c:a aac",
        "mp4",
    );
    judge("made", &run_seekable(&made), "source", 1.0 / 30.0);
}
