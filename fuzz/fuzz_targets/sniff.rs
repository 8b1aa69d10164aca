//! The first bytes of an upload: they are judged, and boxes are read, without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meridian_domain::{mp4, sniff};

fuzz_target!(|bytes: &[u8]| {
    match sniff::sniff(bytes) {
        Ok(container) => assert!(!container.as_str().is_empty() && !container.demuxer().is_empty()),
        Err(refused) => assert!(refused.detail().ends_with('.')),
    }
    let inside: usize = mp4::boxes(bytes).map(|(_, body)| body.len()).sum();
    assert!(inside <= bytes.len());
    mp4::find_path(bytes, &[*b"moov", *b"trak"]);
    mp4::number(bytes, bytes.len() / 2);
});
