//! "Play the round": one list over all answers, blockers and asks first, silence skipped, nothing twice.

use super::audible;
use crate::enums::Reason;
use crate::ids::UpdateId;
use crate::ranges::{self, Range};

/// An answer as the playlist needs it; moments are milliseconds on the source's time line.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Which update.
    pub update_id: UpdateId,
    /// When it came, in milliseconds since 1970: the order within one reason.
    pub answered_at: i64,
    /// What is shown of it; `None`: a text, or media that is not there yet.
    pub span: Option<Range>,
    /// United.
    pub silence: Vec<Range>,
    /// Where prompts begin, sorted: what is between two of them stays together.
    pub cuts: Vec<i64>,
    /// Blockers, asks and decisions on it; without a moment they stand for the whole.
    pub marks: Vec<(Option<i64>, Reason)>,
}

/// One stretch to play. A text has no stretch: both ends are 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Of which update.
    pub update_id: UpdateId,
    /// From this moment.
    pub from_ms: i64,
    /// To this one.
    pub to_ms: i64,
    /// Why it comes when it comes.
    pub reason: Reason,
}

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Playlist {
    /// Everything as recorded.
    pub total_ms: i64,
    /// What the items take at normal speed.
    pub total_without_silence_ms: i64,
    /// In this order.
    pub items: Vec<Item>,
}

struct Unit {
    rank: (Reason, i64, UpdateId, i64),
    ranges: Vec<Range>,
}

/// Puts the list together. The same answers give the same list, whatever order they come in.
pub fn playlist(answers: &[Answer]) -> Playlist {
    let mut units: Vec<Unit> = answers.iter().flat_map(units).collect();
    units.sort_by_key(|unit| unit.rank);
    let items: Vec<Item> = units
        .iter()
        .flat_map(|unit| {
            let (reason, _, update_id, _) = unit.rank;
            unit.ranges.iter().map(move |(from_ms, to_ms)| Item {
                update_id,
                from_ms: *from_ms,
                to_ms: *to_ms,
                reason,
            })
        })
        .collect();
    let length = |item: &Item| item.to_ms.saturating_sub(item.from_ms);
    Playlist {
        total_ms: answers.iter().filter_map(|answer| answer.span).map(|span| ranges::length(&[span])).sum(),
        total_without_silence_ms: items.iter().map(length).sum(),
        items,
    }
}

fn units(answer: &Answer) -> Vec<Unit> {
    let Some((start, end)) = answer.span.filter(|(start, end)| start < end) else {
        let reason = answer.marks.iter().map(|(_, reason)| *reason).min().map_or(Reason::Answer, first_two);
        return vec![unit(answer, reason, vec![(0, 0)])];
    };
    let mut bounds = vec![start];
    bounds.extend(answer.cuts.iter().copied().filter(|cut| start < *cut && *cut < end));
    bounds.dedup();
    // What comes before the first prompt belongs to it.
    if bounds.len() > 1 && answer.cuts.iter().all(|cut| *cut > start) {
        bounds.remove(1);
    }
    bounds.push(end);
    let pieces = bounds.iter().zip(bounds.iter().skip(1)).map(|(from, to)| (*from, *to));
    pieces
        .filter_map(|span| {
            let here = |at: Option<i64>| at.is_none_or(|at| span.0 <= at && at < span.1);
            let marks = answer.marks.iter().filter(|(at, _)| here(*at)).map(|(_, reason)| *reason);
            let reason = marks.min().map_or(Reason::Answer, first_two);
            let ranges = audible(span, &answer.silence);
            (!ranges.is_empty()).then(|| unit(answer, reason, ranges))
        })
        .collect()
}

/// Blockers and asks go first; decisions are heard where they were made.
fn first_two(reason: Reason) -> Reason {
    match reason {
        Reason::Blocker | Reason::Ask => reason,
        Reason::Decision | Reason::Answer | Reason::Update => Reason::Answer,
    }
}

