//! The visible part of a transcript.

use super::{Span, Word};

/// The words between two instants on the source's time line, and their text. A word counts where its middle lies.
/// `None` where nothing is left.
pub fn cut(span: &Span, from_ms: i64, to_ms: i64) -> Option<Span> {
    if span.start_ms >= from_ms && span.end_ms <= to_ms {
        return Some(span.clone());
    }
    let inside = |start: i64, end: i64| {
        let middle = start + (end - start) / 2;
        (from_ms..to_ms).contains(&middle)
    };
    if span.words.is_empty() {
        return inside(span.start_ms, span.end_ms).then(|| Span {
            start_ms: span.start_ms.clamp(from_ms, to_ms),
            end_ms: span.end_ms.clamp(from_ms, to_ms),
            ..span.clone()
        });
    }
    let first = span.words.iter().position(|word| inside(word.start_ms, word.end_ms))?;
    let last = span.words.iter().rposition(|word| inside(word.start_ms, word.end_ms))?;
    let kept = span.words.get(first..=last)?;
    let words: Vec<Word> = kept
        .iter()
        .map(|word| Word {
            start_ms: word.start_ms.clamp(from_ms, to_ms),
            end_ms: word.end_ms.clamp(from_ms, to_ms),
            ..word.clone()
        })
        .collect();
    let text = text_of(span, first, last)
        .unwrap_or_else(|| words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "));
    Some(Span {
        start_ms: words.first().map_or(span.start_ms, |word| word.start_ms),
        end_ms: words.last().map_or(span.end_ms, |word| word.end_ms),
        text,
        words,
    })
}

/// The text from one word to another; `None` where the words are not those of the text.
fn text_of(span: &Span, first: usize, last: usize) -> Option<String> {
    let mut at = 0;
    let mut begin = 0;
    for (i, word) in span.words.iter().enumerate().take(last + 1) {
        let start = at + span.text.get(at..)?.find(&word.text)?;
        if i == first {
            begin = start;
        }
        at = start + word.text.len();
    }
    span.text.get(begin..at).map(str::to_owned)
}

/// The same with every time moved by `by_ms` towards the start.
pub fn earlier(span: &Span, by_ms: i64) -> Span {
    let move_word =
        |word: &Word| Word { start_ms: word.start_ms - by_ms, end_ms: word.end_ms - by_ms, ..word.clone() };
    Span {
        start_ms: span.start_ms - by_ms,
        end_ms: span.end_ms - by_ms,
        text: span.text.clone(),
        words: span.words.iter().map(move_word).collect(),
    }
}
