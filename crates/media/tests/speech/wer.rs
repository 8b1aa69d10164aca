//! Word error rate.
use crate::support::{
    Clip, clips, cpu_seconds, decode, errors, full, memory_mb, own_clip, recogniser, text, transcribe,
};

/// Percent of wrong words over these clips, printed one by one.
fn rate(model: &'static str, clips: &[Clip]) -> f64 {
    let (mut wrong, mut words) = (0, 0);
    for clip in clips {
        let samples = decode(&clip.path);
        let (started, cpu) = (std::time::Instant::now(), cpu_seconds());
        let heard = text(&transcribe(&mut recogniser(model), &samples, "en"));
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
    println!("{model}: {wrong} of {words} words wrong, {percent:.2} %, {} MB at most", memory_mb("VmHWM"));
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
