//! The little language of the rules: words, alternatives, gaps. Explained at the head of `rules_en.txt`.

use crate::enums::SuggestionKind;

/// Words that a gap may hold.
const GAP: usize = 4;

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// One of these words.
    Word(Vec<String>),
    /// One of these words, or nothing.
    Maybe(Vec<String>),
    /// Any one word.
    Any,
    /// Up to [`GAP`] words.
    Gap,
    /// The beginning of the sentence.
    Start,
    /// Its end.
    End,
}

#[derive(Clone, Debug)]
struct Rule {
    kind: SuggestionKind,
    /// Says that the kind is not meant.
    not: bool,
    steps: Vec<Step>,
}

/// The rules of a language.
#[derive(Clone, Debug)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    /// Reads rules; lines that are none are left out (a test reads that there are none).
    pub(super) fn read(text: &str) -> Self {
        Self(text.lines().filter_map(rule).collect())
    }

    /// Whether a sentence is of a kind.
    pub(super) fn says(&self, kind: SuggestionKind, words: &[String]) -> bool {
        let any = |not: bool| {
            let mut mine = self.0.iter().filter(|rule| rule.kind == kind && rule.not == not);
            mine.any(|rule| (0..words.len()).any(|from| fits(&rule.steps, words, from)))
        };
        any(false) && !any(true)
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

fn rule(line: &str) -> Option<Rule> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let (head, pattern) = line.split_once(':')?;
    let (not, kind) = match head.strip_prefix("not ") {
        Some(kind) => (true, kind),
        None => (false, head),
    };
    let steps = pattern.split_whitespace().map(step).collect();
    Some(Rule { kind: kind.trim().parse().ok()?, not, steps })
}

fn step(text: &str) -> Step {
    let words = |text: &str| text.split('|').map(str::to_owned).collect();
    match text {
        "~" => Step::Gap,
        "*" => Step::Any,
        "^" => Step::Start,
        "$" => Step::End,
        text => match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            Some(inner) => Step::Maybe(words(inner)),
            None => Step::Word(words(text)),
        },
    }
}

/// Whether the steps fit from a word on.
fn fits(steps: &[Step], words: &[String], at: usize) -> bool {
    let Some((first, rest)) = steps.split_first() else { return true };
    let here = |choice: &[String]| words.get(at).is_some_and(|word| choice.contains(word));
    match first {
        Step::Word(choice) => here(choice) && fits(rest, words, at + 1),
        Step::Maybe(choice) => (here(choice) && fits(rest, words, at + 1)) || fits(rest, words, at),
        Step::Any => at < words.len() && fits(rest, words, at + 1),
        Step::Gap => (at..=at + GAP).any(|next| next <= words.len() && fits(rest, words, next)),
        Step::Start => at == 0 && fits(rest, words, at),
        Step::End => at == words.len() && fits(rest, words, at),
    }
}

/// Contractions, written out.
const LONG: [(&str, &str); 13] = [
    ("can't", "can not"),
    ("cannot", "can not"),
    ("won't", "will not"),
    ("shan't", "shall not"),
    ("gonna", "going to"),
    ("wanna", "want to"),
    ("let's", "let us"),
    ("n't", " not"),
    ("'ll", " will"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'m", " am"),
    ("'d", " would"),
];

/// The words of a sentence in lower case, contractions written out, without punctuation.
pub(super) fn words(sentence: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in sentence.split_whitespace() {
        let mut word = word.to_lowercase().replace(['’', '‘', '`'], "'");
        for (short, long) in LONG {
            if word.trim_end_matches(|c: char| !c.is_alphanumeric()).ends_with(short) {
                word = word.replacen(short, long, 1);
                break;
            }
        }
        // "that's blocking", "it's settled"; a genitive does no harm.
        let word = word.replace("'s", " is");
        found.extend(
            word.split(|c: char| !(c.is_alphanumeric() || c == '-'))
                .map(|part| part.trim_matches('-'))
                .filter(|part| !part.is_empty())
                .map(str::to_owned),
        );
    }
    found
}
