//! Writes fragmented MP4 (ISO/IEC 14496-12, CMAF): init bytes and fragments.
//!
//! Written here rather than by ffmpeg's muxer because every cut, time and
//! offset must be exactly ours, and because it needs no seeking and no file.

use super::sample::{AudioTrack, VideoTrack};
use meridian_domain::mp4::{put, words};

/// Ticks a second of video tracks.
pub(crate) const VIDEO_TICKS: u32 = 90_000;

/// Sample flags: a picture that depends on nothing (key frame).
const FLAGS_KEY: u32 = 0x0200_0000;
/// Sample flags: depends on others, no entry point.
const FLAGS_OTHER: u32 = 0x0101_0000;

/// One sample as it stands in a fragment.
pub(crate) struct FragmentSample<'a> {
    /// Length in ticks of its track.
    pub(crate) duration: u32,
    /// Presentation minus decode time in ticks.
    pub(crate) composition_offset: i32,
    /// Is an entry point.
    pub(crate) key: bool,
    /// Its bytes.
    pub(crate) data: &'a [u8],
}

/// The samples of one track in a fragment.
pub(crate) struct Run<'a> {
    /// Track number as in the init bytes.
    pub(crate) track: u32,
    /// Decode time of the first sample in ticks.
    pub(crate) decode_time: u64,
    /// In decode order.
    pub(crate) samples: Vec<FragmentSample<'a>>,
}

fn put_full(kind: [u8; 4], version: u8, flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    let [_, a, b, c] = flags.to_be_bytes();
    let head = [version, a, b, c];
    let mut all: Vec<&[u8]> = vec![&head];
    all.extend(parts);
    put(kind, &all)
}

/// `ftyp` and `moov` for the tracks; video is track 1 when present. Pictures
/// before `video_start` ticks of the track's own time come before zero.
pub(crate) fn init(video: Option<&VideoTrack>, video_start: i64, audio: Option<&AudioTrack>) -> Vec<u8> {
    let mut out = put(*b"ftyp", &[b"iso6", &0_u32.to_be_bytes(), b"iso6cmfcmp41"]);
    let audio_number = audio_track_number(video.is_some());
    let video_box = video.map(|track| video_trak(track, video_start)).unwrap_or_default();
    let audio_box = audio.map(|track| audio_trak(track, audio_number)).unwrap_or_default();
    let mut extends = Vec::new();
    if video.is_some() {
        extends.extend(trex(1));
    }
    if audio.is_some() {
        extends.extend(trex(audio_number));
    }
    let mvhd = mvhd(audio_number + 1);
    out.extend(put(*b"moov", &[&mvhd, &video_box, &audio_box, &put(*b"mvex", &[&extends])]));
    out
}

/// The number of the audio track: 2 beside video, else 1.
pub(crate) fn audio_track_number(beside_video: bool) -> u32 {
    if beside_video { 2 } else { 1 }
}

const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

fn mvhd(next_track: u32) -> Vec<u8> {
    let head = words(&[0, 0, 1000, 0, 0x1_0000, 0x0100_0000, 0, 0]);
    let tail = words(&[0, 0, 0, 0, 0, 0, next_track]);
    put_full(*b"mvhd", 0, 0, &[&head, &words(&MATRIX), &tail])
}

fn trex(track: u32) -> Vec<u8> {
    put_full(*b"trex", 0, 0, &[&words(&[track, 1, 0, 0, 0])])
}

fn tkhd(track: u32, volume: u32, width: u32, height: u32) -> Vec<u8> {
    let head = words(&[0, 0, track, 0, 0, 0, 0, 0, volume << 16]);
    put_full(*b"tkhd", 0, 7, &[&head, &words(&MATRIX), &words(&[width << 16, height << 16])])
}

