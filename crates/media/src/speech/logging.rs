//! whisper.cpp and ggml talk on stderr unless they are told not to.
use std::sync::Once;

static QUIET: Once = Once::new();

/// Sends their words to nowhere (no log backend of whisper-rs is compiled in).
pub(super) fn silence() {
    QUIET.call_once(whisper_rs::install_logging_hooks);
}
