//! Labelled queries in eight languages over talks of our own and, where they are present, over the reference transcripts
//! of the speech recordings: what is asked for is among the first five, and it is what a brute-force reading finds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use meridian_domain::enums::WorkspaceRole;
use meridian_domain::ids::UpdateId;
use serde::Deserialize;

use super::World;
use super::oracle::{fits, stems};
use crate::search::language::Language;

#[derive(Deserialize)]
struct Labelled {
    talks: Vec<Talk>,
    queries: Vec<Asked>,
}

#[derive(Deserialize)]
struct Talk {
    name: String,
    language: String,
    text: String,
}

#[derive(Deserialize)]
struct Asked {
    q: String,
    kind: String,
    #[serde(rename = "in")]
    within: Vec<String>,
}

fn manifest() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("MERIDIAN_SHARED").map_or(beside, PathBuf::from);
    Some(shared.join("media/manifest.json")).filter(|path| path.exists())
}

/// The reference transcripts; their files' names begin with the language.
fn references() -> Vec<Talk> {
    let Some(path) = manifest() else {
        eprintln!("left out: no reference transcripts beside the project (MERIDIAN_SHARED)");
        return Vec::new();
    };
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let files = manifest["files"].as_array().unwrap().iter().filter_map(|file| {
        let (name, text) = (file["file"].as_str()?, file["transcript"].as_str()?);
        let language = name.strip_prefix("speech/")?.split('-').next()?;
        let language = if language == "talk" { "en" } else { language };
        Some(Talk { name: name.to_owned(), language: language.to_owned(), text: text.to_owned() })
    });
    files.collect()
}

/// A talk as segments of a few words or one sentence, as a recogniser gives them.
fn segments(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for c in text.chars() {
        if let Some(last) = all.last_mut() {
            last.push(if c == '\n' { ' ' } else { c });
        }
        if matches!(c, '.' | '。' | '?' | '\n' | ';') {
            all.push(String::new());
        }
    }
    all.retain(|segment| !segment.trim().is_empty());
    all
}

struct Indexed {
    id: UpdateId,
    talk: Talk,
    segments: Vec<String>,
}

/// What somebody who reads everything would answer; spelling and prefixes are not read that way.
fn read_by_brute_force<'a>(talks: &'a [Indexed], asked: &Asked) -> Vec<&'a str> {
    let phrase = asked.q.starts_with('"');
    let words: Vec<&str> = asked.q.trim_matches('"').split_whitespace().collect();
    let found = talks.iter().filter(|talk| {
        let language = Language::of_tag(&talk.talk.language).unwrap_or_else(Language::none);
        (0..talk.segments.len()).any(|at| {
            // A run without spaces is a phrase of its characters.
            let phrase = phrase || (words.len() == 1 && stems(words[0], &language).len() > 1);
            fits(&talk.segments, at, &words, phrase, &language)
        })
    });
    found.map(|talk| talk.talk.name.as_str()).collect()
}

#[tokio::test]
async fn what_is_asked_for_is_among_the_first_five() {
    let world = World::new().await;
    let outside = world.member("Odo Outside", WorkspaceRole::Guest).await;
    let labelled: Labelled = serde_json::from_str(include_str!("labelled.json")).unwrap();
    let mut talks = Vec::new();
    for talk in labelled.talks.into_iter().chain(references()) {
        let segments = segments(&talk.text);
        let texts: Vec<&str> = segments.iter().map(String::as_str).collect();
        let id = world.spoken(&talk.language, &texts).await;
        talks.push(Indexed { id, talk, segments });
    }
    let names: BTreeMap<UpdateId, &str> =
        talks.iter().map(|talk| (talk.id, talk.talk.name.as_str())).collect();
    let (mut asked_for, mut recall, mut missed, mut unlike) = (0_u32, 0.0, Vec::new(), Vec::new());
    for asked in &labelled.queries {
        if !asked.within.iter().all(|name| names.values().any(|known| known == name)) {
            continue;
        }
        asked_for += 1;
        let found = world.find(world.owner, &asked.q).await;
        let first: Vec<&str> = found.items.iter().take(5).map(|item| names[&item.update_id]).collect();
        let hit = asked.within.iter().filter(|name| first.contains(&name.as_str())).count();
        let share =
            f64::from(u32::try_from(hit).unwrap()) / f64::from(u32::try_from(asked.within.len()).unwrap());
        recall += share;
        if share < 1.0 {
            missed.push(format!("{} ({}): {first:?} instead of {:?}", asked.q, asked.kind, asked.within));
        }
        if asked.kind == "typo" {
            if !found.items.is_empty() && found.corrected.is_empty() {
                unlike.push(format!("{}: it does not say what it looked for instead", asked.q));
            }
        } else if asked.kind != "prefix" && asked.kind != "inflection" {
            let mut all: Vec<&str> = found.items.iter().map(|item| names[&item.update_id]).collect();
            all.sort_unstable();
            let mut read = read_by_brute_force(&talks, asked);
            read.sort_unstable();
            if all != read {
                unlike.push(format!("{}: {all:?}, and read by brute force {read:?}", asked.q));
            }
        }
        // Who sees nothing of it gets nothing, and no better spelling either.
        let nothing = world.find(outside, &asked.q).await;
        assert!(nothing.items.is_empty() && nothing.corrected.is_empty(), "{}: {nothing:?}", asked.q);
    }
    let recall = recall / f64::from(asked_for);
    eprintln!("{asked_for} labelled queries, recall@5 {recall:.3}; missed: {missed:#?}");
    assert!(unlike.is_empty(), "{unlike:#?}");
    assert!(asked_for >= 60, "only {asked_for} queries could be asked");
    assert!(recall >= 0.95, "recall@5 is {recall:.3}: {missed:#?}");
}
