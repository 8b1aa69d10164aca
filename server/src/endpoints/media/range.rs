//! Single byte ranges (RFC 9110, 14).

use std::ops::Range;

/// What a `Range` header asks of a representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it: no range, one that cannot be read, another unit, or several ranges (which a server may ignore, and
    /// does, so that ten thousand of them cost nothing).
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// None of it: 416.
    Unsatisfiable,
}

/// Reads a `Range` header for a representation of `len` bytes.
pub(super) fn read(header: Option<&str>, len: u64) -> Asked {
    let Some(set) = header.and_then(|h| h.trim().strip_prefix("bytes=")) else { return Asked::Whole };
    let Some((first, last)) = set.split_once('-') else { return Asked::Whole };
    let (first, last) = (first.trim(), last.trim());
    match (first.is_empty(), last.is_empty()) {
        (true, true) => Asked::Whole,
        // The last bytes.
        (true, false) => match number(last) {
            None => Asked::Whole,
            Some(0) => Asked::Unsatisfiable,
            Some(_) if len == 0 => Asked::Unsatisfiable,
            Some(count) => Asked::Part(len.saturating_sub(count)..len),
        },
        (false, open) => {
            let Some(start) = number(first) else { return Asked::Whole };
            let last = if open { Some(u64::MAX) } else { number(last) };
            match last {
                None => Asked::Whole,
                Some(last) if last < start => Asked::Whole,
                Some(_) if start >= len => Asked::Unsatisfiable,
                Some(last) => Asked::Part(start..last.saturating_add(1).min(len)),
            }
        }
    }
}

/// Digits; a number beyond 64 bits counts as the largest.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (header, asked) in [
            (None, Asked::Whole),
            (Some("bytes=0-0"), Asked::Part(0..1)),
            (Some("bytes=0-99"), Asked::Part(0..100)),
            (Some("bytes=0-100"), Asked::Part(0..100)),
            (Some("bytes=99-"), Asked::Part(99..100)),
            (Some("bytes=100-"), Asked::Unsatisfiable),
            (Some("bytes=-1"), Asked::Part(99..100)),
            (Some("bytes=-100"), Asked::Part(0..100)),
            (Some("bytes=-1000"), Asked::Part(0..100)),
            (Some("bytes=-0"), Asked::Unsatisfiable),
            (Some("bytes=5-2"), Asked::Whole),
            (Some("bytes=-"), Asked::Whole),
            (Some("bytes="), Asked::Whole),
            (Some("bytes=a-b"), Asked::Whole),
            (Some("bytes=1-2,4-5"), Asked::Whole),
            (Some("seconds=1-2"), Asked::Whole),
            (Some("bytes=99999999999999999999999-"), Asked::Unsatisfiable),
            (Some("bytes=0-99999999999999999999999"), Asked::Part(0..100)),
        ] {
            assert_eq!(read(header, 100), asked, "{header:?}");
        }
        assert_eq!(read(Some("bytes=0-0"), 0), Asked::Unsatisfiable);
        assert_eq!(read(Some("bytes=-1"), 0), Asked::Unsatisfiable);
    }
}
