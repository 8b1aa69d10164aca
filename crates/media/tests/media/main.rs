//! The media child as its parent sees it: real processes, real files.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod formats;
mod holes;
mod hostile;
mod judged;
mod live;
mod outputs;
mod protocol;
mod recordings;
mod sandbox;
mod support;
mod sync;
mod traced;
