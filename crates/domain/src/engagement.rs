//! The engagement graph: which parts of a recording its viewers took in, and which they left out. Made of what several
//! people did, never of few enough to tell who.

use crate::ranges::{self, Range};

/// A graph is made of at least so many viewers.
pub const LEAST_VIEWERS: usize = 5;
/// Into how many equal pieces the span is cut.
const PIECES: i64 = 100;

/// For each hundredth of a span, how many of those who took in any of it took in its sound: 0 to 1, to two places. A
/// hundredth of silence, which players skip, has the value before it (at the beginning the first there is). Each
/// viewer's ranges and the silence are united. `None` for fewer than [`LEAST_VIEWERS`].
pub fn curve(span: Range, silence: &[Range], viewers: &[Vec<Range>]) -> Option<Vec<f64>> {
    let audible = ranges::subtract(&ranges::unite([span]), silence);
    // A picture without sound is all of it.
    let audible = if audible.is_empty() { ranges::unite([span]) } else { audible };
    let heard: Vec<Vec<Range>> = viewers
        .iter()
        .map(|seen| ranges::subtract(&audible, &ranges::subtract(&audible, seen)))
        .filter(|heard| !heard.is_empty())
        .collect();
    if heard.len() < LEAST_VIEWERS {
        return None;
    }
    let mut sums = vec![0.0; usize::try_from(PIECES).ok()?];
    for one in &heard {
        add(&mut sums, span, one);
    }
    let mut whole = vec![0.0; sums.len()];
    add(&mut whole, span, &audible);
    let people = u32::try_from(heard.len()).map_or(f64::from(u32::MAX), f64::from);
    let share = |(sum, of): (f64, f64)| (of > 0.0).then(|| (sum / of / people * 100.0).round() / 100.0);
    let known: Vec<Option<f64>> = sums.into_iter().zip(whole).map(share).collect();
    let mut last = known.iter().flatten().next().copied()?;
    let carry = |value: Option<f64>| {
        last = value.unwrap_or(last);
        last
    };
    Some(known.into_iter().map(carry).collect())
}

/// Adds the length of united ranges within a span to the pieces that they lie in, in milliseconds.
fn add(sums: &mut [f64], span: Range, ranges: &[Range]) {
    let length = span.1.saturating_sub(span.0);
    let edge = |piece: i64| span.0.saturating_add(length.saturating_mul(piece).div_euclid(PIECES));
    for &(start, end) in ranges {
        let into = start.saturating_sub(span.0).saturating_mul(PIECES);
        let mut piece = into.checked_div_euclid(length).unwrap_or(0).max(0);
        while piece < PIECES && edge(piece) < end {
            let inside = end.min(edge(piece.saturating_add(1))).saturating_sub(start.max(edge(piece)));
            if let Some(sum) = usize::try_from(piece).ok().and_then(|index| sums.get_mut(index)) {
                *sum += u32::try_from(inside.max(0)).map_or(f64::from(u32::MAX), f64::from);
            }
            piece = piece.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SPAN: Range = (10_000, 110_000);

    fn all(count: usize, ranges: &[Range]) -> Vec<Vec<Range>> {
        vec![ranges.to_vec(); count]
    }

    #[test]
    fn four_make_no_graph() {
        assert_eq!(curve(SPAN, &[], &all(4, &[SPAN])), None);
        // Who only looked at the page, or at what was cut off, is no viewer of it.
        let mut viewers = all(4, &[SPAN]);
        viewers.push(Vec::new());
        viewers.push(vec![(0, 10_000)]);
        assert_eq!(curve(SPAN, &[], &viewers), None);
        viewers.push(vec![(10_000, 10_500)]);
        assert!(curve(SPAN, &[], &viewers).is_some());
    }

    #[test]
    fn what_was_left_out_is_low() {
        let mut viewers = all(3, &[SPAN]);
        viewers.extend(all(2, &[(10_000, 60_000)]));
        let made = curve(SPAN, &[], &viewers).unwrap();
        assert_eq!(made.len(), 100);
        assert!(made[..50].iter().all(|value| (value - 1.0).abs() < 1e-9), "{made:?}");
        assert!(made[50..].iter().all(|value| (value - 0.6).abs() < 1e-9), "{made:?}");
    }

    #[test]
    fn skipped_silence_leaves_no_hole() {
        let viewers = all(5, &[(10_000, 30_000), (50_000, 110_000)]);
        let made = curve(SPAN, &[(30_000, 50_000)], &viewers).unwrap();
        assert!(made.iter().all(|value| (value - 1.0).abs() < 1e-9), "{made:?}");
        // From the beginning on, too; and of a picture without sound all counts.
        let made = curve(SPAN, &[(10_000, 20_000)], &all(5, &[(20_000, 110_000)])).unwrap();
        assert!(made.iter().all(|value| (value - 1.0).abs() < 1e-9), "{made:?}");
        assert_eq!(curve(SPAN, &[SPAN], &all(9, &[SPAN])), curve(SPAN, &[], &all(5, &[SPAN])));
        assert_eq!(curve((5, 5), &[], &all(9, &[(0, 10)])), None);
    }

    proptest! {
        /// By counting milliseconds.
        #[test]
        fn each_piece_is_the_share_of_its_sound(
            length in 1_i64..400,
            silence in proptest::collection::vec((0_i64..400, 0_i64..60), 0..4),
            viewers in proptest::collection::vec(proptest::collection::vec((0_i64..400, 0_i64..200), 0..4), 5..8),
        ) {
            let cut = |list: &[(i64, i64)]| ranges::unite(list.iter().map(|(at, long)| (*at, at + long)));
            let (silence, seen): (Vec<Range>, Vec<Vec<Range>>) = (cut(&silence), viewers.iter().map(|one| cut(one)).collect());
            let silence = if silence.iter().any(|one| one.0 == 0 && one.1 >= length) { Vec::new() } else { silence };
            let within = |list: &[Range], at: i64| list.iter().any(|(start, end)| (*start..*end).contains(&at));
            let sound = |from: i64, to: i64| (from..to).filter(|at| !within(&silence, *at)).collect::<Vec<_>>();
            let counted: Vec<&Vec<Range>> =
                seen.iter().filter(|one| sound(0, length).iter().any(|at| within(one, *at))).collect();
            let made = curve((0, length), &silence, &seen);
            prop_assert_eq!(made.is_some(), counted.len() >= LEAST_VIEWERS);
            for (index, value) in made.into_iter().flatten().enumerate() {
                let piece = i64::try_from(index).unwrap();
                let moments = sound(length * piece / 100, length * (piece + 1) / 100);
                if moments.is_empty() {
                    continue;
                }
                let both = counted.iter().map(|one| moments.iter().filter(|at| within(one, **at)).count()).sum::<usize>();
                let number = |count: usize| f64::from(u32::try_from(count).unwrap());
                let expected = number(both) / number(moments.len() * counted.len());
                prop_assert!((value - expected).abs() <= 0.005 + 1e-9, "{}: {} {}", index, value, expected);
            }
        }
    }
}
