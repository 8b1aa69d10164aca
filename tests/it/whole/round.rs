//! A round of four people in browsers: made, answered, played, read, carried over; and catch-up.

use std::path::Path;
use std::process::Command;

use super::instance::Instance;

#[tokio::test]
async fn four_people_hold_a_round() {
    let dir = tempfile::TempDir::new().unwrap();
    let instance = Instance::start_in(dir, Some("2026-11-02T02:00:00Z")).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        folder.join("clients/node_modules").exists(),
        "run `npm ci` in tests/clients first (make test does)"
    );
    let mut command = Command::new("node");
    command
        .current_dir(folder)
        .arg("browser/round.mjs")
        .arg(&instance.base)
        .arg(folder.join("fixtures/media/spoken-update.webm"))
        .arg(instance.data().join("pictures"))
        .arg(instance.clock());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{errors}\n{}", instance.log());
    assert!(told.contains("all steps done"), "{told}");
}
