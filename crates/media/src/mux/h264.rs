//! H.264 elementary streams as MP4 wants them: parameter sets, NAL units, codec names.

pub(crate) mod sps;

/// The NAL unit type of a sequence parameter set (ITU-T H.264, table 7-1).
const NAL_SPS: u8 = 7;
/// Picture parameter set.
const NAL_PPS: u8 = 8;
/// Access unit delimiter.
const NAL_AUD: u8 = 9;

/// `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15, 5.3.3.1) and what is read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AvcConfig {
    /// The record as it goes into `avcC`.
    pub(crate) record: Vec<u8>,
    /// How NAL units follow each other in the source's packets.
    framing: Framing,
    /// Sequence parameter sets.
    pub(crate) sps: Vec<Vec<u8>>,
}

/// How NAL units follow each other in packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// Each behind its length of so many bytes.
    Lengths(usize),
    /// Each behind a start code.
    StartCodes,
}

impl AvcConfig {
    /// From a container's extra data, which should be a record; Chromium's
    /// recorder writes start codes into Matroska.
    pub(crate) fn from_extradata(extradata: &[u8]) -> Option<Self> {
        Self::from_record(extradata).or_else(|| Self::from_annex_b(extradata))
    }

    /// Reads a record as Matroska and MP4 carry it.
    fn from_record(record: &[u8]) -> Option<Self> {
        let [1, _, _, _, length_byte, count] = *record.first_chunk::<6>()? else { return None };
        let mut rest = record.get(6..)?;
        let mut sps = Vec::new();
        for _ in 0..count & 0x1f {
            let size = usize::from(u16::from_be_bytes(*rest.first_chunk::<2>()?));
            sps.push(rest.get(2..2 + size)?.to_vec());
            rest = rest.get(2 + size..)?;
        }
        if sps.is_empty() || rest.is_empty() {
            return None;
        }
        Some(Self {
            record: record.to_vec(),
            framing: Framing::Lengths(usize::from(length_byte & 3) + 1),
            sps,
        })
    }

    /// Makes a record from start-code separated parameter sets, as libx264 gives them.
    pub(crate) fn from_annex_b(extradata: &[u8]) -> Option<Self> {
        let of_kind = |kind| nal_units(extradata).filter(move |nal| nal_type(nal) == kind);
        let sps = of_kind(NAL_SPS).next()?;
        let pps = of_kind(NAL_PPS).next()?;
        let [_, profile, compatibility, level] = *sps.first_chunk::<4>()?;
        let mut record = vec![1, profile, compatibility, level, 0xff, 0xe1];
        record.extend(u16::try_from(sps.len()).ok()?.to_be_bytes());
        record.extend(sps);
        record.push(1);
        record.extend(u16::try_from(pps.len()).ok()?.to_be_bytes());
        record.extend(pps);
        if matches!(profile, 100 | 110 | 122 | 144) {
            // 4:2:0, 8 bits luma and chroma, no extension.
            record.extend([0xfd, 0xf8, 0xf8, 0]);
        }
        Some(Self { record, framing: Framing::StartCodes, sps: vec![sps.to_vec()] })
    }

    /// RFC 6381 name: `avc1.64001f`.
    pub(crate) fn codec_string(&self) -> String {
        match self.record.get(1..4) {
            Some([profile, compatibility, level]) => {
                format!("avc1.{profile:02x}{compatibility:02x}{level:02x}")
            }
            _ => "avc1".to_owned(),
        }
    }

    /// The same with the parameter sets of a packet, when it carries both kinds.
    pub(crate) fn of_packet(&self, packet: &[u8]) -> Option<Self> {
        let sets = |nals: &mut dyn Iterator<Item = &[u8]>| -> Vec<u8> {
            let sets = nals.filter(|nal| matches!(nal_type(nal), NAL_SPS | NAL_PPS));
            sets.flat_map(|nal| [&[0, 0, 1], nal].concat()).collect()
        };
        let found = match self.framing {
            Framing::Lengths(bytes) => sets(&mut length_prefixed(packet, bytes)),
            Framing::StartCodes => sets(&mut nal_units(packet)),
        };
        Self::from_annex_b(&found).map(|config| Self { framing: self.framing, ..config })
    }

    /// Parameter sets as they stand in front of a key frame whose init bytes may be another's: a rendition whose
    /// format changes on the way can be read as one file then.
    pub(crate) fn in_band(extradata: &[u8]) -> Vec<u8> {
        let sets = nal_units(extradata).filter(|nal| matches!(nal_type(nal), NAL_SPS | NAL_PPS));
        let prefixed = |nal: &[u8]| {
            let length = u32::try_from(nal.len()).unwrap_or(0);
            [&length.to_be_bytes(), nal].concat()
        };
        sets.flat_map(prefixed).collect()
    }

    /// Whether a packet carries a sequence parameter set that is not in the record:
    /// the picture's size or format may change here.
    pub(crate) fn packet_changes_it(&self, packet: &[u8]) -> bool {
        let new = |nal: &[u8]| nal_type(nal) == NAL_SPS && !self.sps.iter().any(|known| known == nal);
        match self.framing {
            Framing::Lengths(bytes) => length_prefixed(packet, bytes).any(new),
            Framing::StartCodes => nal_units(packet).any(new),
        }
    }

