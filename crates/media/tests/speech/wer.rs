//! Word error rate.
use crate::support::{
    Clip, clips, cpu_seconds, decode, errors, full, memory_mb, own_clip, recogniser, text, transcribe_at,
};
use meridian_media::speech::Pace;

/// Percent of wrong words over these clips, printed one by one.
fn rate(model: &'static str, clips: &[Clip]) -> f64 {
    rate_at(Pace::Whole, model, clips)
}

fn rate_at(pace: Pace, model: &'static str, clips: &[Clip]) -> f64 {
    let (mut wrong, mut words) = (0, 0);
    for clip in clips {
        let samples = decode(&clip.path);
        let (started, cpu) = (std::time::Instant::now(), cpu_seconds());
        let heard = text(&transcribe_at(pace, &mut recogniser(model), &samples, "en"));
        let seconds = f64::from(u32::try_from(samples.len()).unwrap()) / 16_000.0;
        let (e, n) = errors(&clip.transcript, &heard);
        println!(
            "{model} {}: {e} of {n} words wrong, {:.3} of real time, {:.3} of it CPU: {heard}",
            clip.name,
            started.elapsed().as_secs_f64() / seconds,
            (cpu_seconds() - cpu) / seconds,
        );
        wrong += e;
        words += n;
    }
    let percent = 100.0 * f64::from(u32::try_from(wrong).unwrap()) / f64::from(u32::try_from(words).unwrap());
    println!(
        "{model}, {pace:?}: {wrong} of {words} words wrong, {percent:.2} %, {} MB at most",
        memory_mb("VmHWM")
    );
    percent
}

fn english(skip: &[&str]) -> Vec<Clip> {
    let wanted = |c: &Clip| c.language.as_deref() == Some("en") && !c.transcript.is_empty();
    clips().into_iter().filter(|c| wanted(c) && !skip.iter().any(|s| c.name.contains(s))).collect()
}

#[test]
fn base_writes_english_down() {
    let skip: &[&str] = if full() { &[] } else { &["talk-long", "sonnet", "two-people", "snt", "0870"] };
    let clips = english(skip);
    if !clips.is_empty() {
        assert!(rate("base", &clips) <= 8.0);
    }
}

/// Whisper ends this window's text with a sentence that is whole, seven seconds before its end.
#[test]
fn what_whisper_leaves_out_at_the_end_of_a_window_is_heard_after_it() {
    let Some(clip) = clips().into_iter().find(|clip| clip.name == "talk-long.flac") else { return };
    let samples = decode(&clip.path);
    let spoken = &samples[16 * 92_256..16 * 118_208];
    let segments = transcribe_at(Pace::Whole, &mut recogniser("base"), spoken, "en");
    let heard = text(&segments).to_lowercase();
    for words in
        ["it was a matter of course", "of the letters themselves", "brought calligraphy to perfection"]
    {
        assert!(heard.contains(words), "{words:?} is not in {heard:?}");
    }
    assert_eq!(heard.matches("themselves").count(), 1, "{heard}");
    let words: Vec<_> = segments.iter().flat_map(|segment| &segment.words).collect();
    let calligraphy = words.iter().find(|word| word.text.to_lowercase().contains("calligraphy")).unwrap();
    // The sentence is at 112.7 s to 118.0 s of the talk.
    assert!((20_500..25_700).contains(&calligraphy.start_ms), "{calligraphy:?}");
}

#[test]
fn tiny_en_writes_english_down() {
    let skip: &[&str] = if full() { &[] } else { &["talk-long", "sonnet"] };
    let clips = english(skip);
    if !clips.is_empty() {
        assert!(rate("tiny.en", &clips) <= 15.0);
    }
}

#[test]
fn the_update_that_ships_is_written_down() {
    assert!(rate("base", &[own_clip()]) <= 8.0);
    assert!(rate("tiny.en", &[own_clip()]) <= 15.0);
}

/// Text that is read while it is spoken is about as right.
#[test]
fn live_windows_are_written_down_as_well() {
    let wanted: &[&str] = if full() { &["talk-long"] } else { &["en-jfk"] };
    let clips: Vec<Clip> =
        english(&[]).into_iter().filter(|c| wanted.iter().any(|w| c.name.contains(w))).collect();
    if !clips.is_empty() {
        let [whole, live] = [Pace::Whole, Pace::Live].map(|pace| rate_at(pace, "base", &clips));
        assert!(live <= whole + 2.0, "{live} % instead of {whole} %");
    }
}
