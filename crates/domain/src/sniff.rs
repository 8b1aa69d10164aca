//! Tells audio and video containers by their first bytes, and nothing else.
//!
//! The name and the declared type of an upload say nothing. What is not on the
//! short list here never reaches a demuxer: playlists, manifests, scripts,
//! pictures and documents are refused by name, so that the user learns what
//! was found.

use std::fmt;

/// How many bytes are enough for a verdict.
pub const SNIFF_BYTES: usize = 64 * 1024;

/// A container that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// WebM or Matroska.
    Matroska,
    /// MP4, QuickTime, M4A or 3GP.
    Mp4,
    /// Ogg (Opus, Vorbis, FLAC).
    Ogg,
    /// MPEG audio, perhaps behind an ID3 tag.
    Mp3,
    /// RIFF or RF64 WAVE.
    Wav,
    /// FLAC.
    Flac,
    /// AAC in ADTS frames.
    Aac,
}

impl Container {
    /// Short name for logs and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matroska => "webm",
            Self::Mp4 => "mp4",
            Self::Ogg => "ogg",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Aac => "aac",
        }
    }

    /// The one demuxer of ffmpeg that may read it.
    pub fn demuxer(self) -> &'static str {
        match self {
            Self::Matroska => "matroska",
            Self::Mp4 => "mov",
            Self::Ogg => "ogg",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Aac => "aac",
        }
    }

    /// The media type under which the original is handed out.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Matroska => "video/webm",
            Self::Mp4 => "video/mp4",
            Self::Ogg => "audio/ogg",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Aac => "audio/aac",
        }
    }
}

/// The bytes are no media that we read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotMedia {
    /// What was found, in words: `a PDF document`.
    pub found: &'static str,
}

impl NotMedia {
    /// A sentence for users: what was found and what to do.
    pub fn detail(&self) -> String {
        format!(
            "This is {}, not an audio or video file that Meridian can read. Upload WebM, MP4, MOV, MKV, M4A, MP3, WAV, \
             FLAC, OGG or AAC.",
            self.found
        )
    }
}

impl fmt::Display for NotMedia {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail())
    }
}

impl std::error::Error for NotMedia {}

/// What is known and refused: (offset, magic, words).
const REFUSED: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF87a", "a GIF picture"),
    (0, b"GIF89a", "a GIF picture"),
    (0, b"BM", "a BMP picture"),
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (8, b"WEBP", "a WebP picture"),
    (8, b"AVI ", "an AVI file (convert it to MP4 first)"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"FLV\x01", "an FLV file (convert it to MP4 first)"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a WMV or ASF file (convert it to MP4 first)"),
    (0, b"#!AMR", "an AMR recording (convert it to M4A first)"),
    (0, b"FORM", "an AIFF file (convert it to WAV or M4A first)"),
    (0, b"\0\0\x01\xba", "an MPEG program stream (convert it to MP4 first)"),
    (0, b"\0\0\x01\xb3", "an MPEG video stream (convert it to MP4 first)"),
];

/// Starts of text files, compared without regard to case: (start, words).
const TEXT: &[(&[u8], &str)] = &[
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a list of files"),
    (b"[playlist]", "a playlist"),
    (b"v=0", "an SDP session description"),
    (b"<!DOCTYPE html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<script", "an HTML page"),
    (b"<svg", "an SVG picture"),
    (b"<MPD", "a DASH manifest"),
    (b"<?xml", "an XML document"),
    (b"<SmoothStreamingMedia", "a streaming manifest"),
    (b"{", "a JSON document or plain text"),
    (b"WEBVTT", "a caption file"),
];

/// Names the container of a file from its first bytes ([`SNIFF_BYTES`] are
/// always enough; fewer when that is the whole file).
///
/// # Errors
/// [`NotMedia`] with what was found instead.
pub fn sniff(first_bytes: &[u8]) -> Result<Container, NotMedia> {
    if first_bytes.is_empty() {
        return Err(NotMedia { found: "an empty file" });
    }
    if let Some(found) = refused(first_bytes) {
        return Err(NotMedia { found });
    }
    container(first_bytes).ok_or(NotMedia { found: unknown(first_bytes) })
}

fn refused(bytes: &[u8]) -> Option<&'static str> {
    let has = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if let Some((_, _, words)) = REFUSED.iter().find(|(offset, magic, _)| has(*offset, magic)) {
        return Some(words);
    }
    if has(0, b"\x47") && has(188, b"\x47") && has(376, b"\x47") {
        return Some("an MPEG transport stream (convert it to MP4 first)");
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let starts = |start: &[u8]| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    TEXT.iter().find(|(start, _)| starts(start)).map(|(_, words)| *words)
}

