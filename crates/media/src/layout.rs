//! Where an MP4 keeps its index: decides whether it can be read as it arrives.

/// What the first top-level boxes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// The index comes first: readable in sequence.
    IndexFirst {
        /// Made of fragments.
        fragmented: bool,
    },
    /// The sound and pictures come first: seeking is needed.
    IndexLast,
    /// More bytes are needed to tell.
    Unknown,
}

/// Walks the top-level boxes of an MP4's first bytes.
pub(crate) fn of_mp4(head: &[u8]) -> Layout {
    let mut rest = head;
    loop {
        let Some((kind, size)) = header(rest) else { return Layout::Unknown };
        match &kind {
            b"moov" => {
                let inside = rest.get(..usize::try_from(size).unwrap_or(usize::MAX).min(rest.len()));
                let fragmented = inside.is_some_and(|moov| moov.windows(4).any(|four| four == b"mvex"));
                return Layout::IndexFirst { fragmented };
            }
            b"mdat" => return Layout::IndexLast,
            // To the end of the file: nothing follows.
            _ if size == 0 => return Layout::IndexLast,
            _ => {}
        }
        match usize::try_from(size).ok().and_then(|size| rest.get(size..)) {
            Some(next) if !next.is_empty() => rest = next,
            _ => return Layout::Unknown,
        }
    }
}

fn header(bytes: &[u8]) -> Option<([u8; 4], u64)> {
    let [a, b, c, d, kind @ ..] = *bytes.first_chunk::<8>()?;
    let size = match u32::from_be_bytes([a, b, c, d]) {
        1 => u64::from_be_bytes(*bytes.get(8..)?.first_chunk::<8>()?),
        size => u64::from(size),
    };
    Some((kind, if size == 0 { 0 } else { size.max(8) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(kinds: &[(&[u8; 4], usize)]) -> Vec<u8> {
        let mut out = Vec::new();
        for (kind, payload) in kinds {
            out.extend(u32::try_from(payload + 8).unwrap_or(0).to_be_bytes());
            out.extend(*kind);
            out.extend(vec![0; *payload]);
        }
        out
    }

    #[test]
    fn the_order_of_boxes_decides() {
        assert_eq!(of_mp4(&boxes(&[(b"ftyp", 8), (b"moov", 100)])), Layout::IndexFirst { fragmented: false });
        assert_eq!(of_mp4(&boxes(&[(b"ftyp", 8), (b"free", 0), (b"mdat", 100)])), Layout::IndexLast);
        assert_eq!(of_mp4(&boxes(&[(b"ftyp", 8)])), Layout::Unknown);
        let mut moov = boxes(&[(b"ftyp", 8), (b"moov", 100)]);
        moov[60..64].copy_from_slice(b"mvex");
        assert_eq!(of_mp4(&moov), Layout::IndexFirst { fragmented: true });
        assert_eq!(of_mp4(&[0, 0, 0, 0, b'w', b'i', b'd', b'e']), Layout::IndexLast);
        assert_eq!(of_mp4(&[0, 0, 0, 3, b'f', b'r', b'e', b'e']), Layout::Unknown);
    }
}
