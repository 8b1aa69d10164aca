//! Two people in two browsers and two time zones: publish, watch, find, comment; and somebody who may see nothing.

use super::browser::spoken;
use super::instance::Instance;

#[tokio::test]
async fn two_people_share_an_update() {
    let mut instance = Instance::start().await;
    let given = [spoken().into(), instance.pictures().into()];
    instance.plays("two-people.mjs", given).await;
}
