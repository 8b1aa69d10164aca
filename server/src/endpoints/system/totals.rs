//! What `/metrics` tells beside this process's own figures: the queue as it is now, and what all workers did. Every
//! server of an instance tells the same, so a dashboard takes the largest, not the sum.

use std::collections::HashMap;
use std::fmt::Write as _;

use meridian_store::StoreError;
use meridian_store::repo::figures::{self, Figure};
use meridian_store::repo::jobs::{self, CLASSES};

use crate::state::AppState;

/// In Prometheus' text format.
///
/// # Errors
/// Those of the database.
pub(super) async fn render(state: &AppState) -> Result<String, StoreError> {
    let conn = state.store.reader();
    let waiting = jobs::admin::waiting(conn).await?;
    let mut text = String::new();
    queue(&mut text, &waiting);
    work(&mut text, &figures::all(conn).await?);
    Ok(text)
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string cannot fail.
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}").ok();
}

fn queue(text: &mut String, waiting: &[(String, u64, i64)]) {
    let known: HashMap<&str, (u64, i64)> =
        waiting.iter().map(|(kind, count, age_ms)| (kind.as_str(), (*count, *age_ms))).collect();
    let of = |kind: &str| known.get(kind).copied().unwrap_or_default();
    head(text, "meridian_jobs_waiting", "gauge", "Jobs that wait, by kind and class");
    for (kind, class) in CLASSES {
        let count = of(kind).0;
        writeln!(text, "meridian_jobs_waiting{{kind=\"{kind}\",class=\"{class}\"}} {count}").ok();
    }
    let name = "meridian_job_oldest_age_seconds";
    head(
        text,
        name,
        "gauge",
        "For how long the oldest waiting job could have run, by kind and class; add workers when it grows",
    );
    for (kind, class) in CLASSES {
        let seconds = seconds(of(kind).1);
        writeln!(text, "{name}{{kind=\"{kind}\",class=\"{class}\"}} {seconds}").ok();
    }
}

fn seconds(ms: i64) -> f64 {
    std::time::Duration::from_millis(ms.unsigned_abs()).as_secs_f64()
}

fn work(text: &mut String, all: &[Figure]) {
    let name = "meridian_job_phase_seconds";
    head(text, name, "summary", "Time that phases of jobs took, of all workers since the instance exists");
    for figure in all.iter().filter(|figure| figure.name == figures::JOB_PHASE_SECONDS) {
        let (phase, total, times) = (&figure.label, figure.total, figure.times);
        writeln!(text, "{name}_sum{{phase=\"{phase}\"}} {total}\n{name}_count{{phase=\"{phase}\"}} {times}")
            .ok();
    }
    let total = |name: &str| all.iter().find(|figure| figure.name == name).map_or(0.0, |figure| figure.total);
    let name = "meridian_transcription_seconds_total";
    head(text, name, "counter", "Time that speech recognition took, of all workers");
    writeln!(text, "{name} {}", total(figures::TRANSCRIPTION_SECONDS)).ok();
    let name = "meridian_transcribed_audio_seconds_total";
    head(
        text,
        name,
        "counter",
        "Sound that was listened to meanwhile; the other by this is the real-time factor",
    );
    writeln!(text, "{name} {}", total(figures::TRANSCRIBED_AUDIO_SECONDS)).ok();
}
