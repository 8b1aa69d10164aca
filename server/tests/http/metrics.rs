//! `/metrics`: what the dashboard that ships with Meridian asks for is there.

use std::collections::BTreeSet;

use meridian_store::repo::figures;
use meridian_store::repo::jobs::{self, NewJob, PAYLOAD_VERSION, Payload};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Answer;
use crate::world::World;

const TOKEN: &str = "a-token-of-the-metrics";

/// The metrics that the dashboard's queries name.
fn named(dashboard: &Value) -> BTreeSet<String> {
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let mut names = BTreeSet::new();
    for target in targets {
        let query = target["expr"].as_str().unwrap();
        for word in query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            if word.starts_with("meridian_") {
                names.insert(word.to_owned());
            }
        }
    }
    names
}

#[tokio::test]
async fn what_the_dashboard_shows_is_measured() {
    let world = World::with(|settings| settings.metrics_token = Some(TOKEN.to_owned())).await;
    // Some bytes of a recording are received, and workers have worked.
    let update = world.video(&world.ada, world.open, json!({})).await;
    let at = format!("/api/v1/uploads?update_id={}", update["id"].as_str().unwrap());
    let sent = world
        .ada
        .request(Method::POST, &at)
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "1000")
        .header("content-type", "application/offset+octet-stream")
        .body(vec![0_u8; 500]);
    Answer::of(sent).await.expect(201);
    world
        .server
        .write(async |tx| {
            for seconds in [1.5, 2.5] {
                figures::add(tx, figures::JOB_PHASE_SECONDS, "media", seconds).await.unwrap();
            }
            figures::add(tx, figures::TRANSCRIPTION_SECONDS, "", 3.0).await.unwrap();
            let update_id = update["id"].as_str().unwrap().parse().unwrap();
            let tidy = Payload::TidyUpload { v: PAYLOAD_VERSION, update_id };
            jobs::enqueue(tx, &NewJob::new(tidy)).await.unwrap();
        })
        .await;

    let nobody = world.server.anonymous();
    assert_eq!(nobody.get("/metrics").await.status, 404);
    let told = Answer::of(nobody.request(Method::GET, "/metrics").bearer_auth(TOKEN)).await.text;
    let dashboard: Value =
        serde_json::from_str(include_str!("../../../deploy/grafana/meridian.json")).unwrap();
    let names = named(&dashboard);
    assert!(names.len() >= 10, "{names:?}");
    for name in &names {
        let there = told
            .lines()
            .any(|line| line.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with([' ', '{'])));
        assert!(there, "{name} is not told:\n{told}");
    }
    // Each family says what it is.
    for line in told.lines().filter(|line| line.starts_with("# TYPE ")) {
        let family = line.split(' ').nth(2).unwrap();
        assert!(told.contains(&format!("# HELP {family} ")), "{family} has no help");
    }
    for line in [
        "meridian_job_phase_seconds_sum{phase=\"media\"} 4",
        "meridian_job_phase_seconds_count{phase=\"media\"} 2",
        "meridian_transcription_seconds_total 3",
        "meridian_jobs_waiting{kind=\"tidy_upload\",class=\"light\"} 1",
    ] {
        assert!(told.lines().any(|told| told == line), "{line} is missing:\n{told}");
    }
}
