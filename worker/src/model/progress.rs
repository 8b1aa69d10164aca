//! Says on stderr how far a long step is, at most once in two seconds.
use std::io::Write as _;
use std::time::{Duration, Instant};

/// One line of words about what happens now.
pub(super) fn say(words: &str) {
    // stderr may be closed: then nobody reads it.
    writeln!(std::io::stderr(), "{words}").ok();
}

/// Counts bytes towards a known or unknown total.
pub(super) struct Progress {
    what: String,
    total: Option<u64>,
    said: Instant,
}

impl Progress {
    /// `total` in bytes, when it is known.
    pub(super) fn new(what: &str, total: Option<u64>) -> Self {
        Self { what: what.to_owned(), total, said: Instant::now() }
    }

    /// `done` bytes are here.
    pub(super) fn at(&mut self, done: u64) {
        if self.said.elapsed() < Duration::from_secs(2) {
            return;
        }
        self.said = Instant::now();
        let mega = done / 1_000_000;
        match self.total.filter(|t| *t > 0) {
            Some(total) => {
                say(&format!("{}: {} % of {} MB", self.what, done * 100 / total, total / 1_000_000));
            }
            None => say(&format!("{}: {mega} MB", self.what)),
        }
    }
}
