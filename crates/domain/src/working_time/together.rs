//! Who of several people works at the same time.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{WorkingHours, shifts};

/// A span in which the same people work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// Since when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Who, by their places in the list that was asked about, in order; never empty.
    pub people: Vec<usize>,
}

impl Together {
    fn lasts_ms(&self) -> i64 {
        self.end.as_millisecond().saturating_sub(self.start.as_millisecond())
    }
}

/// The spans between two instants in which somebody works, in order. Where somebody comes or goes a new one begins.
pub fn together(people: &[WorkingHours], from: Timestamp, to: Timestamp) -> Vec<Together> {
    let mut edges: Vec<(i64, bool, usize)> = Vec::new();
    for (index, person) in people.iter().enumerate() {
        for (start, end) in shifts(person, from, to) {
            edges.extend([(start, true, index), (end, false, index)]);
        }
    }
    edges.sort_unstable();
    let mut at_work = BTreeSet::new();
    let mut since = i64::MIN;
    let mut found = Vec::new();
    for (at, comes, index) in edges {
        let span = Timestamp::from_millisecond(since).ok().zip(Timestamp::from_millisecond(at).ok());
        if let Some((start, end)) = span.filter(|(start, end)| start < end && !at_work.is_empty()) {
            found.push(Together { start, end, people: at_work.iter().copied().collect() });
        }
        since = at;
        if comes {
            at_work.insert(index);
        } else {
            at_work.remove(&index);
        }
    }
    found
}

/// Of spans of at least `least_ms` in which two or more work that with the most people; of those the first.
pub fn fullest(spans: &[Together], least_ms: i64) -> Option<&Together> {
    let long = spans.iter().filter(|span| span.people.len() > 1 && span.lasts_ms() >= least_ms);
    // The last of equals would be the maximum.
    long.rev().max_by_key(|span| span.people.len())
}
