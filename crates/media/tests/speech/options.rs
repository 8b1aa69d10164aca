//! Languages, the glossary, and stopping.
use crate::support::{clips, decode, full, own_clip, recogniser, text, windows};
use meridian_media::speech::{Options, SpeechError, Window, languages};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn the_language_is_found() {
    let skip: &[&str] =
        if full() { &[] } else { &["talk-long", "70s", "sonnet", "thorsten", "numbers", "en-"] };
    let mut recogniser = recogniser("base");
    let mut right = 0;
    let spoken: Vec<_> = clips()
        .into_iter()
        .filter(|c| c.language.is_some() && !skip.iter().any(|s| c.name.contains(s)))
        .collect();
    for clip in &spoken {
        let windows = windows(&decode(&clip.path));
        let found = recogniser.detect_language(&windows[0]).unwrap();
        println!("{}: {found:?}", clip.name);
        right += usize::from(Some(&found.code) == clip.language.as_ref());
    }
    assert!(right * 10 >= spoken.len() * 9, "{right} of {}", spoken.len());
}

#[test]
fn a_model_for_english_knows_without_listening() {
    let mut recogniser = recogniser("tiny.en");
    assert!(!recogniser.is_multilingual());
    let windows = windows(&decode(&own_clip().path));
    assert_eq!(recogniser.detect_language(&windows[0]).unwrap().code, "en");
}

#[test]
fn languages_are_known_by_code_and_unknown_ones_refused() {
    let all = languages();
    assert!(all.len() >= 99);
    assert!(all.iter().any(|l| l.code == "ja" && l.name == "japanese"));
    let windows = windows(&decode(&own_clip().path));
    let options = Options { language: Some("klingon".to_owned()), ..Options::default() };
    let error = recogniser("tiny.en").transcribe(&windows[0], &options).unwrap_err();
    assert!(matches!(error, SpeechError::UnknownLanguage(_)), "{error:?}");
}

#[test]
fn inference_stops_when_it_is_told_to_and_works_again_afterwards() {
    let windows = windows(&decode(&own_clip().path));
    let mut recogniser = recogniser("tiny.en");
    for calls in [1, 10, 25] {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let options = Options {
            abort: Some(Arc::new(move || counter.fetch_add(1, Ordering::SeqCst) >= calls)),
            ..Options::default()
        };
        let result = recogniser.transcribe(&windows[0], &options);
        println!("stopped after {calls}: asked {} times", asked.load(Ordering::SeqCst));
        assert!(matches!(result, Err(SpeechError::Aborted)), "{result:?}");
    }
    let heard = text(&recogniser.transcribe(&windows[0], &Options::default()).unwrap());
    assert!(heard.contains("database"), "{heard}");
}

#[test]
fn a_glossary_decides_the_spelling() {
    let windows = windows(&decode(&own_clip().path));
    let options = Options {
        glossary: vec!["Payment Service".to_owned(), "PaymentHub".to_owned()],
        ..Options::default()
    };
    let heard = text(&recogniser("tiny.en").transcribe(&windows[0], &options).unwrap());
    println!("{heard}");
    // It must neither be read out nor spoil the rest.
    assert!(!heard.contains("Glossary") && !heard.contains("PaymentHub"), "{heard}");
    assert!(heard.contains("Payment Service") && heard.contains("database"), "{heard}");
}

#[test]
fn a_window_with_more_tokens_than_are_ever_written_harms_nothing() {
    // Speech in a script that takes many tokens a word: decoding runs into its limit, without an end.
    let clip = decode(&own_clip().path);
    let samples: Vec<f32> = clip.iter().cycle().take(28 * 16_000).copied().collect();
    let window = Window::whole(&samples, 0);
    let mut recogniser = recogniser("base");
    let options = Options { language: Some("my".to_owned()), ..Options::default() };
    let segments = recogniser.transcribe(&window, &options).unwrap();
    for segment in &segments {
        assert!(segment.end_ms <= 28_100 && segment.start_ms <= segment.end_ms, "{segment:?}");
    }
}
