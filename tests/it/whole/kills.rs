//! Seeded SIGKILLs of server and worker while a recording is sent and processed: every acknowledged byte is there and
//! the update ends ready. Three rounds of four kills; `MERIDIAN_TEST_SEEDS` asks for another number of rounds.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use serde_json::json;

use super::instance::{Instance, Person, fixture};

/// The upload's offset as the server tells it.
async fn offset(ada: &Person, url: &str) -> usize {
    let answer =
        ada.http.head(url).bearer_auth(&ada.token).header("tus-resumable", "1.0.0").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// Sends a part; `None`: the connection broke.
async fn send(ada: &Person, url: &str, at: usize, part: &[u8]) -> Option<usize> {
    let answer = ada
        .http
        .patch(url)
        .bearer_auth(&ada.token)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", at)
        .header("content-type", "application/offset+octet-stream")
        .body(part.to_vec())
        .send()
        .await
        .ok()?;
    assert_eq!(answer.status(), 204);
    Some(answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap())
}

/// How many rounds are asked for.
fn seeds() -> u64 {
    std::env::var("MERIDIAN_TEST_SEEDS").map_or(3, |count| count.parse().unwrap())
}

#[tokio::test]
async fn kills_lose_nothing_that_was_acknowledged() {
    let bytes = fixture("spoken-update.webm");
    let mut in_flight = 0_u64;
    let seeds = seeds();
    for seed in 0..seeds {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut instance = Instance::start().await;
        let ada = instance.person("ada").await;
        let made =
            ada.call(Method::POST, &format!("/teams/{}/updates", ada.team), json!({"kind": "video"})).await;
        let update = made["id"].as_str().unwrap().to_owned();
        let created = ada
            .http
            .post(format!("{}/api/v1/uploads?update_id={update}", ada.base))
            .bearer_auth(&ada.token)
            .header("tus-resumable", "1.0.0")
            .header("upload-length", bytes.len())
            .send()
            .await
            .unwrap();
        assert_eq!(created.status(), 201);
        let location = created.headers()["location"].to_str().unwrap().to_owned();
        let url = if location.starts_with('/') { format!("{}{location}", ada.base) } else { location };
        let mut acknowledged = 0;
        // Two kills of the server while bytes go up.
        for half in 1..=2_usize {
            let until = bytes.len() * half / 3;
            while acknowledged < until {
                let end = (acknowledged + 40_000).min(bytes.len());
                acknowledged = send(&ada, &url, acknowledged, &bytes[acknowledged..end]).await.unwrap();
            }
            let (ada_, url_, rest) = (ada.clone(), url.clone(), bytes[acknowledged..].to_vec());
            let at = acknowledged;
            let sending = tokio::spawn(async move { send(&ada_, &url_, at, &rest).await });
            tokio::time::sleep(Duration::from_micros(chance.random_range(0..3000))).await;
            in_flight += u64::from(!sending.is_finished());
            instance.kill_and_restart().await;
            if let Some(told) = sending.await.unwrap() {
                acknowledged = told;
            }
            let there = offset(&ada, &url).await;
            assert!(there >= acknowledged, "seed {seed}: {acknowledged} acknowledged, {there} there");
            acknowledged = there;
        }
        if acknowledged < bytes.len() {
            assert_eq!(send(&ada, &url, acknowledged, &bytes[acknowledged..]).await, Some(bytes.len()));
        }
        // Then a kill of the worker and one of the server while it is processed.
        tokio::time::sleep(Duration::from_millis(chance.random_range(50..900))).await;
        let status = ada.get(&format!("/updates/{update}")).await["status"].clone();
        in_flight += u64::from(status != "ready");
        if let Some(worker) = instance.worker_pid() {
            let killed =
                std::process::Command::new("kill").arg("-KILL").arg(worker.to_string()).status().unwrap();
            assert!(killed.success());
        }
        tokio::time::sleep(Duration::from_millis(chance.random_range(50..1500))).await;
        let status = ada.get(&format!("/updates/{update}")).await["status"].clone();
        in_flight += u64::from(status != "ready");
        instance.kill_and_restart().await;
        let ready = ada.wait(&update, &["ready", "failed"], Duration::from_mins(4)).await;
        assert_eq!(ready["status"], "ready", "seed {seed}: {ready:#}\n{}", instance.log());
    }
    let kills = seeds * 4;
    assert!(in_flight * 3 >= kills * 2, "only {in_flight} of {kills} kills hit work in flight");
}
