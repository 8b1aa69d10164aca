//! A fragment's head (`moof`): which samples it holds, and where their bytes are.

use std::ops::Range;

use meridian_domain::mp4::{boxes, find, number, put, words};

/// One coded picture or piece of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// Length in ticks.
    pub(super) duration: u32,
    /// Its size in bytes.
    pub(super) size: u32,
    /// As they stand.
    pub(super) flags: u32,
    /// Presentation minus decode time in ticks.
    pub(super) offset: i32,
}

/// The samples of one track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) track: u32,
    /// Of the first sample, in ticks.
    pub(super) decode_time: i64,
    pub(super) samples: Vec<Sample>,
    /// Where their bytes are in the segment, without a gap.
    pub(super) bytes: Range<u64>,
}

/// A segment's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::endpoints::media) struct Fragment {
    number: u32,
    pub(super) runs: Vec<Run>,
}

/// How long the head of a segment is, by its first bytes.
pub(in crate::endpoints::media) fn moof_size(first: &[u8]) -> Option<u64> {
    (first.get(4..8)? == b"moof").then(|| number(first, 0).map(u64::from)).flatten()
}

impl Fragment {
    /// `None` for what the worker does not write.
    pub(in crate::endpoints::media) fn read(segment: &[u8]) -> Option<Self> {
        let moof = find(segment, *b"moof")?;
        let trafs = boxes(moof).filter(|(kind, _)| kind == b"traf");
        let runs: Option<Vec<Run>> = trafs.map(|(_, traf)| run(traf)).collect();
        Some(Self { number: number(find(moof, *b"mfhd")?, 4)?, runs: runs? })
    }

    /// The head, and that of the `mdat` behind it; where the runs' bytes are has no meaning here, they follow one
    /// behind the other.
    pub(super) fn write(&self) -> Vec<u8> {
        let size = self.moof(&[]).len();
        let mut at = size + 8;
        let mut offsets = Vec::with_capacity(self.runs.len());
        for run in &self.runs {
            offsets.push(u32::try_from(at).unwrap_or(u32::MAX));
            at += usize::try_from(run.bytes.end - run.bytes.start).unwrap_or(0);
        }
        let mut out = self.moof(&offsets);
        out.extend(u32::try_from(at - size).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(b"mdat");
        out
    }

    fn moof(&self, offsets: &[u32]) -> Vec<u8> {
        let mut content = put(*b"mfhd", &[&words(&[0, self.number])]);
        for (at, run) in self.runs.iter().enumerate() {
            let offset = offsets.get(at).copied().unwrap_or(0);
            let count = u32::try_from(run.samples.len()).unwrap_or(u32::MAX);
            // Data offset; each sample has duration, size, flags and a signed offset.
            let mut table = words(&[0x0100_0f01, count, offset]);
            for sample in &run.samples {
                table.extend(words(&[sample.duration, sample.size, sample.flags]));
                table.extend(sample.offset.to_be_bytes());
            }
            let time = [words(&[0x0100_0000]), run.decode_time.max(0).to_be_bytes().to_vec()].concat();
            content.extend(put(
                *b"traf",
                &[
                    &put(*b"tfhd", &[&words(&[0x02_0000, run.track])]),
                    &put(*b"tfdt", &[&time]),
                    &put(*b"trun", &[&table]),
                ],
            ));
        }
        put(*b"moof", &[&content])
    }
}

fn run(traf: &[u8]) -> Option<Run> {
    let (tfhd, tfdt, trun) = (find(traf, *b"tfhd")?, find(traf, *b"tfdt")?, find(traf, *b"trun")?);
    let plain = number(tfhd, 0)? == 0x02_0000 && number(tfdt, 0)? == 0x0100_0000;
    if !plain || number(trun, 0)? != 0x0100_0f01 {
        return None;
    }
    let count = usize::try_from(number(trun, 4)?).ok()?;
    let (entries, _) = trun.get(12..)?.as_chunks::<16>();
    let samples: Vec<Sample> = entries.get(..count)?.iter().filter_map(|entry| sample(entry)).collect();
    let start = u64::from(number(trun, 8)?);
    let length: u64 = samples.iter().map(|sample| u64::from(sample.size)).sum();
    Some(Run {
        track: number(tfhd, 4)?,
        decode_time: i64::from_be_bytes(*tfdt.get(4..)?.first_chunk()?),
        samples,
        bytes: start..start + length,
    })
}

fn sample(entry: &[u8]) -> Option<Sample> {
    Some(Sample {
        duration: number(entry, 0)?,
        size: number(entry, 4)?,
        flags: number(entry, 8)?,
        offset: i32::from_be_bytes(*entry.get(12..)?.first_chunk()?),
    })
}
