//! Three people in browsers work together: agreement, asks, answers, a live talk, goals.

use meridian_domain::clock::Clock;

use super::instance::Instance;

#[tokio::test]
async fn three_people_work_together() {
    let now = Clock::system().now().to_string();
    let mut instance = Instance::start_in(tempfile::TempDir::new().unwrap(), Some(&now)).await;
    let given = [instance.pictures().into(), instance.clock().into()];
    instance.plays("together.mjs", given).await;
}
