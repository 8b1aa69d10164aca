//! "I have five minutes": the queue of most value that fits, the same for the same input.

use crate::enums::Reason;

/// Lengths are weighed in seconds, rounded up, so that what is chosen never takes longer than was asked for.
const GRAIN_MS: i64 = 1000;
/// Most time that can be asked for, in seconds (eight hours).
const MAX_SECONDS: i64 = 8 * 3600;
/// Most entries that are weighed; callers give the most valuable first.
const MAX_ENTRIES: usize = 300;

/// Something unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is worth, see [`value`].
    pub value: u32,
    /// How long it takes without silence at the viewer's speed, in milliseconds.
    pub length_ms: i64,
}

/// What an unseen update is worth: an ask to the viewer most, then blockers, decisions, answers, the rest.
pub fn value(reason: Reason, urgent: bool) -> u32 {
    let value = match reason {
        Reason::Ask => 100,
        Reason::Blocker => 60,
        Reason::Decision => 35,
        Reason::Answer => 15,
        Reason::Update => 10,
    };
    if urgent { value + 50 } else { value }
}

/// How long a stretch takes at a speed (a hundred is normal), in milliseconds.
pub fn at_speed(ms: i64, speed_percent: i64) -> i64 {
    ms.max(0).saturating_mul(100).div_euclid(speed_percent.max(1))
}

/// Which entries to take, as sorted indices: the set of most value that fits into `capacity_ms`; of several such sets
/// the shortest; of several such the one that the earlier entries are in.
pub fn choose(entries: &[Entry], capacity_ms: i64) -> Vec<usize> {
    let capacity = index(capacity_ms.div_euclid(GRAIN_MS).clamp(0, MAX_SECONDS));
    let entries = entries.get(..MAX_ENTRIES).unwrap_or(entries);
    let weights: Vec<usize> = entries
        .iter()
        .map(|entry| index(entry.length_ms.max(0).saturating_add(GRAIN_MS - 1).div_euclid(GRAIN_MS)))
        .collect();
    // best[c]: most value with at most c seconds, and the least length in ms with which it is had, from the entries
    // behind the one that is looked at; taken[i][c]: whether entry i is in it.
    let mut best: Vec<(u32, i64)> = vec![(0, 0); capacity + 1];
    let mut taken = vec![vec![false; capacity + 1]; entries.len()];
    for (at, (entry, weight)) in entries.iter().zip(&weights).enumerate().rev() {
        for room in (*weight..=capacity).rev() {
            let Some(&(value, length)) = best.get(room - weight) else { continue };
            let with = (value + entry.value, length.saturating_add(entry.length_ms.max(0)));
            let Some(now) = best.get_mut(room) else { continue };
            if with.0 > now.0 || (with.0 == now.0 && with.1 <= now.1) {
                *now = with;
                if let Some(cell) = taken.get_mut(at).and_then(|row| row.get_mut(room)) {
                    *cell = true;
                }
            }
        }
    }
    let mut room = capacity;
    let mut chosen = Vec::new();
    for (at, weight) in weights.iter().enumerate() {
        if taken.get(at).and_then(|row| row.get(room)).copied().unwrap_or(false) {
            chosen.push(at);
            room = room.saturating_sub(*weight);
        }
    }
    chosen
}

fn index(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn entry(value: u32, seconds: i64) -> Entry {
        Entry { value, length_ms: seconds * 1000 }
    }

    #[test]
    fn the_most_value_that_fits() {
        let all = [entry(100, 200), entry(60, 120), entry(35, 100), entry(15, 80)];
        assert_eq!(choose(&all, 300_000), [0, 2]);
        assert_eq!(choose(&all, 320_000), [0, 1]);
        assert_eq!(choose(&all, 10_000), [] as [usize; 0]);
        assert_eq!(choose(&[], 300_000), [] as [usize; 0]);
        // Of equal value the shorter, of equal length the earlier.
        assert_eq!(choose(&[entry(10, 60), entry(10, 50)], 60_000), [1]);
        assert_eq!(choose(&[entry(10, 50), entry(10, 50)], 60_000), [0]);
    }

    #[test]
    fn speed_shortens() {
        assert_eq!((at_speed(60_000, 150), at_speed(60_000, 100), at_speed(-5, 100)), (40_000, 60_000, 0));
    }

    proptest! {
        #[test]
        fn no_other_choice_is_better(
            given in proptest::collection::vec((1_u32..120, 0_i64..90_000), 0..11),
            capacity_ms in 0_i64..200_000,
        ) {
            let entries: Vec<Entry> = given.iter().map(|(value, length_ms)| Entry { value: *value, length_ms: *length_ms }).collect();
            let chosen = choose(&entries, capacity_ms);
            let weight = |at: usize| (entries[at].length_ms + 999) / 1000;
            let worth = |set: &[usize]| set.iter().map(|at| entries[*at].value).sum::<u32>();
            let length = |set: &[usize]| set.iter().map(|at| entries[*at].length_ms).sum::<i64>();
            prop_assert!(length(&chosen) <= capacity_ms);
            prop_assert!(chosen.is_sorted());
            // Against every set that fits.
            let mut best = (0, 0);
            for bits in 0_u32..(1 << entries.len()) {
                let set: Vec<usize> = (0..entries.len()).filter(|at| bits >> at & 1 == 1).collect();
                if set.iter().map(|at| weight(*at)).sum::<i64>() <= capacity_ms / 1000 {
                    best = best.max((worth(&set), -length(&set)));
                }
            }
            prop_assert_eq!((worth(&chosen), -length(&chosen)), best);
        }
    }
}
