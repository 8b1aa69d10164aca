//! Ranges on a time line, as sorted, disjoint, half-open pairs `(start_ms, end_ms)`.

/// A range: first moment, first moment behind it.
pub type Range = (i64, i64);

/// Sorts ranges, drops empty ones and unites those that overlap or touch.
pub fn unite(ranges: impl IntoIterator<Item = Range>) -> Vec<Range> {
    let mut sorted: Vec<Range> = ranges.into_iter().filter(|(start, end)| start < end).collect();
    sorted.sort_unstable();
    let mut united: Vec<Range> = Vec::with_capacity(sorted.len());
    for (start, end) in sorted {
        match united.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => united.push((start, end)),
        }
    }
    united
}

/// The part of united ranges that lies within a span.
pub fn clip(ranges: &[Range], (low, high): Range) -> Vec<Range> {
    ranges
        .iter()
        .map(|(start, end)| ((*start).max(low), (*end).min(high)))
        .filter(|(start, end)| start < end)
        .collect()
}

/// What is in the first united ranges and not in the second.
pub fn subtract(from: &[Range], what: &[Range]) -> Vec<Range> {
    let mut left = Vec::new();
    for (start, end) in from {
        let mut at = *start;
        for (cut_start, cut_end) in what.iter().filter(|cut| cut.1 > *start && cut.0 < *end) {
            if at < *cut_start {
                left.push((at, *cut_start));
            }
            at = at.max(*cut_end);
        }
        if at < *end {
            left.push((at, *end));
        }
    }
    left
}

/// What is in both of two lists of united ranges.
pub fn intersect(one: &[Range], other: &[Range]) -> Vec<Range> {
    subtract(one, &subtract(one, other))
}

/// The length of united ranges in milliseconds.
pub fn length(ranges: &[Range]) -> i64 {
    ranges.iter().map(|(start, end)| end.saturating_sub(*start)).sum()
}

/// How much of a span was taken in, 0 to 1: of its time that is not silence, or of all of it where it is nothing but
/// silence. `seen` and `silence` are united.
pub fn seen_ratio(span: Range, silence: &[Range], seen: &[Range]) -> f64 {
    let audible = subtract(&unite([span]), silence);
    let counted = if audible.is_empty() { unite([span]) } else { audible };
    let whole = length(&counted);
    if whole == 0 {
        return 0.0;
    }
    let missing = length(&subtract(&counted, seen));
    let part = |ms: i64| u32::try_from(ms).map_or(f64::from(u32::MAX), f64::from);
    1.0 - part(missing) / part(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn touching_ranges_become_one() {
        assert_eq!(unite([(5, 9), (0, 5), (20, 20), (12, 15), (30, 3)]), [(0, 9), (12, 15)]);
    }

    #[test]
    fn silence_does_not_count() {
        // 10 s, of which 2..8 s are silence: 4 s count.
        assert!((seen_ratio((0, 10_000), &[(2_000, 8_000)], &[(0, 2_000)]) - 0.5).abs() < 1e-9);
        assert!((seen_ratio((0, 10_000), &[(2_000, 8_000)], &[(0, 8_000)]) - 0.5).abs() < 1e-9);
        assert!(
            (seen_ratio((0, 10_000), &[(2_000, 8_000)], &[(0, 2_000), (8_000, 10_000)]) - 1.0).abs() < 1e-9
        );
        assert!((seen_ratio((0, 10_000), &[(0, 10_000)], &[(0, 5_000)]) - 0.5).abs() < 1e-9);
        assert!(seen_ratio((5, 5), &[], &[(0, 10)]).abs() < 1e-9);
    }

    fn ranges() -> impl Strategy<Value = Vec<Range>> {
        proptest::collection::vec((0_i64..60, 0_i64..60), 0..12)
    }

    /// The same as a set of moments.
    fn moments(ranges: &[Range]) -> Vec<bool> {
        (0..60).map(|at| ranges.iter().any(|(start, end)| (*start..*end).contains(&at))).collect()
    }

    fn is_united(ranges: &[Range]) -> bool {
        ranges.iter().all(|(start, end)| start < end) && ranges.windows(2).all(|pair| pair[0].1 < pair[1].0)
    }

    proptest! {
        #[test]
        fn uniting_keeps_every_moment(given in ranges()) {
            let united = unite(given.clone());
            prop_assert!(is_united(&united));
            prop_assert_eq!(moments(&united), moments(&given));
            prop_assert_eq!(unite(united.clone()), united.clone());
            let count = moments(&united).iter().filter(|seen| **seen).count();
            prop_assert_eq!(length(&united), i64::try_from(count).unwrap_or(-1));
        }

        #[test]
        fn uniting_does_not_ask_for_order(a in ranges(), b in ranges()) {
            let one = unite(unite(a.clone()).into_iter().chain(b.clone()));
            let other = unite(unite(b).into_iter().chain(a));
            prop_assert_eq!(one, other);
        }

        #[test]
        fn subtracting_and_clipping_are_those_of_sets(a in ranges(), b in ranges(), low in 0_i64..60, high in 0_i64..60) {
            let (a, b) = (unite(a), unite(b));
            let expected: Vec<bool> = moments(&a).iter().zip(moments(&b)).map(|(x, y)| *x && !y).collect();
            prop_assert_eq!(moments(&subtract(&a, &b)), expected);
            let both: Vec<bool> = moments(&a).iter().zip(moments(&b)).map(|(x, y)| *x && y).collect();
            prop_assert_eq!(moments(&intersect(&a, &b)), both);
            let span = moments(&[(low, high)]);
            let expected: Vec<bool> = moments(&a).iter().zip(span).map(|(x, y)| *x && y).collect();
            prop_assert_eq!(moments(&clip(&a, (low, high))), expected);
        }

        #[test]
        fn more_seen_is_never_less(span in 1_i64..60, silence in ranges(), a in ranges(), b in ranges()) {
            let silence = unite(silence);
            let (less, more) = (unite(a.clone()), unite(a.into_iter().chain(b)));
            let (less, more) = (seen_ratio((0, span), &silence, &less), seen_ratio((0, span), &silence, &more));
            prop_assert!((0.0..=1.0).contains(&less) && less <= more && more <= 1.0);
            prop_assert!((seen_ratio((0, span), &silence, &[(0, span)]) - 1.0).abs() < 1e-9);
        }
    }
}
