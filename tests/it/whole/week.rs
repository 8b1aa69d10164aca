//! A scripted week of two people in browsers: everything that goes wrong in one, and the server killed in its midst.

use std::path::Path;

use meridian_domain::clock::Clock;

use super::browser::spoken;
use super::instance::{Instance, program};

#[tokio::test]
async fn two_people_use_it_for_a_week() {
    let now = Clock::system().now().to_string();
    let mut instance = Instance::start_in(tempfile::TempDir::new().unwrap(), Some(&now)).await;
    // Outside the instance's folder, which goes with it: what failed is looked at afterwards.
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("week");
    let (data, clock) = (instance.data().into(), instance.clock().into());
    let given = [spoken().into(), pictures.into(), data, clock, program().into()];
    instance.plays("week.mjs", given).await;
}
