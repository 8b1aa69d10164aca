//! Words into segments that read well: a sentence each, not too long.
use super::words::Draft;
use super::{RecognisedSegment, Word};

/// A segment gets no longer than this, if there is a place to split it.
const LONGEST_MS: i64 = 12_000;
const LONGEST_CHARS: usize = 120;
/// A sentence shorter than this shares its line with the next one.
const SHORTEST_CHARS: usize = 16;
/// After such a pause a new segment begins in any case.
const PAUSE_MS: i64 = 1_500;
/// And after this one if the sentence has ended, however short it was.
const SENTENCE_PAUSE_MS: i64 = 600;

/// Splits the words of a window.
pub(super) fn segments(words: Vec<Draft>) -> Vec<RecognisedSegment> {
    let mut out = Vec::new();
    let mut sentence: Vec<Draft> = Vec::new();
    for word in words {
        if let Some(last) = sentence.last() {
            let pause = word.start_ms - last.end_ms;
            let ended = ends_sentence(&last.raw)
                && (pause >= SENTENCE_PAUSE_MS || width(&sentence) >= SHORTEST_CHARS);
            if ended || pause >= PAUSE_MS {
                split_into(std::mem::take(&mut sentence), &mut out);
            }
        }
        sentence.push(word);
    }
    split_into(sentence, &mut out);
    out
}

/// Halves what is too long, at the best place near its middle.
fn split_into(words: Vec<Draft>, out: &mut Vec<RecognisedSegment>) {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
    let length_ms = last.end_ms - first.start_ms;
    if words.len() < 2 || (length_ms <= LONGEST_MS && width(&words) <= LONGEST_CHARS) {
        out.push(segment(&words));
        return;
    }
    let total = width(&words);
    let mut best = (1, i64::MIN);
    let mut before = 0;
    for at in 1..words.len() {
        before += width(&words[at - 1..at]);
        let left = i64::try_from(before.abs_diff(total - before) * 100 / total.max(1)).unwrap_or(100);
        let last = words[at - 1].raw.trim_end();
        let clause = if last.ends_with([',', ';', ':', '，', '、', '；', '：', '–', '—']) {
            60
        } else if ends_sentence(last) {
            90
        } else {
            0
        };
        let pause = (words[at].start_ms - words[at - 1].end_ms).clamp(0, 600) / 10;
        let worth = clause + pause - left;
        if worth > best.1 {
            best = (at, worth);
        }
    }
    let mut words = words;
    let right = words.split_off(best.0);
    split_into(words, out);
    split_into(right, out);
}

fn segment(words: &[Draft]) -> RecognisedSegment {
    let text: String = words.iter().map(|w| w.raw.as_str()).collect();
    RecognisedSegment {
        start_ms: words.first().map_or(0, |w| w.start_ms),
        end_ms: words.last().map_or(0, |w| w.end_ms),
        text: text.trim().to_owned(),
        words: words
            .iter()
            .map(|w| Word {
                start_ms: w.start_ms,
                end_ms: w.end_ms,
                text: w.raw.trim().to_owned(),
                confidence: w.confidence,
            })
            .collect(),
    }
}

/// Characters on the page; those of wide scripts count twice.
fn width(words: &[Draft]) -> usize {
    words.iter().flat_map(|w| w.raw.chars()).map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

fn ends_sentence(word: &str) -> bool {
    let word = word.trim().trim_end_matches(['"', '”', '’', '\'', ')', '»', '」', '』']);
    if word.ends_with(['!', '?', '…', '。', '！', '？', '؟', '।']) {
        return true;
    }
    let Some(stem) = word.strip_suffix('.') else { return false };
    let lower = stem.to_lowercase();
    let initial = stem.chars().count() == 1 && stem.chars().all(char::is_alphabetic) && stem != "I";
    let abbreviated = matches!(
        lower.as_str(),
        "mr" | "mrs"
            | "ms"
            | "dr"
            | "prof"
            | "st"
            | "jr"
            | "sr"
            | "vs"
            | "no"
            | "e.g"
            | "i.e"
            | "bzw"
            | "z.b"
            | "ca"
            | "nr"
            | "sra"
            | "mme"
            | "approx"
    ) && (lower != "no" || stem == "No");
    // "no." is mostly the end of a sentence, "No. 5" is not; "p.m." may be both.
    !initial && !abbreviated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafts(text: &str) -> Vec<Draft> {
        let mut at = 0;
        text.split(' ')
            .map(|word| {
                at += 400;
                Draft { raw: format!(" {word}"), start_ms: at - 400, end_ms: at, confidence: 0.9 }
            })
            .collect()
    }

    fn texts(words: Vec<Draft>) -> Vec<String> {
        segments(words).into_iter().map(|s| s.text).collect()
    }

    #[test]
    fn sentences_stand_alone_and_short_ones_share() {
        assert_eq!(
            texts(drafts("Hi. I am Ana from the design team. Mr. Quilter is here. Is it done? Yes.")),
            ["Hi. I am Ana from the design team.", "Mr. Quilter is here.", "Is it done? Yes."]
        );
    }

    #[test]
    fn a_pause_begins_a_segment() {
        let mut words = drafts("and then we went on");
        for word in &mut words[3..] {
            word.start_ms += 2000;
            word.end_ms += 2000;
        }
        let found = segments(words);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text, "and then we");
        assert_eq!((found[1].start_ms, found[1].end_ms), (3200, 4000));
    }

    #[test]
    fn what_is_too_long_is_split_at_a_comma() {
        let long = "this is a rather long sentence that nobody would want to read in a single line of text, \
                    because it goes on and on and on and still has not come to what it wanted to say";
        let found = segments(drafts(long));
        assert!(found.len() >= 2, "{found:?}");
        assert!(found.iter().any(|s| s.text.ends_with("text,")), "{found:?}");
        assert!(found.iter().all(|s| s.text.chars().count() <= LONGEST_CHARS));
        assert_eq!(found.iter().map(|s| s.words.len()).sum::<usize>(), long.split(' ').count());
    }
}
