//! Imported captions (VTT and SRT): read or refused, and what was read is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meridian_domain::transcript;

fuzz_target!(|bytes: &[u8]| {
    let Ok(spans) = transcript::read(bytes) else { return };
    for span in &spans {
        assert!(span.start_ms >= 0 && span.end_ms >= span.start_ms, "{span:?}");
        assert!(span.words.iter().all(|word| word.start_ms <= word.end_ms), "{span:?}");
    }
    for text in [transcript::vtt(&spans), transcript::srt(&spans)] {
        let again = transcript::read(text.as_bytes());
        assert!(again.is_ok() || spans.is_empty(), "{again:?} of {text}");
    }
    transcript::txt(&spans);
    transcript::md("title", &spans);
});
