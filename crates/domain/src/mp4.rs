//! Boxes of MP4 (ISO/IEC 14496-12) as Meridian writes them: 32-bit sizes, nothing exotic.

/// The boxes in `bytes`, one behind the other: kind and content. Ends at the first that is not whole.
pub fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (head, _) = rest.split_first_chunk::<8>()?;
        let [a, b, c, d, kind @ ..] = *head;
        let size = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
        let (whole, behind) = rest.split_at_checked(size)?;
        rest = behind;
        Some((kind, whole.get(8..)?))
    })
}

/// The content of the first box of a kind.
pub fn find(bytes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    boxes(bytes).find(|(found, _)| *found == kind).map(|(_, content)| content)
}

/// The content of the box at the end of a path of kinds.
pub fn find_path<'a>(bytes: &'a [u8], path: &[[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, kind| find(bytes, *kind))
}

/// The number of 32 bits at an offset in bytes.
pub fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

/// Writes a box whose content is the parts, one behind the other.
pub fn put(kind: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let size = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut out = Vec::with_capacity(size);
    out.extend(u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(kind);
    for part in parts {
        out.extend(*part);
    }
    out
}

/// Numbers of 32 bits, one behind the other.
pub fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_found() {
        let inner = put(*b"tfhd", &[&words(&[7, 9])]);
        let bytes = [put(*b"free", &[]), put(*b"moof", &[&put(*b"traf", &[&inner, b"more"])])].concat();
        let found = find_path(&bytes, &[*b"moof", *b"traf", *b"tfhd"]);
        assert_eq!(found.and_then(|content| number(content, 4)), Some(9));
        assert_eq!(boxes(&bytes).map(|(kind, _)| kind).collect::<Vec<_>>(), [*b"free", *b"moof"]);
        assert_eq!(find(&bytes, *b"mdat"), None);
    }

    #[test]
    fn what_is_cut_off_or_makes_no_sense_ends_the_reading() {
        let whole = put(*b"moof", &[b"content"]);
        assert_eq!(boxes(&whole[..whole.len() - 1]).count(), 0);
        assert_eq!(boxes(&[0, 0, 0, 3, b'm', b'o', b'o', b'f']).count(), 0);
        assert_eq!(number(&whole, whole.len() - 3), None);
    }
}
