//! Three people in browsers work together: agreement, asks, answers, a live talk, goals.

use std::path::Path;
use std::process::Command;

use meridian_domain::clock::Clock;

use super::instance::Instance;

#[tokio::test]
async fn three_people_work_together() {
    let now = Clock::system().now().to_string();
    let instance = Instance::start_in(tempfile::TempDir::new().unwrap(), Some(&now)).await;
    let mut command = Command::new("node");
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .arg("browser/together.mjs")
        .arg(&instance.base)
        .arg(instance.data().join("pictures"))
        .arg(instance.clock());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{errors}\n{}", instance.log());
    assert!(told.contains("all steps done"), "{told}");
}
