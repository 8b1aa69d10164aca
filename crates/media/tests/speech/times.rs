//! Word times against the known times of sentences.
use crate::support::{clips, decode, full, normalised, recogniser, transcribe};
use serde_json::Value;

#[test]
fn words_start_inside_their_sentence() {
    let Some(clip) = clips().into_iter().find(|c| c.name == "talk-long.flac") else { return };
    let reference = std::fs::read_to_string(clip.path.with_extension("ref.json")).unwrap();
    let reference: Value = serde_json::from_str(&reference).unwrap();
    let sentences: Vec<(f64, f64, Vec<String>)> = reference["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| {
            let time = |key: &str| s[key].as_f64().unwrap() * 1000.0;
            (time("start"), time("end"), normalised(s["text"].as_str().unwrap()))
        })
        .collect();
    let full = full();
    let models: &[&'static str] = if full { &["tiny.en", "base"] } else { &["tiny.en"] };
    let mut samples = decode(&clip.path);
    if !full {
        samples.truncate(16_000 * 100);
    }
    for model in models {
        let segments = transcribe(&mut recogniser(model), &samples, "en");
        let heard: Vec<(String, f64)> = segments
            .iter()
            .flat_map(|s| &s.words)
            .flat_map(|w| {
                let start = f64::from(i32::try_from(w.start_ms).unwrap());
                normalised(&w.text).into_iter().map(move |text| (text, start))
            })
            .collect();
        let (inside, matched) = inside(&sentences, &heard);
        println!("{model}: {inside} of {matched} matched words start inside their sentence");
        assert!(
            matched * 10 >= heard.len() * 8,
            "too few words could be matched: {matched} of {}",
            heard.len()
        );
        assert!(inside * 100 >= matched * 95);
    }
}

/// Aligns what was heard with what is written (longest common subsequence) and
/// counts the words that start within their sentence.
fn inside(sentences: &[(f64, f64, Vec<String>)], heard: &[(String, f64)]) -> (usize, usize) {
    let written: Vec<(&String, f64, f64)> =
        sentences.iter().flat_map(|(from, to, words)| words.iter().map(move |w| (w, *from, *to))).collect();
    let (n, m) = (written.len(), heard.len());
    let mut table = vec![vec![0_u32; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            table[i][j] = if *written[i].0 == heard[j].0 {
                table[i + 1][j + 1] + 1
            } else {
                table[i + 1][j].max(table[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut good, mut matched) = (0, 0, 0, 0);
    while i < n && j < m {
        if *written[i].0 == heard[j].0 {
            matched += 1;
            let (_, from, to) = written[i];
            if heard[j].1 >= from && heard[j].1 < to {
                good += 1;
            } else {
                println!("{} at {:.0} is not in {from:.0}-{to:.0}", heard[j].0, heard[j].1);
            }
            i += 1;
            j += 1;
        } else if table[i + 1][j] >= table[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (good, matched)
}