    /// A packet of the source as it goes into `mdat`.
    pub(crate) fn to_mdat(&self, packet: &[u8]) -> Vec<u8> {
        match self.framing {
            Framing::Lengths(_) => packet.to_vec(),
            Framing::StartCodes => to_length_prefixed(packet),
        }
    }
}

fn nal_type(nal: &[u8]) -> u8 {
    nal.first().map_or(0, |byte| byte & 0x1f)
}

/// NAL units separated by start codes (ITU-T H.264, annex B).
fn nal_units(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = after_start_code(bytes);
    std::iter::from_fn(move || {
        let current = rest?;
        let end = current.windows(3).position(|three| three == [0, 0, 1]);
        rest = after_start_code(current);
        let nal = end.and_then(|end| current.get(..end)).unwrap_or(current);
        let used = nal.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        nal.get(..used)
    })
    .filter(|nal| !nal.is_empty())
}

fn after_start_code(bytes: &[u8]) -> Option<&[u8]> {
    let at = bytes.windows(3).position(|three| three == [0, 0, 1])?;
    bytes.get(at + 3..)
}

/// NAL units with a length in front; ends at the first that does not fit.
fn length_prefixed(bytes: &[u8], length_bytes: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let prefix = rest.get(..length_bytes)?;
        let length = prefix.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
        let nal = rest.get(length_bytes..length_bytes.checked_add(length)?)?;
        rest = rest.get(length_bytes + length..)?;
        Some(nal)
    })
}

/// A packet with four-byte lengths instead of start codes. Parameter
/// sets and delimiters are left out: they are in the init bytes.
pub(crate) fn to_length_prefixed(packet: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(packet.len() + 8);
    for nal in nal_units(packet) {
        if matches!(nal_type(nal), NAL_SPS | NAL_PPS | NAL_AUD) {
            continue;
        }
        let Ok(length) = u32::try_from(nal.len()) else { continue };
        out.extend(length.to_be_bytes());
        out.extend(nal);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTRADATA: &[u8] = &[0, 0, 0, 1, 0x67, 0x64, 0, 0x1f, 0xac, 0, 0, 1, 0x68, 0xee, 0x3c];

    #[test]
    fn parameter_sets_become_a_record_that_reads_back() {
        let config = AvcConfig::from_annex_b(EXTRADATA).unwrap();
        assert_eq!(config.codec_string(), "avc1.64001f");
        let again = AvcConfig::from_extradata(&config.record).unwrap();
        assert_eq!((&again.record, &again.sps), (&config.record, &config.sps));
        assert_eq!(AvcConfig::from_extradata(EXTRADATA).unwrap(), config);
        assert_eq!(again.sps, vec![vec![0x67, 0x64, 0, 0x1f, 0xac]]);
        assert!(AvcConfig::from_record(&config.record[..9]).is_none());
        assert!(AvcConfig::from_annex_b(&EXTRADATA[..6]).is_none());
    }

    #[test]
    fn packets_lose_start_codes_and_parameter_sets() {
        let packet = [0, 0, 0, 1, 9, 0xf0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x65, 7, 8, 0, 0, 0, 1, 0x41, 5];
        assert_eq!(to_length_prefixed(&packet), [0, 0, 0, 3, 0x65, 7, 8, 0, 0, 0, 2, 0x41, 5]);
    }

    #[test]
    fn parameter_sets_travel_with_a_key_frame() {
        let first = AvcConfig::from_annex_b(EXTRADATA).unwrap();
        let other = [0, 0, 0, 1, 0x67, 0x64, 0, 0x1e, 0xad, 0, 0, 1, 0x68, 0xee, 0x3d];
        let packet = [AvcConfig::in_band(&other), vec![0, 0, 0, 2, 0x65, 1]].concat();
        let reader = AvcConfig::from_record(&first.record).unwrap();
        assert!(reader.packet_changes_it(&packet));
        let changed = reader.of_packet(&packet).unwrap();
        assert_eq!(changed.record, AvcConfig::from_annex_b(&other).unwrap().record);
        assert!(!changed.packet_changes_it(&packet));
        assert_eq!(changed.to_mdat(&packet), packet);
        assert!(reader.of_packet(&packet[packet.len() - 6..]).is_none());
    }

    #[test]
    fn another_parameter_set_in_a_packet_is_seen() {
        let codes = AvcConfig::from_annex_b(EXTRADATA).unwrap();
        assert!(!codes.packet_changes_it(EXTRADATA));
        assert!(codes.packet_changes_it(&[0, 0, 1, 0x67, 0x64, 0, 0x1e, 0xac]));
        assert_eq!(codes.to_mdat(&[0, 0, 1, 0x65, 1]), [0, 0, 0, 2, 0x65, 1]);
        let config = AvcConfig::from_record(&codes.record).unwrap();
        assert!(!config.packet_changes_it(&[0, 0, 0, 2, 0x65, 1]));
        assert!(!config.packet_changes_it(&[0, 0, 0, 5, 0x67, 0x64, 0, 0x1f, 0xac, 0, 0, 0, 2, 0x65, 1]));
        assert!(config.packet_changes_it(&[0, 0, 0, 5, 0x67, 0x64, 0, 0x1e, 0xac]));
        assert!(
            !config.packet_changes_it(&[0xff, 0xff, 0xff, 0xff, 0x67]),
            "a length beyond the packet ends it"
        );
    }
}
