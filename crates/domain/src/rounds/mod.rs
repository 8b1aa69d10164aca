//! What a round is made of, without the database: who stands how, when it closes, what is played in which order, and
//! what it saved.

pub mod playlist;
pub mod prompts;
pub mod summary;

use crate::enums::AnswerState;
use crate::ranges::Range;

/// Words that somebody reads in a minute (the middle of what studies on English prose find, 200 to 260).
const WORDS_A_MINUTE: i64 = 230;

/// How somebody who is expected stands. An answer counts for more than being out; instants are milliseconds.
pub fn answer_state(answered_at: Option<i64>, due_at: i64, excused: bool, away: bool) -> AnswerState {
    match answered_at {
        Some(at) if at <= due_at => AnswerState::Answered,
        Some(_) => AnswerState::Late,
        None if excused => AnswerState::Excused,
        None if away => AnswerState::Away,
        None => AnswerState::Waiting,
    }
}

/// When a round closes: with the last window of those who are neither excused nor away. With nobody left it is the
/// last opening of all, so that nobody's window is cut before it began.
pub fn closes_at(windows: &[Window]) -> Option<i64> {
    let counted = windows.iter().filter(|window| !window.out).map(|window| window.due_at);
    counted.max().or_else(|| windows.iter().map(|window| window.opens_at).max())
}

/// Somebody's time to answer, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it opens.
    pub opens_at: i64,
    /// When it ends.
    pub due_at: i64,
    /// Excused or away: it is not waited for.
    pub out: bool,
}

/// When the window that opens at an instant ends: elapsed time, whatever clocks do.
pub fn due_at(opens_at_ms: i64, open_for_minutes: i64) -> i64 {
    opens_at_ms.saturating_add(open_for_minutes.saturating_mul(60_000))
}

/// Meeting minutes that a round stands for: what the meeting took everybody together.
pub fn meeting_minutes(replaced_minutes: i64, people: usize) -> i64 {
    replaced_minutes.saturating_mul(i64::try_from(people).unwrap_or(i64::MAX))
}

/// How long reading takes, in milliseconds.
pub fn reading_ms(words: i64) -> i64 {
    words.max(0).saturating_mul(60_000) / WORDS_A_MINUTE
}

/// Milliseconds as whole minutes, begun ones counted.
pub fn minutes(ms: i64) -> i64 {
    ms.max(0).div_euclid(60_000) + i64::from(ms.rem_euclid(60_000) > 0 && ms > 0)
}

/// The parts of a span that are not silence, as they are played: short silences stay, slivers of sound go with their
/// neighbours.
pub fn audible(span: Range, silence: &[Range]) -> Vec<Range> {
    let long: Vec<Range> = silence
        .iter()
        .copied()
        .filter(|(start, end)| end.saturating_sub(*start) > SHORTEST_SKIP_MS)
        .collect();
    crate::ranges::subtract(&crate::ranges::unite([span]), &crate::ranges::unite(long))
}

/// Silences up to this long are not skipped: a jump costs as much.
const SHORTEST_SKIP_MS: i64 = 400;

#[cfg(test)]
mod tests {
    use super::*;

    const fn window(opens_at: i64, due_at: i64, out: bool) -> Window {
        Window { opens_at, due_at, out }
    }

    #[test]
    fn an_answer_counts_for_more_than_being_out() {
        assert_eq!(answer_state(Some(5), 5, true, true), AnswerState::Answered);
        assert_eq!(answer_state(Some(6), 5, true, false), AnswerState::Late);
        assert_eq!(answer_state(None, 5, true, true), AnswerState::Excused);
        assert_eq!(answer_state(None, 5, false, true), AnswerState::Away);
        assert_eq!(answer_state(None, 5, false, false), AnswerState::Waiting);
    }

    #[test]
    fn the_round_follows_the_sun() {
        let all = [window(0, 10, false), window(20, 30, false), window(40, 50, true)];
        assert_eq!(closes_at(&all), Some(30));
        assert_eq!(closes_at(&[window(0, 10, true), window(20, 30, true)]), Some(20));
        assert_eq!(closes_at(&[]), None);
    }

    #[test]
    fn minutes_are_whole() {
        assert_eq!((minutes(0), minutes(1), minutes(60_000), minutes(60_001)), (0, 1, 1, 2));
        assert_eq!((meeting_minutes(15, 8), reading_ms(230), reading_ms(-1)), (120, 60_000, 0));
    }

    #[test]
    fn short_silences_stay() {
        assert_eq!(audible((0, 10_000), &[(1_000, 1_300), (2_000, 4_000)]), [(0, 2_000), (4_000, 10_000)]);
        assert_eq!(audible((0, 1_000), &[(0, 1_000)]), []);
    }
}
