//! Clips, models and the way from one to text.
use meridian_media::speech::{Options, Pace, RecognisedSegment, Recogniser, Weights, Window, Windower};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// A clip of the shared set.
pub(crate) struct Clip {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) language: Option<String>,
    pub(crate) transcript: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The spoken update that ships with the tests, and what is said in it.
pub(crate) fn own_clip() -> Clip {
    let path = root().join("tests/fixtures/media/spoken-update.webm");
    let transcript = std::fs::read_to_string(path.with_extension("txt")).unwrap();
    Clip { name: "spoken-update.webm".to_owned(), path, language: Some("en".to_owned()), transcript }
}

/// The shared clips with speech, or none when they are not on this machine.
pub(crate) fn clips() -> Vec<Clip> {
    let shared = std::env::var_os("MERIDIAN_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let media = shared.join("media");
    let Ok(manifest) = std::fs::read_to_string(media.join("manifest.json")) else {
        println!("SKIPPED: no shared clips in {}; set MERIDIAN_SHARED", media.display());
        return Vec::new();
    };
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let text = |v: &Value, key: &str| v[key].as_str().unwrap_or_default().to_owned();
    manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| text(f, "file").starts_with("speech/") && f["ffprobe"].is_object())
        .map(|f| Clip {
            name: text(f, "file").trim_start_matches("speech/").to_owned(),
            path: media.join(text(f, "file")),
            language: f["lang"].as_str().map(str::to_owned),
            transcript: text(f, "transcript"),
        })
        .collect()
}

/// True when every clip is to be heard with every model.
pub(crate) fn full() -> bool {
    let full = std::env::var("MERIDIAN_TEST_FULL").is_ok_and(|v| v == "1");
    if !full {
        println!("REDUCED set of clips; MERIDIAN_TEST_FULL=1 runs all");
    }
    full
}

/// 16 kHz mono samples of a file.
pub(crate) fn decode(path: &Path) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-vn", "-ac", "1", "-ar", "16000", "-f", "f32le", "-"])
        .output()
        .expect("the ffmpeg command is needed");
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    output.stdout.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

/// The weights as `model fetch` puts them.
pub(crate) fn model(name: &str) -> PathBuf {
    let set = |key: &str| std::env::var_os(key).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = set("MERIDIAN_MODEL_DIR").unwrap_or_else(|| {
        let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|h| h.join(".cache")));
        cache.expect("HOME is set").join("meridian/models")
    });
    let path = folder.join(format!("ggml-{name}-q8_0.bin"));
    assert!(
        path.is_file(),
        "{} is not there: run `make model` (or `meridian-worker model fetch {name}`) first",
        path.display()
    );
    path
}

/// One recogniser a model for all tests: inference is for one at a time.
pub(crate) fn recogniser(name: &'static str) -> MutexGuard<'static, Recogniser> {
    static LOADED: OnceLock<Mutex<HashMap<&'static str, &'static Mutex<Recogniser>>>> = OnceLock::new();
    let mut loaded = LOADED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let one = *loaded.entry(name).or_insert_with(|| {
        Box::leak(Box::new(Mutex::new(Weights::load(&model(name)).unwrap().recogniser(2).unwrap())))
    });
    drop(loaded);
    one.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The windows of a whole recording, pushed in uneven portions.
pub(crate) fn windows(samples: &[f32]) -> Vec<Window> {
    windows_at(Pace::Whole, samples)
}

fn windows_at(pace: Pace, samples: &[f32]) -> Vec<Window> {
    let mut windower = Windower::new().unwrap();
    windower.set_pace(pace);
    let mut windows = Vec::new();
    for part in samples.chunks(4_321) {
        windows.extend(windower.push(part).unwrap());
    }
    windows.extend(windower.finish().unwrap());
    windows
}

/// The transcript of samples in a language.
pub(crate) fn transcribe(
    recogniser: &mut Recogniser,
    samples: &[f32],
    language: &str,
) -> Vec<RecognisedSegment> {
    transcribe_at(Pace::Whole, recogniser, samples, language)
}

/// The same, cut for another purpose.
pub(crate) fn transcribe_at(
    pace: Pace,
    recogniser: &mut Recogniser,
    samples: &[f32],
    language: &str,
) -> Vec<RecognisedSegment> {
    let options = Options { language: Some(language.to_owned()), ..Options::default() };
    let windows = windows_at(pace, samples);
    windows.iter().flat_map(|w| recogniser.transcribe(w, &options).unwrap()).collect()
}

/// All its text.
pub(crate) fn text(segments: &[RecognisedSegment]) -> String {
    segments.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A figure of /proc/self/status in MB.
pub(crate) fn memory_mb(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with(key)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// CPU seconds that this process has used.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    fields[11..13].iter().map(|f| f.parse::<f64>().unwrap() / 100.0).sum()
}

/// Words as they are compared: lower case, no punctuation, titles written out.
pub(crate) fn normalised(text: &str) -> Vec<String> {
    text.to_lowercase()
        .replace(['’', '\''], "")
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| {
            match w {
                "mr" => "mister",
                "mrs" => "missus",
                "dr" => "doctor",
                w => w,
            }
            .to_owned()
        })
        .collect()
}

/// Substitutions, insertions and deletions, and the words of the reference.
pub(crate) fn errors(reference: &str, heard: &str) -> (usize, usize) {
    let (a, b) = (normalised(reference), normalised(heard));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, word) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let cost = (diagonal + usize::from(word != other)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = cost;
        }
    }
    (row[b.len()], a.len())
}

#[test]
fn the_measure_itself_is_right() {
    assert_eq!(errors("Mr. Quilter is the apostle", "Mister Quilter is an apostle."), (1, 5));
    assert_eq!(errors("one two three", "two three four four"), (3, 3));
    assert_eq!(errors("", "you"), (1, 0));
}