fn container(bytes: &[u8]) -> Option<Container> {
    if bytes.starts_with(b"\x1a\x45\xdf\xa3") {
        return matroska(bytes);
    }
    if bytes.starts_with(b"OggS\0") {
        return Some(Container::Ogg);
    }
    if bytes.starts_with(b"fLaC") {
        return Some(Container::Flac);
    }
    let riff = [b"RIFF", b"RF64"].iter().any(|magic| bytes.starts_with(*magic));
    if riff && bytes.get(8..12) == Some(b"WAVE") {
        return Some(Container::Wav);
    }
    if is_mp4(bytes) {
        return Some(Container::Mp4);
    }
    let sound = behind_id3(bytes);
    match sound {
        // Nothing but the tag in sight: the frames come later.
        Some([]) | None if bytes.starts_with(b"ID3") => Some(Container::Mp3),
        Some(sound) if sound.starts_with(b"fLaC") => Some(Container::Flac),
        Some(sound) => mpeg_audio(sound)
            .or_else(|| bytes.starts_with(b"ID3").then_some(Container::Mp3))
            .or_else(|| mp3_behind_junk(sound).then_some(Container::Mp3)),
        None => None,
    }
}

/// The EBML header names its document type (RFC 8794, element 0x4282).
fn matroska(bytes: &[u8]) -> Option<Container> {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let at = head.windows(2).position(|pair| pair == [0x42, 0x82])?;
    let rest = head.get(at + 3..)?;
    (rest.starts_with(b"webm") || rest.starts_with(b"matroska")).then_some(Container::Matroska)
}

/// ISO base media: a known box first; `ftyp` with a brand of pictures is not ours.
fn is_mp4(bytes: &[u8]) -> bool {
    let (Some(size), Some(kind)) = (bytes.first_chunk::<4>(), bytes.get(4..8)) else { return false };
    let size = u32::from_be_bytes(*size);
    match kind {
        b"ftyp" => size >= 8 && !is_picture_brand(bytes.get(8..12).unwrap_or_default()),
        b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot" => size >= 8 || size <= 1,
        _ => false,
    }
}

fn is_picture_brand(brand: &[u8]) -> bool {
    const PICTURES: &[&[u8]] =
        &[b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"crx "];
    PICTURES.contains(&brand)
}

/// What follows the ID3v2 tag (ID3v2.4.0 structure, 3.1: a synchsafe length), or all.
fn behind_id3(bytes: &[u8]) -> Option<&[u8]> {
    let Some(tag) = bytes.strip_prefix(b"ID3") else { return Some(bytes) };
    let [a, b, c, d] = *tag.get(3..7)?.first_chunk::<4>()?;
    let length = [a, b, c, d].iter().fold(0_usize, |sum, byte| (sum << 7) | usize::from(byte & 0x7f));
    Some(bytes.get(10 + length..).unwrap_or_default())
}

/// A frame header of MPEG audio or ADTS, followed by a second one where it says.
fn mpeg_audio(bytes: &[u8]) -> Option<Container> {
    // Some writers pad with zeroes between tag and sound.
    let skipped = bytes.iter().take(4096).take_while(|byte| **byte == 0).count();
    let bytes = bytes.get(skipped..)?;
    let [first, second, third, fourth, fifth, sixth] = *bytes.first_chunk::<6>()?;
    if first != 0xff || second & 0xe0 != 0xe0 {
        return None;
    }
    let (container, length) = if second & 0xf6 == 0xf0 {
        let length = (usize::from(fourth & 3) << 11) | (usize::from(fifth) << 3) | usize::from(sixth >> 5);
        (Container::Aac, length)
    } else {
        (Container::Mp3, mp3_frame_bytes(second, third)?)
    };
    let next = bytes.get(length..);
    match next {
        _ if length < 7 => None,
        Some([0xff, sync, ..]) => (sync & 0xe0 == 0xe0).then_some(container),
        Some([_, _, ..]) => None,
        // The file ends within its first frame.
        _ => Some(container),
    }
}

/// Three frames in a chain within the first bytes: an MP3 that was cut somewhere.
fn mp3_behind_junk(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(8192)).unwrap_or_default();
    let frame_at = |at: usize| match bytes.get(at..at + 3) {
        Some([0xff, second, third]) if second & 0xe0 == 0xe0 => mp3_frame_bytes(*second, *third),
        _ => None,
    };
    (0..head.len()).any(|start| {
        let mut at = start;
        (0..3).all(|_| {
            frame_at(at).is_some_and(|length| {
                at += length.max(1);
                true
            })
        })
    })
}

/// Length of an MPEG audio frame, layer III or II (ISO/IEC 11172-3, 2.4.2.3).
fn mp3_frame_bytes(second: u8, third: u8) -> Option<usize> {
    const RATES_1: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const RATES_2: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let version = (second >> 3) & 3;
    let layer = (second >> 1) & 3;
    if version == 1 || layer != 1 {
        return None;
    }
    let table = if version == 3 { RATES_1 } else { RATES_2 };
    let bit_rate = *table.get(usize::from(third >> 4)).filter(|rate| **rate > 0)? * 1000;
    let sample_rate = [44_100, 48_000, 32_000].get(usize::from((third >> 2) & 3)).copied()?;
    let sample_rate = match version {
        3 => sample_rate,
        2 => sample_rate / 2,
        _ => sample_rate / 4,
    };
    let samples = if version == 3 { 144 } else { 72 };
    Some(samples * bit_rate / sample_rate + usize::from((third >> 1) & 1))
}

