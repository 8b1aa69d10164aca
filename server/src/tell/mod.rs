//! What happened is told: into inboxes, by mail, to other programs. Each part runs in the background of every server;
//! rows that are claimed by compare-and-set see to it that each thing is told once.

pub mod backup;
pub mod holidays;
pub mod mail;
pub mod notify;
pub(crate) mod speech;
pub mod webhooks;

use std::time::{Duration, Instant};

/// How long it takes at most until something is noticed whose time has come.
const DUE_EVERY: Duration = Duration::from_secs(2);

/// When to look for work: after each commit, and now and then for what has become due. An idle server asks its database
/// little (performance.md, P12).
#[derive(Debug, Default)]
struct Looks(Option<(u64, Instant)>);

impl Looks {
    /// Whether nobody has committed since it was looked at.
    fn has_seen(&self, commits: u64) -> bool {
        self.0.is_some_and(|(seen, _)| seen == commits)
    }

    /// Whether, besides, nothing can have become due.
    fn is_idle(&self, commits: u64) -> bool {
        self.has_seen(commits) && self.0.is_some_and(|(_, at)| at.elapsed() < DUE_EVERY)
    }

    /// All was done that there was to do when `commits` had been counted.
    fn done(&mut self, commits: u64) {
        self.0 = Some((commits, Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_or_time_lets_it_look_again() {
        let mut looks = Looks::default();
        assert!(!looks.is_idle(7), "nobody has looked yet");
        looks.done(7);
        assert!(looks.is_idle(7));
        assert!(!looks.is_idle(8), "somebody committed");
        let long_ago = Instant::now().checked_sub(DUE_EVERY).map(|at| (7, at));
        assert!(long_ago.is_some() && !Looks(long_ago).is_idle(7), "something may have become due");
    }
}
