//! A guest of a share link in a browser of their own: password, picture, comment, the end.

use std::path::Path;

use super::instance::Instance;

#[tokio::test]
async fn a_guest_watches_and_comments_by_a_link() {
    let mut instance = Instance::start().await;
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/media/flash-beep.webm");
    let given = [clip.into(), instance.pictures().into()];
    instance.plays("share.mjs", given).await;
}
