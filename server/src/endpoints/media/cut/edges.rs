//! What goes at the edges: samples of the first and the last segment outside of the span.

use std::ops::Range;

use super::fragment::{Fragment, Run, Sample};
use super::init::{Init, Track};
use super::ticks;

/// A segment whose head was written anew.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::endpoints::media) struct Cut {
    /// `moof` and the head of `mdat`.
    pub(in crate::endpoints::media) head: Vec<u8>,
    /// What follows, in ranges of the stored segment.
    pub(in crate::endpoints::media) bytes: Vec<Range<u64>>,
    /// Where each track begins (number and ticks of its own time), when the span's start is in this segment.
    pub(in crate::endpoints::media) starts: Vec<(u32, i64)>,
}

/// Leaves out what lies before `start_us` and behind `end_us` (`None`: not in this segment).
pub(in crate::endpoints::media) fn cut(
    init: &Init<'_>,
    mut fragment: Fragment,
    start_us: Option<i64>,
    end_us: Option<i64>,
) -> Cut {
    let track_of = |run: &Run| init.tracks.iter().find(|track| track.number == run.track).copied();
    if let Some(end_us) = end_us {
        for run in &mut fragment.runs {
            if let Some(track) = track_of(run) {
                end_at(run, track, end_us);
            }
        }
    }
    let mut starts = Vec::new();
    if let Some(start_us) = start_us {
        let mut zero_us = start_us;
        // Pictures first: sound begins where the squeezed ones do.
        fragment.runs.sort_by_key(|run| track_of(run).is_none_or(|track| !track.is_picture));
        let alone = !init.tracks.iter().any(|track| track.is_picture);
        for run in &mut fragment.runs {
            let Some(track) = track_of(run) else { continue };
            if track.is_picture {
                let start = squeeze(run, ticks(start_us, track.rate) + track.start);
                zero_us -=
                    (ticks(start_us, track.rate) + track.start - start) * 1_000_000 / i64::from(track.rate);
                starts.push((track.number, start));
            } else {
                let zero = ticks(zero_us, track.rate) + track.start;
                drop_before(run, zero);
                starts.push((track.number, if alone { run.decode_time } else { zero }));
            }
        }
        // A track without a sample here begins all the same.
        for track in &init.tracks {
            if !starts.iter().any(|(number, _)| *number == track.number) {
                starts.push((track.number, ticks(zero_us, track.rate) + track.start));
            }
        }
    }
    fragment.runs.retain(|run| !run.samples.is_empty());
    fragment.runs.sort_by_key(|run| run.track);
    let bytes = fragment.runs.iter().map(|run| run.bytes.clone()).collect();
    Cut { head: fragment.write(), bytes, starts }
}

/// Decode time of each sample.
fn decode_times(run: &Run) -> Vec<i64> {
    let mut at = run.decode_time;
    let next = |sample: &Sample| {
        let here = at;
        at += i64::from(sample.duration);
        here
    };
    run.samples.iter().map(next).collect()
}

/// Pictures before `from` (presentation ticks) are squeezed into the ticks before it; the last of them stands from
/// there on until the next one. Returns where the first of them is now.
fn squeeze(run: &mut Run, from: i64) -> i64 {
    let times = decode_times(run);
    let end = run.decode_time + run.samples.iter().map(|s| i64::from(s.duration)).sum::<i64>();
    let mut shown: Vec<i64> =
        run.samples.iter().zip(&times).map(|(sample, at)| at + i64::from(sample.offset)).collect();
    let mut hidden: Vec<usize> =
        (0..shown.len()).filter(|at| shown.get(*at).is_some_and(|s| *s < from)).collect();
    if hidden.is_empty() {
        return from;
    }
    hidden.sort_by_key(|at| shown.get(*at).copied());
    let taken = shown.contains(&from);
    let count = i64::try_from(hidden.len()).unwrap_or(0);
    let first = (if taken { from } else { from + 1 }) - count;
    // How far decoding runs ahead of showing, in pictures.
    let mut ahead = 0;
    for (rank, at) in hidden.iter().enumerate() {
        let rank = i64::try_from(rank).unwrap_or(0);
        ahead = ahead.max(i64::try_from(*at).unwrap_or(0) - rank);
        if let Some(shown) = shown.get_mut(*at) {
            *shown = first + rank;
        }
    }
    let lowest = first - ahead;
    let decoded: Vec<i64> =
        times.iter().zip(lowest..).map(|(own, squeezed)| (*own).max(squeezed).max(0)).collect();
    let ends = decoded.iter().skip(1).copied().chain([end]);
    for (((sample, at), end), shown) in run.samples.iter_mut().zip(&decoded).zip(ends).zip(shown) {
        sample.duration = u32::try_from((end - at).max(1)).unwrap_or(u32::MAX);
        sample.offset = i32::try_from(shown - at).unwrap_or(0);
    }
    run.decode_time = decoded.first().copied().unwrap_or(run.decode_time);
    first
}

/// Sound that begins before `from` (ticks) goes.
fn drop_before(run: &mut Run, from: i64) {
    let count = decode_times(run).into_iter().take_while(|at| *at < from).count();
    for gone in run.samples.drain(..count) {
        run.decode_time += i64::from(gone.duration);
        run.bytes.start += u64::from(gone.size);
    }
}

