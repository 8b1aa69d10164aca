//! The web app in a browser: its languages, long words on a phone, every part in every state, the app installed.

use std::path::Path;

use super::instance::Instance;

#[tokio::test]
async fn the_app_speaks_two_languages_and_can_be_installed() {
    let mut instance = Instance::start().await;
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/media/flash-beep.webm");
    let given = [clip.into(), instance.pictures().into()];
    instance.plays("web.mjs", given).await;
}
