//! Domain time. Everything that is compared with a schedule, shown to people or kept as "when" asks a
//! [`Clock`]; leases, heartbeats and HTTP limits use the database's and the machine's own time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// Where "now" comes from.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Source>);

#[derive(Debug, Default)]
enum Source {
    #[default]
    System,
    /// A file with an instant (RFC 3339) that runs on from the file's change time.
    File(PathBuf),
    Fixed(Timestamp),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// `MERIDIAN_TEST_CLOCK`: the instant in `path`, which runs on from the time that the file was changed.
    pub fn from_file(path: PathBuf) -> Self {
        Self(Arc::new(Source::File(path)))
    }

    /// A clock that stands still, for tests.
    pub fn fixed(at: Timestamp) -> Self {
        Self(Arc::new(Source::Fixed(at)))
    }

    /// The present instant; a clock file that cannot be read counts as the machine's clock.
    pub fn now(&self) -> Timestamp {
        match self.0.as_ref() {
            Source::System => system_now(),
            Source::Fixed(at) => *at,
            Source::File(path) => file_now(path).unwrap_or_else(system_now),
        }
    }

    /// The present instant in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

fn file_now(path: &std::path::Path) -> Option<Timestamp> {
    let base: Timestamp = std::fs::read_to_string(path).ok()?.trim().parse().ok()?;
    let changed = std::fs::metadata(path).ok()?.modified().ok()?;
    let since = changed.elapsed().unwrap_or(Duration::ZERO);
    base.checked_add(since).ok()
}
