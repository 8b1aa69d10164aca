//! From probabilities to stretches of speech, frame by frame.

/// A frame this probable starts speech.
const ON: f32 = 0.5;
/// A frame below this may end it.
const OFF: f32 = 0.35;
/// Silence shorter than this many frames (96 ms) does not end speech.
const SILENCE_FRAMES: usize = 3;
/// Speech shorter than this many frames (192 ms) is a cough or a click.
const SPEECH_FRAMES: usize = 6;

/// A stretch of frames, `from` included, `to` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frames {
    /// First frame of speech.
    pub(super) from: usize,
    /// First frame after it.
    pub(super) to: usize,
}

impl Frames {
    /// How many frames it has.
    pub(super) fn len(self) -> usize {
        self.to - self.from
    }
}

/// Hysteresis over a stream of probabilities.
#[derive(Debug, Default)]
pub(super) struct SpanFinder {
    next: usize,
    open: Option<usize>,
    quiet_since: Option<usize>,
}

impl SpanFinder {
    /// Hears the next frame; gives the span that is certain to have ended.
    pub(super) fn push(&mut self, probability: f32) -> Option<Frames> {
        let frame = self.next;
        self.next += 1;
        let Some(from) = self.open else {
            if probability >= ON {
                self.open = Some(frame);
            }
            return None;
        };
        if probability >= ON {
            self.quiet_since = None;
        } else if probability < OFF {
            let since = *self.quiet_since.get_or_insert(frame);
            if frame + 1 - since >= SILENCE_FRAMES {
                return self.close(from, since);
            }
        }
        None
    }

    /// The stream is over, or a window has to end here.
    pub(super) fn finish(&mut self) -> Option<Frames> {
        let from = self.open?;
        let to = self.quiet_since.unwrap_or(self.next);
        self.close(from, to)
    }

    /// Where the speech that goes on now began.
    pub(super) fn open(&self) -> Option<usize> {
        self.open
    }

    /// Cuts the speech that goes on now: what is left of `at` is given back.
    pub(super) fn cut(&mut self, at: usize) -> Option<Frames> {
        let from = self.open?;
        self.open = Some(at);
        Some(Frames { from, to: at })
    }

    fn close(&mut self, from: usize, to: usize) -> Option<Frames> {
        self.open = None;
        self.quiet_since = None;
        Some(Frames { from, to }).filter(|span| span.len() >= SPEECH_FRAMES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(probabilities: &[(f32, usize)]) -> Vec<(usize, usize)> {
        let mut finder = SpanFinder::default();
        let mut found = Vec::new();
        for (probability, times) in probabilities {
            for _ in 0..*times {
                found.extend(finder.push(*probability));
            }
        }
        found.extend(finder.finish());
        found.iter().map(|s| (s.from, s.to)).collect()
    }

    #[test]
    fn short_gaps_stay_short_sounds_go() {
        assert_eq!(spans(&[(0.0, 10), (0.9, 20), (0.1, 10)]), [(10, 30)]);
        assert_eq!(spans(&[(0.9, 20), (0.1, 2), (0.9, 20)]), [(0, 42)]);
        assert_eq!(spans(&[(0.9, 20), (0.1, 3), (0.9, 20)]), [(0, 20), (23, 43)]);
        assert_eq!(spans(&[(0.0, 5), (0.9, 5), (0.0, 20)]), []);
        // Between the thresholds nothing changes.
        assert_eq!(spans(&[(0.4, 20), (0.9, 10), (0.4, 20), (0.0, 5)]), [(20, 50)]);
    }
}
