//! Sizes and turns: from the coded picture to what viewers see.

/// How a picture is turned to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// As it is.
    None,
    /// A quarter clockwise.
    Clockwise,
    /// Half.
    Half,
    /// A quarter the other way.
    CounterClockwise,
    /// Mirrored, then as the filter says.
    Mirrored(&'static str),
}

impl Turn {
    /// From a display matrix (ISO/IEC 14496-12, 6.2.2; 16.16 fixed point).
    pub(crate) fn from_matrix(matrix: &[i32; 9]) -> Self {
        let sign = |index: usize| matrix.get(index).copied().unwrap_or(0).signum();
        match (sign(0), sign(1), sign(3), sign(4)) {
            (0, 1, -1, 0) => Self::Clockwise,
            (0, -1, 1, 0) => Self::CounterClockwise,
            (-1, 0, 0, -1) => Self::Half,
            (-1, 0, 0, 1) => Self::Mirrored("hflip"),
            (1, 0, 0, -1) => Self::Mirrored("vflip"),
            (0, 1, 1, 0) => Self::Mirrored("transpose=cclock_flip"),
            (0, -1, -1, 0) => Self::Mirrored("transpose=clock_flip"),
            _ => Self::None,
        }
    }

    /// Clockwise degrees.
    pub(crate) fn degrees(self) -> u32 {
        match self {
            Self::Clockwise => 90,
            Self::Half => 180,
            Self::CounterClockwise => 270,
            Self::Mirrored(_) if self.swaps_sides() => 90,
            Self::None | Self::Mirrored(_) => 0,
        }
    }

    /// Width becomes height.
    pub(crate) fn swaps_sides(self) -> bool {
        match self {
            Self::Clockwise | Self::CounterClockwise => true,
            Self::Mirrored(filter) => filter.starts_with("transpose"),
            Self::None | Self::Half => false,
        }
    }

    /// The filter that does it.
    pub(crate) fn filter(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Clockwise => Some("transpose=clock"),
            Self::CounterClockwise => Some("transpose=cclock"),
            Self::Half => Some("hflip,vflip"),
            Self::Mirrored(filter) => Some(filter),
        }
    }
}

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Width.
    pub(crate) width: u32,
    /// Height.
    pub(crate) height: u32,
}

/// Smallest side that encoders and players take without trouble.
const SMALLEST: u32 = 16;

fn even(value: f64) -> u32 {
    let half = (value / 2.0).round().clamp(f64::from(SMALLEST / 2), 8192.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a small positive range"
    )]
    {
        half as u32 * 2
    }
}

impl Size {
    /// What viewers see: square pixels, upright.
    pub(crate) fn displayed(self, pixel_aspect: (u32, u32), turn: Turn) -> Self {
        let aspect = match pixel_aspect {
            (0, _) | (_, 0) => 1.0,
            (horizontal, vertical) => f64::from(horizontal) / f64::from(vertical),
        };
        // A header that claims absurd pixels is not believed.
        let aspect = if (0.1..=10.0).contains(&aspect) { aspect } else { 1.0 };
        let wide = even(f64::from(self.width) * aspect);
        let high = even(f64::from(self.height));
        if turn.swaps_sides() {
            Self { width: high, height: wide }
        } else {
            Self { width: wide, height: high }
        }
    }

    /// The shorter side.
    pub(crate) fn short_side(self) -> u32 {
        self.width.min(self.height)
    }

    /// Scaled down so that the shorter side is at most `short`; sides are even.
    pub(crate) fn with_short_side(self, short: u32) -> Self {
        if self.short_side() <= short {
            return self;
        }
        let factor = f64::from(short) / f64::from(self.short_side());
        Self { width: even(f64::from(self.width) * factor), height: even(f64::from(self.height) * factor) }
    }

    /// Scaled down (never up) so that the longer side is at most `long`; sides are even.
    pub(crate) fn with_long_side(self, long: u32) -> Self {
        let longest = self.width.max(self.height).max(1);
        let factor = (f64::from(long) / f64::from(longest)).min(1.0);
        Self { width: even(f64::from(self.width) * factor), height: even(f64::from(self.height) * factor) }
    }
}

/// Sizes to encode, largest first, each named by its shorter side: the ladder
/// capped to the source; a rung hardly smaller than the one above is left out.
pub(crate) fn rungs(source: Size, ladder: &[u32]) -> Vec<(String, Size)> {
    let mut heights: Vec<u32> = ladder.iter().map(|height| (*height).clamp(SMALLEST, 2160)).collect();
    heights.sort_unstable_by(|a, b| b.cmp(a));
    let mut out: Vec<(String, Size)> = Vec::new();
    for height in heights {
        let size = source.with_short_side(height);
        let short = size.short_side();
        if out.last().is_none_or(|(_, above)| short * 5 <= above.short_side() * 4) {
            out.push((format!("{short}p"), size));
        }
    }
    if out.is_empty() {
        let size = source.with_short_side(720);
        out.push((format!("{}p", size.short_side()), size));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    #[test]
    fn the_ladder_never_grows_a_picture() {
        let names = |width, height| {
            rungs(size(width, height), &[360, 720])
                .into_iter()
                .map(|(name, size)| (name, size.width))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(1920, 1080), [("720p".to_owned(), 1280), ("360p".to_owned(), 640)]);
        assert_eq!(names(640, 360), [("360p".to_owned(), 640)]);
        assert_eq!(names(640, 400), [("400p".to_owned(), 640)]);
        assert_eq!(names(320, 240), [("240p".to_owned(), 320)]);
        assert_eq!(names(1080, 1920), [("720p".to_owned(), 720), ("360p".to_owned(), 360)]);
        assert_eq!(rungs(size(1920, 1080), &[])[0].0, "720p");
    }

    #[test]
    fn odd_sizes_become_even_and_pixels_square() {
        assert_eq!(size(639, 361).displayed((1, 1), Turn::None), size(640, 362));
        assert_eq!(size(720, 576).displayed((16, 15), Turn::None), size(768, 576));
        assert_eq!(size(1, 1).displayed((0, 1), Turn::None), size(16, 16));
        assert_eq!(size(640, 360).displayed((1, 1), Turn::Clockwise), size(360, 640));
        assert_eq!(size(640, 360).displayed((1, 1000), Turn::None), size(640, 360));
    }

    #[test]
    fn display_matrices_turn_the_right_way() {
        let one = 0x1_0000;
        let turn = |a, b, c, d| Turn::from_matrix(&[a, b, 0, c, d, 0, 0, 0, 0x4000_0000]);
        assert_eq!(turn(one, 0, 0, one), Turn::None);
        // The matrix of a phone held upright: a quarter clockwise.
        assert_eq!(turn(0, one, -one, 0), Turn::Clockwise);
        assert_eq!(turn(0, -one, one, 0), Turn::CounterClockwise);
        assert_eq!(turn(-one, 0, 0, -one).degrees(), 180);
        assert_eq!(turn(-one, 0, 0, one), Turn::Mirrored("hflip"));
    }
}