fn unknown(bytes: &[u8]) -> &'static str {
    let is_ftyp = bytes.get(4..8) == Some(b"ftyp");
    let head = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let is_text = std::str::from_utf8(head).is_ok_and(|text| !text.contains('\0'))
        || head.iter().all(|byte| matches!(byte, 9..=13 | 32..=126));
    match (is_ftyp, is_text) {
        (true, _) => "a picture (HEIC or AVIF)",
        (_, true) => "a text file",
        _ => "a file of an unknown kind",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> &'static str {
        sniff(bytes).unwrap_err().found
    }

    #[test]
    fn containers_are_known_by_their_bytes() {
        assert_eq!(
            sniff(b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\x42"),
            Ok(Container::Matroska)
        );
        assert_eq!(sniff(b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska"), Ok(Container::Matroska));
        assert_eq!(sniff(b"\0\0\0\x20ftypisom\0\0\x02\0isom"), Ok(Container::Mp4));
        assert_eq!(sniff(b"\0\0\0\x14ftypqt  \0\0\0\0qt  "), Ok(Container::Mp4));
        assert_eq!(sniff(b"\0\0\x10\0moov\0\0\0\x6cmvhd"), Ok(Container::Mp4));
        assert_eq!(sniff(b"OggS\0\x02\0\0"), Ok(Container::Ogg));
        assert_eq!(sniff(b"fLaC\0\0\0\x22"), Ok(Container::Flac));
        assert_eq!(sniff(b"RIFF\x24\0\0\0WAVEfmt "), Ok(Container::Wav));
        assert_eq!(sniff(b"RF64\xff\xff\xff\xffWAVEds64"), Ok(Container::Wav));
        assert_eq!(sniff(b"ID3\x04\0\0\0\0\x7f\x7f"), Ok(Container::Mp3));
        assert_eq!(sniff(b"ID3\x04\0\0\0\0\0\0fLaC"), Ok(Container::Flac));
    }

    #[test]
    fn bare_frames_need_a_second_one_where_the_first_says() {
        let mut mp3 = vec![0; 417 + 4];
        mp3[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
        mp3[417..].copy_from_slice(&[0xff, 0xfb, 0x90, 0x00]);
        assert_eq!(sniff(&mp3), Ok(Container::Mp3));
        mp3[417] = 0;
        assert_eq!(found(&mp3), "a file of an unknown kind");
        let mut aac = vec![0; 64 + 7];
        aac[..7].copy_from_slice(&[0xff, 0xf1, 0x50, 0x80, 0x08, 0x00, 0xfc]);
        aac[64..].copy_from_slice(&[0xff, 0xf1, 0x50, 0x80, 0x08, 0x00, 0xfc]);
        assert_eq!(sniff(&aac), Ok(Container::Aac));
    }

    #[test]
    fn what_opens_other_files_is_refused_by_name() {
        assert_eq!(found(b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x"), "a playlist");
        assert_eq!(found(b"ffconcat version 1.0\nfile /etc/passwd"), "a list of files");
        assert_eq!(found(b"v=0\r\no=- 0 0 IN IP4 127.0.0.1"), "an SDP session description");
        assert_eq!(found(b"\xef\xbb\xbf  <?xml version=\"1.0\"?><MPD>"), "an XML document");
        assert_eq!(found(b"<mpd type=\"static\">"), "a DASH manifest");
        assert_eq!(found(b"\n<SVG xmlns"), "an SVG picture");
        assert_eq!(found(b"<!doctype HTML><p>\x1a\x45\xdf\xa3"), "an HTML page");
        assert_eq!(found(b"%PDF-1.7"), "a PDF document");
        assert_eq!(found(b"\x89PNG\r\n\x1a\n\0\0"), "a PNG picture");
        assert_eq!(found(b"\0\0\0\x18ftypheic\0\0\0\0"), "a picture (HEIC or AVIF)");
        assert_eq!(found(b"just some notes about the release"), "a text file");
        assert_eq!(found(b""), "an empty file");
        assert_eq!(
            found(b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84evil"),
            "a file of an unknown kind"
        );
    }

    #[test]
    fn any_bytes_get_a_verdict_without_panic() {
        let mut seed = 1_u64;
        for length in 0..600 {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    seed.to_le_bytes()[7]
                })
                .collect();
            for magic in [&b""[..], b"ID3", b"\xff\xfb", b"\xff\xf1", b"\0\0\0\x20ftyp", b"\x1a\x45\xdf\xa3"]
            {
                let mut all = magic.to_vec();
                all.extend(&bytes);
                if let Err(not_media) = sniff(&all) {
                    assert!(not_media.detail().contains("Upload WebM"));
                }
            }
        }
    }
}