fn unit(answer: &Answer, reason: Reason, ranges: Vec<Range>) -> Unit {
    let from = ranges.first().map_or(0, |range| range.0);
    Unit { rank: (reason, answer.answered_at, answer.update_id, from), ranges }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn answer(number: u128, span: Option<Range>) -> Answer {
        Answer {
            update_id: UpdateId(Uuid::from_u128(number)),
            answered_at: i64::try_from(number).unwrap(),
            span,
            silence: Vec::new(),
            cuts: Vec::new(),
            marks: Vec::new(),
        }
    }

    fn shown(list: &Playlist) -> Vec<(u128, i64, i64, Reason)> {
        let item = |item: &Item| (item.update_id.0.as_u128(), item.from_ms, item.to_ms, item.reason);
        list.items.iter().map(item).collect()
    }

    #[test]
    fn blockers_then_asks_then_the_rest_without_silence() {
        let mut first = answer(1, Some((0, 60_000)));
        first.silence = vec![(10_000, 15_000)];
        let mut second = answer(2, Some((0, 90_000)));
        second.cuts = vec![2_000, 30_000, 60_000];
        second.marks = vec![(Some(65_000), Reason::Blocker), (Some(31_000), Reason::Decision)];
        let mut third = answer(3, None);
        third.marks = vec![(None, Reason::Ask)];
        let list = playlist(&[first, second, third]);
        assert_eq!(
            shown(&list),
            [
                (2, 60_000, 90_000, Reason::Blocker),
                (3, 0, 0, Reason::Ask),
                (1, 0, 10_000, Reason::Answer),
                (1, 15_000, 60_000, Reason::Answer),
                (2, 0, 30_000, Reason::Answer),
                (2, 30_000, 60_000, Reason::Answer),
            ]
        );
        assert_eq!((list.total_ms, list.total_without_silence_ms), (150_000, 145_000));
    }

    prop_compose! {
        fn answers()(
            parts in proptest::collection::vec(
                (0_i64..5_000, 0_i64..60_000,
                 proptest::collection::vec((0_i64..60_000, 0_i64..60_000), 0..6),
                 proptest::collection::vec(0_i64..60_000, 0..4),
                 proptest::collection::vec((proptest::option::of(0_i64..60_000), 0_usize..3), 0..3)), 0..6)
        ) -> Vec<Answer> {
            (1_u128..).zip(parts).map(|(number, (start, length, silence, mut cuts, marks))| {
                cuts.sort_unstable();
                let reasons = [Reason::Blocker, Reason::Ask, Reason::Decision];
                Answer {
                    silence: ranges::unite(silence),
                    cuts,
                    marks: marks.into_iter().map(|(at, reason)| (at, reasons[reason])).collect(),
                    ..answer(number, (length > 0).then_some((start, start + length)))
                }
            }).collect()
        }
    }

    proptest! {
        #[test]
        fn everything_audible_is_played_once(answers in answers()) {
            let list = playlist(&answers);
            for one in &answers {
                let Some(span) = one.span else { continue };
                let mut mine: Vec<Range> = list.items.iter()
                    .filter(|item| item.update_id == one.update_id)
                    .map(|item| (item.from_ms, item.to_ms)).collect();
                let together = ranges::length(&mine);
                mine = ranges::unite(mine);
                prop_assert_eq!(ranges::length(&mine), together, "nothing twice");
                // What is not played is silence, and what is played lies within the update.
                let left_out = ranges::subtract(&ranges::unite([span]), &mine);
                prop_assert!(ranges::subtract(&left_out, &one.silence).is_empty());
                prop_assert_eq!(ranges::clip(&mine, span), mine);
            }
            let reasons: Vec<Reason> = list.items.iter().map(|item| item.reason).collect();
            prop_assert!(reasons.is_sorted());
            let mut turned = answers.clone();
            turned.reverse();
            prop_assert_eq!(playlist(&turned), list);
        }
    }
}
