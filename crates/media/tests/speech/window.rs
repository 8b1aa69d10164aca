//! How recordings are cut.
use crate::support::{clips, decode, full};
use meridian_media::speech::{Pace, Window, Windower};

fn cut(samples: &[f32], portion: usize) -> Vec<Window> {
    let mut windower = Windower::new().unwrap();
    let mut windows = Vec::new();
    for part in samples.chunks(portion) {
        windows.extend(windower.push(part).unwrap());
    }
    windows.extend(windower.finish().unwrap());
    windows
}

#[test]
fn windows_are_short_ordered_and_the_same_however_samples_come() {
    let Some(clip) = clips().into_iter().find(|c| c.name == "talk-long.flac") else { return };
    let mut samples = decode(&clip.path);
    if !full() {
        samples.truncate(16_000 * 100);
    }
    let places =
        |ws: &[Window]| ws.iter().map(|w| (w.start_ms(), w.end_ms(), w.audio_ms())).collect::<Vec<_>>();
    let windows = places(&cut(&samples, 1_000));
    println!("{windows:?}");
    assert_eq!(windows, places(&cut(&samples, samples.len())));
    assert!(windows.len() * 28_600 >= samples.len() / 16 * 9 / 10);
    assert!(windows.iter().all(|(start, end, audio)| start < end && *audio <= 28_600));
    assert!(windows.windows(2).all(|w| w[0].1 <= w[1].0), "windows overlap");
}

#[test]
fn a_window_comes_before_the_recording_ends_and_silence_is_left_out() {
    let Some(clip) = clips().into_iter().find(|c| c.name == "en-jfk.wav") else { return };
    let mut samples = decode(&clip.path);
    let spoken = samples.len();
    samples.resize(spoken + 16_000 * 60, 0.0);
    let mut windower = Windower::new().unwrap();
    let early = windower.push(&samples).unwrap();
    assert_eq!(early.len(), 1, "five seconds of silence end a window");
    assert!(early[0].end_ms() <= 12_000 && early[0].audio_ms() <= 11_500);
    assert!(windower.finish().unwrap().is_empty());
    assert!(windower.analysed_ms() >= 71_000);
    assert!(!windower.speech().is_empty());
}

/// While somebody speaks: a window's end is known soon after it was spoken, and none is long.
#[test]
fn a_live_window_follows_its_pause() {
    let Some(clip) = clips().into_iter().find(|c| c.name == "talk-long.flac") else { return };
    let mut samples = decode(&clip.path);
    samples.truncate(16_000 * 100);
    let mut windower = Windower::new().unwrap();
    windower.set_pace(Pace::Live);
    let (mut pushed_ms, mut lags_ms, mut to) = (0, Vec::new(), 0);
    for part in samples.chunks(8_000) {
        pushed_ms += i64::try_from(part.len() / 16).unwrap();
        for window in windower.push(part).unwrap() {
            let place = (window.start_ms(), window.end_ms(), window.audio_ms());
            assert!(place.0 >= to && place.2 <= 15_000, "{place:?} after {to}");
            to = window.end_ms();
            lags_ms.push(pushed_ms - to);
        }
    }
    println!("{lags_ms:?}");
    let soon = lags_ms.iter().filter(|lag| **lag <= 2_500).count();
    assert!(lags_ms.len() >= 100 / 15 && soon * 10 >= lags_ms.len() * 7, "{lags_ms:?}");
}
