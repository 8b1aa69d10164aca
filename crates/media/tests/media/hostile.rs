//! Files made to harm, and files of all kinds: ready or failed with words, never a crash.

use crate::support::{manifest, run_seekable, run_stream, shared_media};
use meridian_media::protocol::{FailureCode, FromChild};

/// Most memory that any of them may take, in bytes.
const MOST_MEMORY: u64 = 700 * 1024 * 1024;

#[test]
fn what_opens_other_files_is_refused_from_its_first_bytes() {
    let lists: [&[u8]; 8] = [
        b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n",
        b"<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"file:///etc/passwd\"/></svg>",
        b"%PDF-1.7\n1 0 obj\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30",
        b"<!doctype html><script>alert(1)</script>\x1a\x45\xdf\xa3",
    ];
    for bytes in lists {
        let outcome = run_seekable(bytes);
        assert_eq!(outcome.failure().code, FailureCode::UnsupportedMedia);
        assert_eq!(outcome.messages.len(), 1);
    }
}

#[test]
fn a_truncated_file_gives_what_is_there_or_a_reason() {
    let bytes = crate::support::fixture("spoken-update.webm");
    for keep in [50, 500, 5_000, 100_000] {
        let outcome = run_stream(&bytes[..keep]);
        match outcome.messages.last() {
            Some((FromChild::Finished(finished), _)) => assert!(finished.duration_ms < 12_000),
            _ => assert!(!outcome.failure().detail.is_empty()),
        }
    }
}

#[test]
fn damaged_bytes_never_crash_the_child() {
    for name in ["spoken-update.webm", "moov-in-front.mp4", "voice.webm"] {
        let original = crate::support::fixture(name);
        for seed in 1..=4_u64 {
            let mut bytes = original.clone();
            let mut state = seed;
            for _ in 0..bytes.len() / 200 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(state >> 33).unwrap() % bytes.len();
                // The first bytes stay, so that the demuxer is reached.
                if at > 64 {
                    bytes[at] = state.to_le_bytes()[2];
                }
            }
            let outcome = run_seekable(&bytes);
            assert!(matches!(outcome.code, Some(0 | 20)), "{name} seed {seed}: {:?}", outcome.code);
        }
    }
}

#[test]
fn every_hostile_file_ends_as_its_manifest_says() {
    let Some(media) = shared_media() else { return };
    let entries = manifest(&media, "hostile");
    assert!(entries.len() > 15);
    for (name, entry) in entries {
        let bytes = std::fs::read(media.join("hostile").join(&name)).unwrap();
        let outcome = run_seekable(&bytes);
        let accepted = outcome.code == Some(0);
        match entry["expect"].as_str() {
            Some("accept") => {
                let finished = outcome.finished();
                assert!(finished.peak_memory_bytes < MOST_MEMORY, "{name}: {finished:?}");
                outcome.check_segments();
                if let Some(seconds) = entry["media_s"].as_f64() {
                    crate::recordings::assert_duration(&name, finished.duration_ms, seconds);
                }
            }
            Some("reject") => assert!(!accepted && !outcome.failure().detail.is_empty(), "{name}"),
            _ => assert!(accepted || !outcome.failure().detail.is_empty(), "{name}"),
        }
        if entry["rotation"] == 90 {
            let probed = outcome.probed();
            assert_eq!((probed.width, probed.height), (Some(360), Some(640)), "{name}");
        }
    }
}

#[test]
fn files_of_all_kinds_end_ready_or_with_a_reason() {
    let Some(media) = shared_media() else { return };
    let entries = manifest(&media, "media");
    assert!(entries.len() > 40);
    let mut ready = 0;
    for (name, _) in entries {
        let bytes = std::fs::read(media.join("media").join(&name)).unwrap();
        let outcome = run_seekable(&bytes);
        if outcome.code == Some(0) {
            ready += 1;
            outcome.check_segments();
        } else {
            assert_ne!(outcome.failure().code, FailureCode::Internal, "{name}");
        }
    }
    assert!(ready >= 30, "only {ready} are ready");
}
