//! Init bytes: which tracks there are, and the edit lists that say where each begins.

use meridian_domain::mp4::{boxes, find, find_path, number, put, words};

/// Ticks of `elst`, `mehd` and the like in the worker's files: milliseconds.
const MOVIE_TICKS: u32 = 1000;

/// A track as the init bytes describe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::endpoints::media) struct Track {
    /// Its number in fragments.
    pub(super) number: u32,
    /// Ticks a second.
    pub(super) rate: u32,
    /// Pictures; else sound.
    pub(super) is_picture: bool,
    /// Ticks of its own time that come before zero.
    pub(super) start: i64,
}

/// Init bytes (`ftyp moov`) of a rendition.
#[derive(Debug)]
pub(in crate::endpoints::media) struct Init<'a> {
    bytes: &'a [u8],
    pub(super) tracks: Vec<Track>,
}

impl<'a> Init<'a> {
    /// `None` for what the worker does not write.
    pub(in crate::endpoints::media) fn read(bytes: &'a [u8]) -> Option<Self> {
        let moov = find(bytes, *b"moov")?;
        let found = boxes(moov).filter(|(kind, _)| kind == b"trak");
        let tracks: Option<Vec<Track>> = found.map(|(_, content)| track(content)).collect();
        let tracks = tracks.filter(|tracks| !tracks.is_empty())?;
        (number(find(moov, *b"mvhd")?, 12)? == MOVIE_TICKS).then_some(Self { bytes, tracks })
    }

    /// The same for a file of `length_ms` in which each track begins at its `starts` (number and ticks).
    pub(in crate::endpoints::media) fn write(&self, length_ms: u32, starts: &[(u32, i64)]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len() + 200);
        for (kind, content) in boxes(self.bytes) {
            if &kind == b"moov" {
                out.extend(put(kind, &[&moov(content, length_ms, starts)]));
            } else {
                out.extend(put(kind, &[content]));
            }
        }
        out
    }
}

fn track(trak: &[u8]) -> Option<Track> {
    let start = match find_path(trak, &[*b"edts", *b"elst"]) {
        Some(list) => i64::from(number(list, 12)?),
        None => 0,
    };
    Some(Track {
        number: number(find(trak, *b"tkhd")?, 12)?,
        rate: number(find_path(trak, &[*b"mdia", *b"mdhd"])?, 12).filter(|rate| *rate > 0)?,
        is_picture: find_path(trak, &[*b"mdia", *b"hdlr"])?.get(8..12)? == b"vide",
        start,
    })
}

fn moov(content: &[u8], length_ms: u32, starts: &[(u32, i64)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (kind, content) in boxes(content) {
        match &kind {
            b"trak" => {
                let number = find(content, *b"tkhd").and_then(|tkhd| number(tkhd, 12));
                let start = starts.iter().find(|(track, _)| Some(*track) == number).map_or(0, |(_, at)| *at);
                out.extend(put(kind, &[&trak(content, length_ms, start)]));
            }
            b"mvex" => {
                // Said once for all, so that players know the length before they have read every fragment.
                let length = put(*b"mehd", &[&words(&[0, length_ms])]);
                out.extend(put(kind, &[&length, content]));
            }
            _ => out.extend(put(kind, &[content])),
        }
    }
    out
}

fn trak(content: &[u8], length_ms: u32, start: i64) -> Vec<u8> {
    let mut out = Vec::new();
    for (kind, content) in boxes(content).filter(|(kind, _)| kind != b"edts") {
        out.extend(put(kind, &[content]));
        if &kind == b"tkhd" {
            // Version 1: 64 bits, since a long recording's ticks do not fit into 31.
            let times = [u64::from(length_ms).to_be_bytes(), start.to_be_bytes()].concat();
            let entry = [words(&[0x0100_0000, 1]), times, words(&[0x1_0000])].concat();
            out.extend(put(*b"edts", &[&put(*b"elst", &[&entry])]));
        }
    }
    out
}
