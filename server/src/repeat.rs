//! Work in the background of every server, again and again.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

/// Does something at once and then each time `pause` has passed, until it is aborted; what takes longer is not caught up.
pub(crate) async fn every<Done: Future<Output = ()>>(pause: Duration, act: impl Fn() -> Done) {
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        act().await;
    }
}
