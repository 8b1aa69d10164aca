//! Moving pictures: sizes, scaling, encoding, stills.

pub(crate) mod copy;
pub(crate) mod encode;
pub(crate) mod geometry;
pub(crate) mod ladder;
pub(crate) mod scale;
pub(crate) mod stills;
