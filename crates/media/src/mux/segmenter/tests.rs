//! Where segments begin and end.

use super::*;

fn picture(seconds: f64, key: bool) -> Sample {
    #[expect(clippy::cast_possible_truncation, reason = "small test values")]
    let pts = (seconds * 90_000.0) as i64;
    Sample { dts: pts, pts, duration: 3000, key, data: vec![1; 10].into() }
}

fn sound(index: i64) -> Sample {
    Sample { dts: index * 1024, pts: index * 1024, duration: 1024, key: true, data: vec![2; 4].into() }
}

fn feed(segmenter: &mut Segmenter, seconds: u32, key_every: u32) {
    for frame in 0..seconds * 10 {
        segmenter.push_video(picture(f64::from(frame) / 10.0, frame % (key_every * 10) == 0));
    }
    for index in 0..=i64::from(seconds) * 48_000 / 1024 {
        segmenter.push_audio(sound(index));
    }
}

fn spans(cuts: &[Cut]) -> Vec<(i64, i64)> {
    cuts.iter().map(|cut| (cut.start_us / 1000, cut.duration_us / 1000)).collect()
}

#[test]
fn files_are_cut_at_key_frames_from_four_seconds_on() {
    let mut segmenter = Segmenter::new(CutRule::new(false), true, Some(48_000));
    feed(&mut segmenter, 11, 2);
    let mut cuts: Vec<Cut> = std::iter::from_fn(|| segmenter.next_cut()).collect();
    assert_eq!(spans(&cuts), [(0, 4000), (4000, 4000)]);
    segmenter.end_video();
    segmenter.end_audio();
    cuts.extend(std::iter::from_fn(|| segmenter.next_last()));
    assert_eq!(cuts.len(), 3);
    assert_eq!(cuts[2].start_us, 8_000_000);
    assert!((3_000_000..3_050_000).contains(&cuts[2].duration_us));
    assert!(cuts.iter().all(|cut| cut.independent && !cut.discontinuity && cut.init == 0));
    assert!(segmenter.next_last().is_none());
}

#[test]
fn a_segment_waits_for_its_sound_but_not_for_ever() {
    let mut segmenter = Segmenter::new(CutRule::new(true), true, Some(48_000));
    for frame in 0..=40 {
        segmenter.push_video(picture(f64::from(frame) / 10.0, frame % 20 == 0));
    }
    // Sound is at zero, pictures at four seconds: beyond the lag of a live recorder.
    assert_eq!(spans(&[segmenter.next_cut().unwrap()]), [(0, 2000)]);
    let mut patient = Segmenter::new(CutRule::new(false), true, Some(48_000));
    for frame in 0..=60 {
        patient.push_video(picture(f64::from(frame) / 10.0, frame % 20 == 0));
    }
    assert!(patient.next_cut().is_none());
    for index in 0..188 {
        patient.push_audio(sound(index));
    }
    assert!(patient.next_cut().is_some());
}

#[test]
fn an_early_key_frame_saves_a_long_distance() {
    let mut segmenter = Segmenter::new(CutRule::new(false), true, None);
    for frame in 0..70 {
        let sample = picture(f64::from(frame) / 10.0, frame == 0 || frame == 35);
        assert!(!segmenter.is_overlong(sample.pts) || frame > 65, "{frame}");
        segmenter.push_video(sample);
    }
    assert_eq!(spans(&[segmenter.next_cut().unwrap()]), [(0, 3500)]);
}

#[test]
fn a_distance_without_key_frame_is_replaced_behind_a_discontinuity() {
    let mut segmenter = Segmenter::new(CutRule::new(false), true, None);
    let mut frame = 0;
    loop {
        let sample = picture(f64::from(frame) / 10.0, frame == 0 || frame == 40);
        if segmenter.is_overlong(sample.pts) {
            break;
        }
        segmenter.push_video(sample);
        frame += 1;
    }
    assert_eq!(frame, 105);
    assert_eq!(segmenter.open_key_pts(), Some(4 * 90_000));
    segmenter.replace_open_video();
    for frame in 40..90 {
        segmenter.push_video(picture(f64::from(frame) / 10.0, frame % 40 == 0));
    }
    segmenter.end_video();
    let cuts: Vec<Cut> = std::iter::from_fn(|| segmenter.next_last()).collect();
    assert_eq!(spans(&cuts)[..2], [(0, 4000), (4000, 4000)]);
    assert_eq!(cuts.iter().map(|cut| cut.init).collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!(cuts.iter().map(|cut| cut.discontinuity).collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn sound_only_is_cut_by_its_own_clock() {
    let mut segmenter = Segmenter::new(CutRule::new(false), false, Some(48_000));
    for index in 0..500 {
        segmenter.push_audio(sound(index));
    }
    segmenter.end_audio();
    let cuts: Vec<Cut> = std::iter::from_fn(|| segmenter.next_last()).collect();
    let total: i64 = cuts.iter().map(|cut| cut.duration_us).sum();
    assert_eq!(cuts.len(), 3);
    assert!((total - 500 * 1024 * 1_000_000 / 48_000).abs() < 2000, "{total}");
}

#[test]
fn sound_after_the_last_picture_keeps_the_longest_length() {
    let mut segmenter = Segmenter::new(CutRule::new(false), true, Some(48_000));
    segmenter.push_video(picture(0.0, true));
    for index in 0..1000 {
        segmenter.push_audio(sound(index));
    }
    segmenter.end_video();
    segmenter.end_audio();
    let cuts: Vec<Cut> = std::iter::from_fn(|| segmenter.next_last()).collect();
    assert!(cuts.iter().all(|cut| cut.duration_us <= 6_500_000), "{:?}", spans(&cuts));
    assert_eq!(cuts.iter().map(|cut| cut.duration_us).sum::<i64>() / 1000, 21_333);
}
