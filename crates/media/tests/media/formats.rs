//! What phones, cameras and editors write, and high dynamic range.

use crate::support::{made, run_seekable};
use meridian_media::protocol::FailureCode;
use std::process::Command;

const SOURCE: &str = "-f lavfi -i testsrc2=s=352x288:r=25:d=2 -f lavfi -i sine=frequency=440:duration=2";

#[test]
fn older_codecs_are_read() {
    for (codecs, ending) in [
        ("-c:v mpeg4 -c:a aac", "mp4"),
        ("-c:v h263 -c:a aac", "mov"),
        ("-c:v prores_ks -profile:v 0 -c:a pcm_s16le", "mov"),
        ("-c:v mjpeg -c:a pcm_s16be", "mov"),
        ("-c:v libx264 -pix_fmt yuv422p10le -preset ultrafast -c:a eac3", "mp4"),
        ("-c:v libx264 -pix_fmt yuv420p -preset ultrafast -c:a ac3", "mkv"),
        ("-c:v libx265 -preset ultrafast -x265-params log-level=none -c:a libmp3lame", "mp4"),
        ("-c:v libvpx -deadline realtime -c:a flac", "mkv"),
    ] {
        let outcome = run_seekable(&made(&format!("{SOURCE} {codecs}"), ending));
        let finished = outcome.finished();
        assert!((1_950..=2_100).contains(&finished.duration_ms), "{codecs}: {finished:?}");
        assert!(finished.has_audio && finished.has_video, "{codecs}: {finished:?}");
        assert!(finished.packets_bad == 0 && finished.warnings.is_empty(), "{codecs}: {finished:?}");
        outcome.check_segments();
    }
}

#[test]
fn what_is_not_read_is_named_with_what_to_do() {
    for (arguments, ending, name) in [
        (format!("{SOURCE} -c:v msmpeg4v2 -c:a wmav2"), "avi", "AVI"),
        (format!("{SOURCE} -c:v flv -c:a libmp3lame -ar 44100"), "flv", "FLV"),
        (format!("{SOURCE} -c:v mpeg2video -c:a mp2"), "ts", "MPEG transport stream"),
        (format!("{SOURCE} -c:v mpeg2video -c:a mp2"), "mkv", "MPEG-2 video"),
        (format!("{SOURCE} -c:v ffv1 -an"), "mkv", "FFV1"),
        (format!("{SOURCE} -vn -c:a truehd -strict -2"), "mp4", "Dolby TrueHD"),
    ] {
        let outcome = run_seekable(&made(&arguments, ending));
        let failure = outcome.failure();
        assert!(matches!(failure.code, FailureCode::UnsupportedMedia | FailureCode::UnsupportedCodec));
        assert!(failure.detail.contains(name), "{name}: {failure:?}");
        assert!(failure.detail.contains("Convert") || failure.detail.contains("convert"), "{failure:?}");
    }
}

/// The middle of the first picture, and what its file says about colours.
fn judged(mp4: &[u8]) -> (f64, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("judged.mp4");
    std::fs::write(&path, mp4).unwrap();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v", "-of", "csv=p=0", "-show_entries"])
        .arg("stream=pix_fmt,color_space,color_transfer,color_primaries")
        .arg(&path)
        .output()
        .unwrap();
    let pictures = crate::sync::pictures(mp4);
    let (top, bottom) = pictures[pictures.len() / 2].halves_luma();
    (f64::midpoint(top, bottom), String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[test]
fn high_dynamic_range_becomes_standard() {
    // Grey of about 92 cd/m2 as PQ (half of the signal) would be too dark untouched (126); HLG's grey is near SDR's.
    for (transfer, lowest, highest) in [("smpte2084", 140.0, 175.0), ("arib-std-b67", 105.0, 150.0)] {
        let arguments = format!(
            "-f lavfi -i color=0x808080:s=320x180:r=10:d=2 -vf format=yuv420p10le,setparams=color_trc={transfer}:\
             color_primaries=bt2020:colorspace=bt2020nc -c:v libx265 -preset ultrafast -color_trc {transfer} \
             -color_primaries bt2020 -colorspace bt2020nc -x265-params \
             log-level=none:transfer={transfer}:colorprim=bt2020:colormatrix=bt2020nc"
        );
        let outcome = run_seekable(&made(&arguments, "mp4"));
        outcome.finished();
        let (luma, colours) = judged(&outcome.as_mp4("180p"));
        assert_eq!(colours, "yuv420p,bt709,bt709,bt709", "{transfer}");
        assert!(luma > lowest && luma < highest, "{transfer}: {luma}");
    }
}
