//! Security 31: what people write is text in a real browser, wherever it stands.

use super::browser::spoken;
use super::instance::Instance;

#[tokio::test]
async fn nothing_that_people_write_runs() {
    let mut instance = Instance::start().await;
    let given = [spoken().into(), instance.pictures().into()];
    instance.plays("inert.mjs", given).await;
}