fn mdia(ticks: u32, handler: &[u8], name: &[u8], header: &[u8], entry: &[u8]) -> Vec<u8> {
    // Language "und" (ISO 639-2/T packed).
    let mdhd = put_full(*b"mdhd", 0, 0, &[&words(&[0, 0, ticks, 0]), &[0x55, 0xc4, 0, 0]]);
    let hdlr = put_full(*b"hdlr", 0, 0, &[&[0; 4], handler, &[0; 12], name, &[0]]);
    let dref = put_full(*b"dref", 0, 0, &[&words(&[1]), &put_full(*b"url ", 0, 1, &[])]);
    let stsd = put_full(*b"stsd", 0, 0, &[&words(&[1]), entry]);
    let empty = |kind| put_full(kind, 0, 0, &[&words(&[0])]);
    let sizes = put_full(*b"stsz", 0, 0, &[&words(&[0, 0])]);
    let stbl = put(*b"stbl", &[&stsd, &empty(*b"stts"), &empty(*b"stsc"), &sizes, &empty(*b"stco")]);
    let minf = put(*b"minf", &[header, &put(*b"dinf", &[&dref]), &stbl]);
    put(*b"mdia", &[&mdhd, &hdlr, &minf])
}

fn video_trak(track: &VideoTrack, start: i64) -> Vec<u8> {
    let avcc = put(*b"avcC", &[&track.config.record]);
    let (horizontal, vertical) = track.pixel_aspect;
    let pasp = put(*b"pasp", &[&words(&[horizontal, vertical])]);
    let mut compressor = [0_u8; 32];
    let name = b"\x08Meridian";
    if let Some(start) = compressor.get_mut(..name.len()) {
        start.copy_from_slice(name);
    }
    let mut entry = Vec::new();
    // Reserved, data reference 1, pre-defined (ISO/IEC 14496-12, 12.1.3).
    entry.extend([0, 0, 0, 0, 0, 0, 0, 1]);
    entry.extend([0; 16]);
    entry.extend(track.width.to_be_bytes());
    entry.extend(track.height.to_be_bytes());
    entry.extend(words(&[0x48_0000, 0x48_0000, 0]));
    entry.extend(1_u16.to_be_bytes());
    entry.extend(compressor);
    entry.extend(0x18_u16.to_be_bytes());
    entry.extend([0xff, 0xff]);
    let entry = put(*b"avc1", &[&entry, &avcc, &pasp]);
    let header = put_full(*b"vmhd", 0, 1, &[&[0; 8]]);
    let display_width = u32::from(track.width) * horizontal / vertical.max(1);
    let tkhd = tkhd(1, 0, display_width, u32::from(track.height));
    put(*b"trak", &[&tkhd, &edit_list(start), &mdia(VIDEO_TICKS, b"vide", b"Video", &header, &entry)])
}

/// Moves a track's presentation back by what pictures out of order need to be
/// decoded early: the one use of edit lists that every player knows.
fn edit_list(start: i64) -> Vec<u8> {
    match u32::try_from(start) {
        Ok(start) if start > 0 => {
            put(*b"edts", &[&put_full(*b"elst", 0, 0, &[&words(&[1, 0, start, 0x1_0000])])])
        }
        _ => Vec::new(),
    }
}

fn audio_trak(track: &AudioTrack, number: u32) -> Vec<u8> {
    let mut entry = vec![0, 0, 0, 0, 0, 0, 0, 1];
    entry.extend([0; 8]);
    entry.extend(track.channels.to_be_bytes());
    entry.extend(16_u16.to_be_bytes());
    entry.extend([0; 4]);
    entry.extend((track.sample_rate << 16).to_be_bytes());
    let entry = put(*b"mp4a", &[&entry, &esds(track)]);
    let header = put_full(*b"smhd", 0, 0, &[&[0; 4]]);
    let tkhd = tkhd(number, 0x0100, 0, 0);
    put(*b"trak", &[&tkhd, &mdia(track.sample_rate, b"soun", b"Sound", &header, &entry)])
}

/// Elementary stream descriptor of AAC (ISO/IEC 14496-1, 7.2.6).
fn esds(track: &AudioTrack) -> Vec<u8> {
    let descriptor = |tag: u8, parts: &[&[u8]]| {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut out = vec![tag, u8::try_from(length).unwrap_or(0x7f)];
        for part in parts {
            out.extend(*part);
        }
        out
    };
    let specific = descriptor(5, &[&track.config]);
    let rates = words(&[track.bits_per_second, track.bits_per_second]);
    let decoder = descriptor(4, &[&[0x40, 0x15, 0, 0, 0], &rates, &specific]);
    let sync_layer = descriptor(6, &[&[2]]);
    put_full(*b"esds", 0, 0, &[&descriptor(3, &[&[0, 0, 0], &decoder, &sync_layer])])
}

