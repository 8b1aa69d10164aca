//! Recognition on real speech: error rate, word times, silence, languages.
//!
//! Needs the models (`make model`) and the `ffmpeg` command. The clips of
//! `../shared/media` are used where they are; without them the small clips in
//! `tests/fixtures` have to do. `MERIDIAN_TEST_FULL=1` runs every clip with
//! every model.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod options;
mod quiet;
mod support;
mod times;
mod wer;
mod window;
