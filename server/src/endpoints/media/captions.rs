//! The transcript as WebVTT captions on the player's time line.

use std::fmt::Write as _;

use meridian_store::repo::media::Cue;

/// The media type.
pub(super) const CONTENT_TYPE: &str = "text/vtt; charset=utf-8";

/// Renders the cues that lie within `span_ms` of the source's time line; `offset_ms` of it is the player's zero.
pub(super) fn render(cues: &[Cue], span_ms: Option<(i64, i64)>, offset_ms: i64) -> String {
    let mut text = "WEBVTT\n".to_owned();
    for cue in cues {
        if span_ms.is_some_and(|(start, end)| cue.start_ms >= end || cue.end_ms <= start) {
            continue;
        }
        let start = cue.start_ms.saturating_sub(offset_ms).max(0);
        let end = cue.end_ms.saturating_sub(offset_ms);
        if end <= start {
            continue;
        }
        let line = cue.text.split_whitespace().collect::<Vec<_>>().join(" ");
        // Escaped so that no text is read as a tag, a time line or another cue.
        let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        write!(text, "\n{} --> {}\n{line}\n", stamp(start), stamp(end)).unwrap_or_default();
    }
    text
}

/// `HH:MM:SS.mmm`
pub(super) fn stamp(ms: i64) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_ms: i64, end_ms: i64, text: &str) -> Cue {
        Cue { start_ms, end_ms, text: text.to_owned() }
    }

    #[test]
    fn text_stays_text() {
        let cues = [cue(0, 1500, "a <b onclick=x>&\n\nWEBVTT --> 1"), cue(3_599_999, 3_600_001, "late")];
        assert_eq!(
            render(&cues, None, 0),
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\na &lt;b onclick=x&gt;&amp; WEBVTT --&gt; 1\n\n\
             00:59:59.999 --> 01:00:00.001\nlate\n"
        );
    }

    #[test]
    fn what_was_trimmed_away_is_not_told() {
        let cues = [
            cue(0, 1000, "before"),
            cue(900, 5000, "across"),
            cue(5000, 6000, "in"),
            cue(9000, 9500, "after"),
        ];
        let text = render(&cues, Some((1000, 9000)), 800);
        assert_eq!(
            text,
            "WEBVTT\n\n00:00:00.100 --> 00:00:04.200\nacross\n\n00:00:04.200 --> 00:00:05.200\nin\n"
        );
    }
}
