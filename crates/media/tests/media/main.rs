//! The media child as its parent sees it: real processes, real files.

mod hostile;
mod live;
mod outputs;
mod protocol;
mod recordings;
mod sandbox;
mod support;
mod sync;
