//! A round of four people in browsers: made, answered, played, read, carried over; and catch-up.

use super::browser::spoken;
use super::instance::Instance;

#[tokio::test]
async fn four_people_hold_a_round() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut instance = Instance::start_in(dir, Some("2026-11-02T02:00:00Z")).await;
    let given = [spoken().into(), instance.pictures().into(), instance.clock().into()];
    instance.plays("round.mjs", given).await;
}
