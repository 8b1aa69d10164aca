//! A guest of a share link in a browser of their own: password, picture, comment, the end.

use std::path::Path;
use std::process::Command;

use super::instance::Instance;

#[tokio::test]
async fn a_guest_watches_and_comments_by_a_link() {
    let instance = Instance::start().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    let mut command = Command::new("node");
    command
        .current_dir(&folder)
        .arg("browser/share.mjs")
        .arg(&instance.base)
        .arg(folder.join("fixtures/media/flash-beep.webm"))
        .arg(instance.data().join("pictures"));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{errors}\n{}", instance.log());
    assert!(told.contains("all steps done"), "{told}");
}
