//! Sums over a body as it streams by.

use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

/// The sums that tus clients may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
}

/// What `OPTIONS` tells.
pub(super) const NAMES: &str = "sha1,sha256";

impl Algorithm {
    pub(super) fn by_name(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            _ => None,
        }
    }

    pub(super) fn size_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

/// What the client says that its body sums up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) algorithm: Algorithm,
    pub(super) sum: Vec<u8>,
}

/// A sum in the making.
pub(super) enum Running {
    Sha1(Sha1, Vec<u8>),
    Sha256(Box<Sha256>, Vec<u8>),
}

impl Running {
    pub(super) fn new(expected: Expected) -> Self {
        match expected.algorithm {
            Algorithm::Sha1 => Self::Sha1(Sha1::new(), expected.sum),
            Algorithm::Sha256 => Self::Sha256(Box::new(Sha256::new()), expected.sum),
        }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(sum, _) => sum.update(bytes),
            Self::Sha256(sum, _) => sum.update(bytes),
        }
    }

    /// Whether the body was what the client meant to send.
    pub(super) fn matches(self) -> bool {
        match self {
            Self::Sha1(sum, expected) => sum.finalize().as_slice().ct_eq(expected.as_slice()).into(),
            Self::Sha256(sum, expected) => sum.finalize().as_slice().ct_eq(expected.as_slice()).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_over_pieces_matches_only_itself() {
        let sum = hex::decode("a9993e364706816aba3e25717850c26c9cd0d89d").unwrap();
        for (pieces, same) in [(&["a", "bc"][..], true), (&["abd"], false), (&[], false)] {
            let mut running = Running::new(Expected { algorithm: Algorithm::Sha1, sum: sum.clone() });
            for piece in pieces {
                running.add(piece.as_bytes());
            }
            assert_eq!(running.matches(), same, "{pieces:?}");
        }
    }
}
