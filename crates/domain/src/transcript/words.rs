//! Words for a text: spread over a span, or kept where an edit left them.

use super::Word;

/// The words of a text, spread over a span by their length; what a person wrote is sure.
pub fn spread(text: &str, start_ms: i64, end_ms: i64) -> Vec<Word> {
    let parts = split(text);
    let lengths: Vec<i64> = parts.iter().map(|part| length(part)).collect();
    let whole: i64 = lengths.iter().sum::<i64>().max(1);
    let span = (end_ms - start_ms).max(0);
    let mut done = 0;
    let mut words = Vec::with_capacity(parts.len());
    for (text, length) in parts.into_iter().zip(lengths) {
        let at = |done: i64| {
            start_ms + i64::try_from(i128::from(span) * i128::from(done) / i128::from(whole)).unwrap_or(0)
        };
        let start = at(done);
        done += length;
        words.push(Word { start_ms: start, end_ms: at(done), text, confidence: 1.0 });
    }
    words
}

/// The words of an edited text: those that it has in common with the old ones keep time and confidence, runs of new
/// ones share the time of what they replace.
pub fn realign(old: &[Word], text: &str, start_ms: i64, end_ms: i64) -> Vec<Word> {
    let new = split(text);
    if old.is_empty() || new.is_empty() || old.len().saturating_mul(new.len()) > 1_000_000 {
        return spread(text, start_ms, end_ms);
    }
    let pairs = common(old, &new);
    let mut words: Vec<Word> = Vec::with_capacity(new.len());
    let (mut next_old, mut next_new) = (0_usize, 0_usize);
    let border = |at: usize| old.get(at).map(|word| word.start_ms);
    for (i, j) in pairs.into_iter().chain(std::iter::once((old.len(), new.len()))) {
        let replaced = new.get(next_new..j).unwrap_or_default();
        if !replaced.is_empty() {
            let before = next_old.checked_sub(1).and_then(|at| old.get(at)).map(|word| word.end_ms);
            let (from, to) = if next_old < i {
                let last = i.checked_sub(1).and_then(|at| old.get(at)).map(|word| word.end_ms);
                (border(next_old).unwrap_or(start_ms), last.unwrap_or(end_ms))
            } else {
                (before.unwrap_or(start_ms), border(i).unwrap_or(end_ms))
            };
            words.extend(spread(&replaced.join(" "), from, to.max(from)));
        }
        if let (Some(word), Some(text)) = (old.get(i), new.get(j)) {
            words.push(Word { text: text.clone(), ..word.clone() });
        }
        (next_old, next_new) = (i + 1, j + 1);
    }
    words
}

/// Words by spaces; runs without spaces in scripts that have none are cut into short ones.
fn split(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in text.split_whitespace() {
        let chars: Vec<char> = part.chars().collect();
        let spaceless =
            chars.len() > 4 && chars.iter().filter(|c| is_spaceless(**c)).count() * 2 > chars.len();
        if spaceless {
            parts.extend(chars.chunks(2).map(|pair| pair.iter().collect::<String>()));
        } else {
            parts.push(part.to_owned());
        }
    }
    parts
}

fn is_spaceless(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0x20000..=0x3FFFF)
}

fn length(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(1).max(1)
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The longest common subsequence, as pairs of places.
fn common(old: &[Word], new: &[String]) -> Vec<(usize, usize)> {
    let old: Vec<String> = old.iter().map(|word| plain(&word.text)).collect();
    let new: Vec<String> = new.iter().map(|word| plain(word)).collect();
    let width = new.len() + 1;
    let mut table = vec![0_u32; (old.len() + 1) * width];
    let value = |table: &[u32], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let best = if old.get(i) == new.get(j) {
                value(&table, i + 1, j + 1) + 1
            } else {
                value(&table, i + 1, j).max(value(&table, i, j + 1))
            };
            if let Some(cell) = table.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < old.len() && j < new.len() {
        if old.get(i) == new.get(j) && value(&table, i, j) == value(&table, i + 1, j + 1) + 1 {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if value(&table, i + 1, j) >= value(&table, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}
