//! For developers and tests: the media child on its own, and a small parent.
//!
//! `media-dev child [open|rlimits|landlock|seccomp ...]` is the child;
//! `media-dev probe [...]` tries its walls; `media-dev transcode FILE FOLDER
//! [stream|live] [normalise RENDITION DB]` runs one file and writes what comes.

use meridian_media::child::child_main;
use meridian_media::sandbox::{self, SandboxOptions};
use std::process::ExitCode;

#[path = "media-dev/parent.rs"]
mod parent;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    match arguments.first().map(String::as_str) {
        Some("child") => child_main(&options(rest)).into(),
        Some("probe") => probe(options(rest)),
        Some("transcode") => match parent::transcode(rest) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        _ => {
            eprintln!("media-dev child | probe | transcode FILE FOLDER");
            ExitCode::FAILURE
        }
    }
}

/// All layers, or only those that are named (`open`: none).
fn options(names: &[String]) -> SandboxOptions {
    if names.is_empty() {
        return SandboxOptions::default();
    }
    let has = |name: &str| names.iter().any(|given| given == name);
    SandboxOptions { rlimits: has("rlimits"), landlock: has("landlock"), seccomp: has("seccomp") }
}

fn probe(options: SandboxOptions) -> ExitCode {
    if let Err(error) = sandbox::enter(&options) {
        eprintln!("{error:?}");
        return ExitCode::FAILURE;
    }
    match serde_json::to_string(&sandbox::probe::attempts()) {
        Ok(json) => {
            eprintln!("{json}");
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}
