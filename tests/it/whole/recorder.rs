//! The recorder in real browsers with fake devices; the server is killed and restarted while one of them records.

use std::path::Path;

use super::instance::{Instance, shared};

async fn plays(script: &str) {
    let mut instance = Instance::start().await;
    let folder = instance.pictures().into();
    instance.plays(script, [folder]).await;
}

#[tokio::test]
async fn recordings_are_watched_live_and_survive_network_server_and_browser() {
    plays("recorder.mjs").await;
}

#[tokio::test]
async fn the_recorder_handles_what_goes_wrong_and_a_draft_is_reviewed() {
    plays("recorder-page.mjs").await;
}

#[tokio::test]
async fn the_recorder_asks_a_rounds_questions_stops_without_room_and_shares_tabs() {
    plays("recorder-tabs.mjs").await;
}

#[tokio::test]
async fn firefox_records_and_plays() {
    let mut instance = Instance::start().await;
    let chromium = shared().map(|media| media.join("media/recordings/cam-h264-opus.webm"));
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/media/moov-in-front.mp4");
    let given = [instance.pictures().into(), chromium.unwrap_or_else(own).into()];
    let told = instance.plays("firefox.mjs", given).await;
    for line in told.lines().filter(|line| line.starts_with("LEFT OUT")) {
        eprintln!("{line}");
    }
}

/// More of the same kill; `MERIDIAN_TEST_SEEDS` says how many browsers are killed. The soak run asks for ten.
#[tokio::test]
#[ignore = "a campaign: scripts/soak.sh runs it"]
async fn killed_browsers_lose_two_seconds_at_most() {
    let mut instance = Instance::start().await;
    let seeds = std::env::var_os("MERIDIAN_TEST_SEEDS").unwrap_or_else(|| "10".into());
    let folder = instance.pictures().into();
    let told = instance.plays("recorder-kills.mjs", [folder, seeds]).await;
    println!("{told}");
}
