//! Silence and noise give no words.
use crate::support::{clips, decode, recogniser, text, transcribe, windows};
use meridian_media::speech::{Options, Window};

#[test]
fn silence_noise_and_hum_give_no_words() {
    let mut sounds = vec![("digital silence".to_owned(), vec![0.0; 16_000 * 20])];
    // A fixed linear congruential generator: the same noise in every run.
    let mut seed = 7_u32;
    let noise: Vec<f32> = (0..16_000 * 20)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f32::from(u16::try_from(seed >> 16).unwrap()) / 32_768.0 - 1.0) * 0.1
        })
        .collect();
    sounds.push(("white noise".to_owned(), noise));
    let none = clips().into_iter().filter(|c| c.language.is_none());
    sounds.extend(none.map(|c| (c.name, decode(&c.path))));
    for (name, samples) in sounds {
        let cut = windows(&samples);
        println!("{name}: {} windows", cut.len());
        let heard = text(&transcribe(&mut recogniser("tiny.en"), &samples, "en"));
        assert_eq!(heard, "", "{name}");
    }
}

#[test]
fn noise_that_passes_for_speech_gives_no_words_either() {
    // Voice activity detection may be wrong: the recogniser's own guards are
    // asked with a window that says there is speech where there is none.
    let Some(clip) = clips().into_iter().find(|c| c.name == "none-noise-a.wav") else { return };
    let samples = decode(&clip.path);
    for seconds in [2, 5, 12] {
        let window = Window::whole(&samples[..16_000 * seconds], 0);
        let heard = recogniser("tiny.en").transcribe(&window, &Options::default()).unwrap();
        println!("{seconds} s of noise: {heard:?}");
        assert_eq!(text(&heard), "");
    }
}
