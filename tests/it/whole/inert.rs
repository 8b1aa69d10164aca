//! Security 31: what people write is text in a real browser, wherever it stands.

use std::path::Path;
use std::process::Command;

use super::instance::Instance;

#[tokio::test]
async fn nothing_that_people_write_runs() {
    let instance = Instance::start().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    let mut command = Command::new("node");
    command
        .current_dir(&folder)
        .arg("browser/inert.mjs")
        .arg(&instance.base)
        .arg(folder.join("fixtures/media/spoken-update.webm"))
        .arg(instance.data().join("pictures"));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{errors}\n{}", instance.log());
    assert!(told.contains("nothing ran"), "{told}");
}
