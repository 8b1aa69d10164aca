//! A `Range` header: what is asked lies within the bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../server/src/endpoints/media/range.rs"]
mod range;

fuzz_target!(|input: (u64, &str)| {
    let (length, header) = input;
    for header in [header.to_owned(), format!("bytes={header}")] {
        if let range::Asked::Part(part) = range::read(Some(&header), length) {
            assert!(part.start < part.end && part.end <= length, "{header:?} of {length}: {part:?}");
        }
    }
});
