//! The engagement graph: which parts of a recording its viewers took in, which they played again, and which they left
//! out. Made of what several people did, never of few enough to tell who.

use crate::ranges::{self, Range};

/// A graph is made of at least so many viewers.
pub const LEAST_VIEWERS: usize = 5;
/// Into how many equal pieces the span is cut.
const PIECES: i64 = 100;
/// What is played again for less than this was not meant to be: players come to a stop a little behind where they go on.
const LEAST_REPLAY_MS: i64 = 1_000;

/// What somebody did with a recording; united ranges.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// What they took in.
    pub seen: Vec<Range>,
    /// What they played more than once.
    pub replayed: Vec<Range>,
}

/// For each hundredth of a span two shares of those who took in any of it: 0 to 1, to two places.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// Who took in its sound.
    pub seen: Vec<f64>,
    /// Who played it more than once.
    pub replayed: Vec<f64>,
}

/// The graph of a span. A hundredth of silence, which players skip, has the value before it (at the beginning the first
/// there is). Each viewer's ranges and the silence are united. `None` for fewer than [`LEAST_VIEWERS`].
pub fn graph(span: Range, silence: &[Range], viewers: &[Viewer]) -> Option<Graph> {
    let audible = ranges::subtract(&ranges::unite([span]), silence);
    // A picture without sound is all of it.
    let audible = if audible.is_empty() { ranges::unite([span]) } else { audible };
    let heard = |taken: &[Range]| ranges::intersect(&audible, taken);
    let counted: Vec<(Vec<Range>, Vec<Range>)> = viewers
        .iter()
        .map(|viewer| (heard(&viewer.seen), heard(&viewer.replayed)))
        .filter(|(seen, _)| !seen.is_empty())
        .collect();
    if counted.len() < LEAST_VIEWERS {
        return None;
    }
    let seen = shares(span, &audible, counted.iter().map(|(seen, _)| seen))?;
    let replayed = shares(span, &audible, counted.iter().map(|(_, replayed)| replayed))?;
    Some(Graph { seen, replayed })
}

/// For each piece of a span, which share of some people's ranges and of its sound is common to both.
fn shares<'a>(
    span: Range,
    audible: &[Range],
    people: impl ExactSizeIterator<Item = &'a Vec<Range>>,
) -> Option<Vec<f64>> {
    let count = u32::try_from(people.len()).map_or(f64::from(u32::MAX), f64::from);
    let mut sums = vec![0.0; usize::try_from(PIECES).ok()?];
    for one in people {
        add(&mut sums, span, one);
    }
    let mut whole = vec![0.0; sums.len()];
    add(&mut whole, span, audible);
    let share = |(sum, of): (f64, f64)| (of > 0.0).then(|| (sum / of / count * 100.0).round() / 100.0);
    let known: Vec<Option<f64>> = sums.into_iter().zip(whole).map(share).collect();
    let mut last = known.iter().flatten().next().copied()?;
    let carry = |value: Option<f64>| {
        last = value.unwrap_or(last);
        last
    };
    Some(known.into_iter().map(carry).collect())
}

/// Takes stretches that were played, in any order, into what was played before: united, with what was played again. A
/// stretch that is told twice was played twice.
pub fn played(before: Vec<Range>, replayed: Vec<Range>, told: &[Range]) -> (Vec<Range>, Vec<Range>) {
    let (mut all, mut again) = (before, replayed);
    for stretch in told {
        let twice = ranges::intersect(&ranges::unite([*stretch]), &all);
        let long = twice.into_iter().filter(|(start, end)| end.saturating_sub(*start) >= LEAST_REPLAY_MS);
        again = ranges::unite(again.into_iter().chain(long));
        all = ranges::unite(all.into_iter().chain([*stretch]));
    }
    (all, again)
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

    /// What each took in, nobody twice.
    fn curve(span: Range, silence: &[Range], seen: &[Vec<Range>]) -> Option<Vec<f64>> {
        let once = |seen: &Vec<Range>| Viewer { seen: seen.clone(), replayed: Vec::new() };
        graph(span, silence, &seen.iter().map(once).collect::<Vec<_>>()).map(|made| made.seen)
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

    #[test]
    fn what_is_told_twice_was_played_twice() {
        let tell = |known: (Vec<Range>, Vec<Range>), told: &[Range]| played(known.0, known.1, told);
        let first = tell((Vec::new(), Vec::new()), &[(0, 10_000), (10_000, 20_000)]);
        assert_eq!(first, (vec![(0, 20_000)], Vec::new()));
        // Five seconds back and on; then a little back, as after a pause.
        let second = tell(first, &[(15_000, 25_000), (24_500, 30_000)]);
        assert_eq!(second, (vec![(0, 30_000)], vec![(15_000, 20_000)]));
        // Another day; what is empty or reversed was not played.
        let third = tell(second, &[(4_000, 8_000), (9_000, 9_000), (20_000, 3_000)]);
        assert_eq!(third, (vec![(0, 30_000)], vec![(4_000, 8_000), (15_000, 20_000)]));
    }

    #[test]
    fn what_was_played_again_is_high() {
        let viewer = |replayed: &[Range]| Viewer { seen: vec![SPAN], replayed: replayed.to_vec() };
        let mut viewers = vec![viewer(&[]); 3];
        viewers.push(viewer(&[(10_000, 35_000)]));
        assert_eq!(graph(SPAN, &[], &viewers), None);
        viewers.push(viewer(&[(10_000, 60_000), (109_000, 200_000)]));
        // Ten seconds of silence in what both played again; it has the value before it.
        let made = graph(SPAN, &[(20_000, 30_000)], &viewers).unwrap();
        let expected: Vec<f64> = (0..100)
            .map(|at| [0.4, 0.2, 0.0, 0.2][[25, 50, 99].iter().filter(|end| at >= **end).count()])
            .collect();
        assert_eq!(made.replayed, expected);
        assert!(made.seen.iter().all(|value| (value - 1.0).abs() < 1e-9));
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