/// Samples behind the end go; of pictures those that others are decoded from stay.
fn end_at(run: &mut Run, track: Track, end_us: i64) {
    let end = ticks(end_us, track.rate);
    let times = decode_times(run);
    let inside = |(sample, at): (&Sample, &i64)| {
        let shown = at + i64::from(sample.offset) - track.start;
        if track.is_picture { shown < end } else { shown + i64::from(sample.duration) / 2 <= end }
    };
    let kept = run.samples.iter().zip(&times).rposition(inside).map_or(0, |last| last + 1);
    let gone: u64 = run.samples.drain(kept..).map(|sample| u64::from(sample.size)).sum();
    run.bytes.end -= gone;
    if let (Some(last), Some(at), true) =
        (run.samples.last_mut(), times.get(kept.saturating_sub(1)), track.is_picture)
    {
        let left = end - (at + i64::from(last.offset) - track.start);
        last.duration = u32::try_from(left.max(1)).unwrap_or(u32::MAX).min(last.duration.max(1));
    }
}

#[cfg(test)]
mod tests {
    use meridian_domain::mp4;

    use super::*;

    const KEY: u32 = 0x0200_0000;

    fn run(track: u32, decode_time: i64, samples: Vec<(u32, i32)>) -> Run {
        let samples: Vec<Sample> = samples
            .into_iter()
            .map(|(duration, offset)| Sample { duration, size: 10, flags: KEY, offset })
            .collect();
        let length = samples.len() as u64 * 10;
        Run { track, decode_time, samples, bytes: 500..500 + length }
    }

    fn shown(run: &Run) -> Vec<i64> {
        decode_times(run).iter().zip(&run.samples).map(|(at, s)| at + i64::from(s.offset)).collect()
    }

    #[test]
    fn pictures_before_the_start_stand_right_before_it_and_the_last_stays_on() {
        // Ten pictures a second, from 4 s on; the start is at 4.25 s.
        let mut pictures = run(1, 360_000, vec![(9_000, 0); 10]);
        let start = squeeze(&mut pictures, 382_500);
        assert_eq!(start, 382_498);
        assert_eq!(shown(&pictures)[..4], [382_498, 382_499, 382_500, 387_000]);
        // What follows begins where it did.
        let end: i64 = decode_times(&pictures).last().unwrap() + i64::from(pictures.samples[9].duration);
        assert_eq!(end, 450_000);
        assert_eq!(pictures.bytes, 500..600);
    }

    #[test]
    fn pictures_out_of_order_keep_their_order() {
        // Decoded I P B B P B B, shown I B B P B B P, a tick of 3000.
        let offsets = [3_000, 9_000, 0, 0, 9_000, 0, 0];
        let mut pictures = run(1, 0, offsets.iter().map(|offset| (3_000, *offset)).collect());
        let before = shown(&pictures);
        let from = 9_000;
        let start = squeeze(&mut pictures, from);
        let after = shown(&pictures);
        let order = |shown: &[i64]| {
            let mut at: Vec<usize> = (0..shown.len()).collect();
            at.sort_by_key(|i| shown[*i]);
            at
        };
        assert_eq!(order(&before), order(&after), "{before:?} {after:?}");
        assert!(after.iter().all(|at| *at >= start), "{start} {after:?}");
        let times = decode_times(&pictures);
        assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
        assert!(times.iter().zip(&after).all(|(decoded, shown)| decoded <= shown), "{times:?} {after:?}");
        // What is at the start or behind it is where it was.
        let kept: Vec<_> = before.iter().zip(&after).filter(|(b, _)| **b >= from).collect();
        assert!(kept.iter().all(|(before, after)| before == after), "{kept:?}");
    }

    #[test]
    fn sound_outside_goes() {
        let mut sound = run(2, 0, vec![(1_024, 0); 47]);
        let track = Track { number: 2, rate: 48_000, is_picture: false, start: 0 };
        drop_before(&mut sound, 10_000);
        assert_eq!((sound.decode_time, sound.bytes.start), (10_240, 600));
        end_at(&mut sound, track, 500_000);
        let end = sound.decode_time + 1_024 * i64::try_from(sound.samples.len()).unwrap();
        assert!((24_000 - end).abs() <= 512, "{end}");
        assert_eq!(sound.bytes.end - sound.bytes.start, sound.samples.len() as u64 * 10);
    }

    #[test]
    fn the_last_picture_ends_with_the_span() {
        let mut pictures = run(1, 0, vec![(9_000, 0); 10]);
        let track = Track { number: 1, rate: 90_000, is_picture: true, start: 0 };
        end_at(&mut pictures, track, 350_000);
        assert_eq!(pictures.samples.len(), 4);
        assert_eq!(pictures.samples[3].duration, 4_500);
    }

    #[test]
    fn what_is_written_reads_back() {
        let fragment = Fragment::read(
            &Fragment::read(&written(&[run(1, 7, vec![(3, -1), (4, 2)]), run(2, 9, vec![(5, 0)])]))
                .unwrap()
                .write(),
        );
        let fragment = fragment.unwrap();
        assert_eq!(fragment.runs[0].samples, run(1, 7, vec![(3, -1), (4, 2)]).samples);
        assert_eq!(fragment.runs[1].decode_time, 9);
        assert_eq!(fragment.runs[1].bytes.start, fragment.runs[0].bytes.end);
    }

    fn written(runs: &[Run]) -> Vec<u8> {
        let mut first = Fragment::read(
            &[&mp4::put(*b"moof", &[&mp4::put(*b"mfhd", &[&mp4::words(&[0, 1])])])[..], &[]].concat(),
        )
        .unwrap();
        first.runs = runs.to_vec();
        first.write()
    }
}