/// One `moof` and its `mdat`. `number` counts from 1 within the rendition.
pub(crate) fn fragment(number: u32, runs: &[Run<'_>]) -> Vec<u8> {
    let mfhd = put_full(*b"mfhd", 0, 0, &[&words(&[number])]);
    // Sizes do not depend on the offsets in them: write twice.
    let empty_offsets = vec![0; runs.len()];
    let moof_size = moof(&mfhd, runs, &empty_offsets).len();
    let mut at = moof_size + 8;
    let mut offsets = Vec::with_capacity(runs.len());
    for run in runs {
        offsets.push(i32::try_from(at).unwrap_or(i32::MAX));
        at += run.samples.iter().map(|sample| sample.data.len()).sum::<usize>();
    }
    let mut out = moof(&mfhd, runs, &offsets);
    let mdat_size = at - moof_size;
    out.reserve_exact(mdat_size);
    out.extend(u32::try_from(mdat_size).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(b"mdat");
    for sample in runs.iter().flat_map(|run| &run.samples) {
        out.extend(sample.data);
    }
    out
}

fn moof(mfhd: &[u8], runs: &[Run<'_>], offsets: &[i32]) -> Vec<u8> {
    let trafs: Vec<u8> = runs.iter().zip(offsets).flat_map(|(run, offset)| traf(run, *offset)).collect();
    put(*b"moof", &[mfhd, &trafs])
}

fn traf(run: &Run<'_>, data_offset: i32) -> Vec<u8> {
    // default-base-is-moof
    let tfhd = put_full(*b"tfhd", 0, 0x02_0000, &[&words(&[run.track])]);
    let tfdt = put_full(*b"tfdt", 1, 0, &[&run.decode_time.to_be_bytes()]);
    let count = u32::try_from(run.samples.len()).unwrap_or(u32::MAX);
    let mut table = Vec::with_capacity(8 + 16 * run.samples.len());
    table.extend(count.to_be_bytes());
    table.extend(data_offset.to_be_bytes());
    for sample in &run.samples {
        table.extend(sample.duration.to_be_bytes());
        table.extend(u32::try_from(sample.data.len()).unwrap_or(u32::MAX).to_be_bytes());
        table.extend(if sample.key { FLAGS_KEY } else { FLAGS_OTHER }.to_be_bytes());
        table.extend(sample.composition_offset.to_be_bytes());
    }
    // Data offset; each sample has duration, size, flags and a signed offset.
    let trun = put_full(*b"trun", 1, 0x0f01, &[&table]);
    put(*b"traf", &[&tfhd, &tfdt, &trun])
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_domain::mp4::{boxes, find};

    #[test]
    fn a_fragment_points_at_the_bytes_of_each_track() {
        let sample = |data| FragmentSample { duration: 1024, composition_offset: -5, key: true, data };
        let runs = [
            Run { track: 1, decode_time: 90_000, samples: vec![sample(b"video"), sample(b"more")] },
            Run { track: 2, decode_time: 48_000, samples: vec![sample(b"sound")] },
        ];
        let bytes = fragment(3, &runs);
        let top: Vec<_> = boxes(&bytes).collect();
        assert_eq!(top.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [*b"moof", *b"mdat"]);
        assert_eq!(top[1].1, b"videomoresound");
        let trafs = boxes(top[0].1).filter(|(kind, _)| kind == b"traf");
        let expected: [&[u8]; 2] = [b"videomore", b"sound"];
        for ((_, traf), data) in trafs.zip(expected) {
            let trun = find(traf, *b"trun").unwrap();
            let offset = usize::try_from(u32::from_be_bytes(trun[8..12].try_into().unwrap())).unwrap();
            assert_eq!(&bytes[offset..offset + data.len()], data);
        }
    }
}
