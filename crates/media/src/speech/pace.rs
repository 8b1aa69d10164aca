//! How long text may wait for a better place to cut.

/// What windows are cut for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    /// A whole file: long windows, which cost the least for each second of speech.
    #[default]
    Whole,
    /// Somebody reads along while it is spoken: a window soon after each pause.
    Live,
}

impl Pace {
    /// Frames (32 ms) that voice activity detection hears at once: 8.2 s, or one. Each call costs a second on top.
    pub(super) fn block_frames(self) -> usize {
        match self {
            Self::Whole => 256,
            Self::Live => 32,
        }
    }

    /// Frames of the longest window: 28 s, or half of that.
    pub(super) fn window_frames(self) -> usize {
        match self {
            Self::Whole => 875,
            Self::Live => 438,
        }
    }

    /// Whether a window of so many frames ends after so many of silence: the more there is in it, the shorter the
    /// pause may be. Nobody should wait for text.
    pub(super) fn ends_after(self, pause: usize, audio: impl FnOnce() -> usize) -> bool {
        let steps: [(usize, usize); 3] = match self {
            // 5 s after anything, 2 s after 10 s.
            Self::Whole => [(156, 0), (62, 312), (62, 312)],
            // 1.2 s after anything, 0.5 s after 6 s, 0.26 s after 10 s.
            Self::Live => [(38, 0), (16, 188), (8, 312)],
        };
        let reached = steps.into_iter().find(|(silence, _)| pause >= *silence);
        reached.is_some_and(|(_, least)| least == 0 || audio() >= least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_window_ends_earlier_and_a_full_one_at_a_shorter_pause() {
        assert!(!Pace::Whole.ends_after(61, || 900) && Pace::Whole.ends_after(62, || 312));
        assert!(!Pace::Whole.ends_after(155, || 311) && Pace::Whole.ends_after(156, || 1));
        assert!(Pace::Live.ends_after(38, || 1) && !Pace::Live.ends_after(37, || 187));
        assert!(Pace::Live.ends_after(16, || 188) && !Pace::Live.ends_after(15, || 311));
        assert!(Pace::Live.ends_after(8, || 312) && !Pace::Live.ends_after(7, || 900));
    }
}
