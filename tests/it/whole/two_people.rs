//! Two people in two browsers and two time zones: publish, watch, find, comment; and somebody who may see nothing.

use std::path::Path;
use std::process::Command;

use super::instance::Instance;

#[tokio::test]
async fn two_people_share_an_update() {
    let instance = Instance::start().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    assert!(
        folder.join("clients/node_modules").exists(),
        "run `npm ci` in tests/clients first (make test does)"
    );
    let mut command = Command::new("node");
    command
        .current_dir(&folder)
        .arg("browser/two-people.mjs")
        .arg(&instance.base)
        .arg(folder.join("fixtures/media/spoken-update.webm"))
        .arg(instance.data().join("pictures"));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{errors}\n{}", instance.log());
    assert!(told.contains("all steps done"), "{told}");
}
