//! Which part of an answer answers which prompt: by chapters in a recording, by headings in a text.

use serde::{Deserialize, Serialize};

use crate::ranges::Range;

/// A question of a check-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Stays when the text is edited.
    pub id: String,
    /// What is asked.
    pub text: String,
}

/// The part of a recording that answers a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Which prompt.
    pub prompt_id: String,
    /// From this moment.
    pub start_ms: i64,
    /// To this one.
    pub end_ms: i64,
}

/// Slices from chapters `(at_ms, prompt)` in order: each goes to the next chapter or the end of what is shown. What
/// lies before the first chapter belongs to it. Chapters of no prompt end the one before them.
pub fn slices(chapters: &[(i64, Option<&str>)], (start, end): Range) -> Vec<Slice> {
    let ends = chapters.iter().skip(1).map(|(at, _)| *at).chain([end]);
    let slice = |(index, ((at, prompt), next)): (usize, (&(i64, Option<&str>), i64))| {
        let from = if index == 0 { start } else { (*at).max(start) };
        let to = next.min(end);
        (from < to).then_some(())?;
        Some(Slice { prompt_id: (*prompt)?.to_owned(), start_ms: from, end_ms: to })
    };
    chapters.iter().zip(ends).enumerate().filter_map(slice).collect()
}

/// The parts of a text by headings (`## What is next?`) or lines that are a prompt's text; a text without any answers
/// the only or first prompt as a whole. Answers `(prompt's id, Markdown)`.
pub fn sections(body: &str, prompts: &[Prompt]) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in body.lines() {
        if let Some(prompt) = prompts.iter().find(|prompt| is_heading(line, &prompt.text)) {
            parts.push((prompt.id.clone(), String::new()));
        } else if let Some((_, text)) = parts.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    if parts.is_empty()
        && let Some(first) = prompts.first()
        && !body.trim().is_empty()
    {
        parts.push((first.id.clone(), body.to_owned()));
    }
    for (_, text) in &mut parts {
        *text = text.trim().to_owned();
    }
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

fn is_heading(line: &str, prompt: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim().trim_start_matches('#').trim().trim_matches('*').trim();
        text.trim_end_matches([':', '?', '.']).trim().to_lowercase()
    };
    let line = bare(line);
    !line.is_empty() && line == bare(prompt)
}

/// Words by which a prompt asks for plans, in the languages of the web app.
const PLAN_WORDS: &[&str] = &[
    "plan",
    "plans",
    "planning",
    "next",
    "today",
    "tomorrow",
    "will you",
    "going to",
    "focus",
    "priorities",
    "priority",
    "intend",
    "pläne",
    "planst",
    "plant ihr",
    "geplant",
    "nächste",
    "nächsten",
    "nächstes",
    "heute",
    "morgen",
    "wirst du",
    "werdet ihr",
    "hast du vor",
    "habt ihr vor",
    "dir vor",
    "euch vor",
    "fokus",
    "prioritäten",
    "priorität",
];

/// Whether a prompt asks what somebody is going to do.
pub fn asks_for_plans(prompt: &str) -> bool {
    let words: Vec<String> = prompt
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let text = format!(" {} ", words.join(" "));
    PLAN_WORDS.iter().any(|word| text.contains(&format!(" {word} ")))
}

/// Most plans of one answer.
const MAX_PLANS: usize = 20;
/// Longest plan, in characters.
const MAX_PLAN_CHARS: usize = 300;

/// The plans in the text under a prompt that asks for them: its list entries, else its lines.
pub fn plans(text: &str) -> Vec<String> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let marked = lines().filter_map(entry).collect::<Vec<_>>();
    let found = if marked.is_empty() { lines().collect() } else { marked };
    found
        .into_iter()
        .map(|plan| plan.chars().take(MAX_PLAN_CHARS).collect::<String>())
        .filter(|plan| plan.chars().any(char::is_alphanumeric) && !is_nothing(plan))
        .take(MAX_PLANS)
        .collect()
}

fn entry(line: &str) -> Option<&str> {
    let text = line.strip_prefix(['-', '*', '+']).or_else(|| {
        let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
        (digits.len() < line.len()).then(|| digits.strip_prefix(['.', ')'])).flatten()
    })?;
    text.starts_with(' ').then(|| {
        let text = text.trim();
        text.strip_prefix("[ ]").or_else(|| text.strip_prefix("[x]")).unwrap_or(text).trim()
    })
}

fn is_nothing(plan: &str) -> bool {
    let word = plan.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let nothing = [
        "nothing",
        "none",
        "no",
        "n/a",
        "na",
        "nope",
        "nothing new",
        "nichts",
        "nichts neues",
        "keine",
        "nein",
    ];
    nothing.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompts() -> Vec<Prompt> {
        [("p1", "What did you finish?"), ("p2", "What is next?"), ("p3", "What is in your way?")]
            .map(|(id, text)| Prompt { id: id.to_owned(), text: text.to_owned() })
            .to_vec()
    }

    #[test]
    fn chapters_cut_a_recording() {
        let slice = |id: &str, start_ms, end_ms| Slice { prompt_id: id.to_owned(), start_ms, end_ms };
        let chapters = [(2_000, Some("p1")), (10_000, Some("p2")), (20_000, None), (25_000, Some("p3"))];
        assert_eq!(
            slices(&chapters, (0, 30_000)),
            [slice("p1", 0, 10_000), slice("p2", 10_000, 20_000), slice("p3", 25_000, 30_000)]
        );
        // A trim hides what lies outside.
        assert_eq!(slices(&chapters, (12_000, 18_000)), [slice("p2", 12_000, 18_000)]);
        assert!(slices(&[], (0, 5)).is_empty());
    }

    #[test]
    fn headings_cut_a_text() {
        let body = "## What did you finish?\nThe *release*.\n\n**What is next**\n- Docs\n- Rest\n";
        assert_eq!(
            sections(body, &prompts()),
            [("p1".to_owned(), "The *release*.".to_owned()), ("p2".to_owned(), "- Docs\n- Rest".to_owned())]
        );
        assert_eq!(sections("All fine.", &prompts()), [("p1".to_owned(), "All fine.".to_owned())]);
        assert!(sections("  ", &prompts()).is_empty());
        assert!(sections("Text", &[]).is_empty());
    }

    #[test]
    fn plans_are_the_entries_under_what_is_next() {
        assert_eq!(plans("- Docs\n2. Ship it\n* [ ] Rest\nand more"), ["Docs", "Ship it", "Rest"]);
        assert_eq!(plans("Docs\n\nShip it\nNothing."), ["Docs", "Ship it"]);
        assert!(plans("- none\n-\n").is_empty());
        assert!(plans("Nichts.").is_empty());
    }

    #[test]
    fn prompts_that_ask_for_plans() {
        for yes in ["What is next?", "What will you do today?", "Plans for the week", "Your focus"] {
            assert!(asks_for_plans(yes), "{yes}");
        }
        for yes in [
            "Was kommt als Nächstes?",
            "Was nimmst du dir vor?",
            "Was hast du heute vor?",
            "Pläne für die Woche",
        ] {
            assert!(asks_for_plans(yes), "{yes}");
        }
        for no in [
            "What did you finish?",
            "What is in your way?",
            "Any explanations?",
            "Context",
            "Was steht dir im Weg?",
            "Was war vor dem Start?",
        ] {
            assert!(!asks_for_plans(no), "{no}");
        }
    }
}
