//! A round as Markdown, to copy or to send.

use crate::enums::AnswerState;

/// What the summary says.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The check-in's name.
    pub name: String,
    /// Its date, `2026-11-18`.
    pub date: String,
    /// Goals: whose, what, until when, and whether it is settled.
    pub goals: Vec<(String, String, String, bool)>,
    /// Everybody's answers: name, state, address of the update, and `(prompt, text)`.
    pub answers: Vec<Answer>,
    /// Who has not answered, with the state.
    pub missing: Vec<(String, AnswerState)>,
    /// Decisions.
    pub decisions: Vec<Entry>,
    /// Open asks.
    pub asks: Vec<Entry>,
    /// Plans from before that are still open.
    pub carried_over: Vec<(String, String)>,
    /// Meeting minutes and minutes spent, where the check-in replaces a meeting.
    pub saved: Option<(i64, i64)>,
}

/// Somebody's answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Who.
    pub name: String,
    /// In time or late.
    pub late: bool,
    /// Where it is.
    pub url: String,
    /// `(prompt's text, answer)`; where nothing is known by prompt, one pair with an empty prompt.
    pub by_prompt: Vec<(String, String)>,
    /// What goes with it: title and address.
    pub links: Vec<(String, String)>,
}

/// A decision or an ask.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it says.
    pub text: String,
    /// Whose, and for an ask whom it is for.
    pub who: String,
    /// Where it is.
    pub url: String,
}

/// Writes the summary. What people wrote is cut to one line where it stands in a list.
pub fn markdown(round: &Summary) -> String {
    let mut out = format!("# {}, {}\n", escape(&round.name), round.date);
    if !round.goals.is_empty() {
        out.push_str("\n## Goals\n\n");
        for (who, text, due, settled) in &round.goals {
            let mark = if *settled { 'x' } else { ' ' };
            put(&mut out, &format!("- [{mark}] {}: {} (until {due})\n", escape(who), one_line(text)));
        }
    }
    for answer in &round.answers {
        let late = if answer.late { " (late)" } else { "" };
        put(&mut out, &format!("\n## [{}]({}){late}\n", escape(&answer.name), answer.url));
        for (prompt, text) in &answer.by_prompt {
            if !prompt.is_empty() {
                put(&mut out, &format!("\n**{}**\n", escape(prompt)));
            }
            put(&mut out, &format!("\n{}\n", text.trim()));
        }
        for (number, (title, url)) in answer.links.iter().enumerate() {
            let gap = if number == 0 { "\n" } else { "" };
            put(&mut out, &format!("{gap}- [{}](<{}>)\n", escape(title), destination(url)));
        }
    }
    list(&mut out, "Decided", &round.decisions);
    list(&mut out, "Open asks", &round.asks);
    if !round.carried_over.is_empty() {
        out.push_str("\n## Carried over\n\n");
        for (who, text) in &round.carried_over {
            put(&mut out, &format!("- [ ] {}: {}\n", escape(who), one_line(text)));
        }
    }
    if !round.missing.is_empty() {
        let people: Vec<String> =
            round.missing.iter().map(|(name, state)| format!("{} ({state})", escape(name))).collect();
        put(&mut out, &format!("\nNo answer: {}.\n", people.join(", ")));
    }
    if let Some((meeting, watched)) = round.saved {
        let text = format!(
            "\nThe meeting would have taken {meeting} minutes of work; this took {watched} so far.\n"
        );
        put(&mut out, &text);
    }
    out
}

fn list(out: &mut String, title: &str, entries: &[Entry]) {
    if entries.is_empty() {
        return;
    }
    put(out, &format!("\n## {title}\n\n"));
    for entry in entries {
        put(out, &format!("- [{}]({}), {}\n", one_line(&entry.text), entry.url, escape(&entry.who)));
    }
}

fn put(out: &mut String, text: &str) {
    out.push_str(text);
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    escape(&line.chars().take(300).collect::<String>())
}

/// An address between `<` and `>`.
fn destination(url: &str) -> String {
    let one = |c: char| match c {
        '<' => "%3C".to_owned(),
        '>' => "%3E".to_owned(),
        c if c.is_whitespace() || c.is_control() => String::new(),
        c => c.to_string(),
    };
    url.chars().map(one).collect()
}

/// Names and titles cannot break out of their place.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '[' | ']' | '*' | '_' | '`' | '<' | '>' | '#' | '(' | ')' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_to_send() {
        let entry = Entry {
            text: "Sign the\nagreement".to_owned(),
            who: "Aroha to Mira".to_owned(),
            url: "/u/2?t=96".to_owned(),
        };
        let round = Summary {
            name: "Stand-up".to_owned(),
            date: "2026-11-18".to_owned(),
            goals: vec![("Mira".to_owned(), "Ship [it]".to_owned(), "2026-12-01".to_owned(), true)],
            answers: vec![Answer {
                name: "Mira [x](y)".to_owned(),
                late: true,
                url: "/u/1".to_owned(),
                by_prompt: vec![("Next?".to_owned(), "- Docs\n- Rest".to_owned())],
                links: vec![("Plan [1]".to_owned(), "https://example.org/a(b)>c".to_owned())],
            }],
            missing: vec![("Tom".to_owned(), AnswerState::Away)],
            decisions: Vec::new(),
            asks: vec![entry],
            carried_over: vec![("Mira".to_owned(), "Wording".to_owned())],
            saved: Some((120, 34)),
        };
        let text = markdown(&round);
        for part in [
            "# Stand-up, 2026-11-18\n\n## Goals\n\n- [x] Mira: Ship \\[it\\] (until 2026-12-01)\n",
            "## [Mira \\[x\\]\\(y\\)](/u/1) (late)",
            "**Next?**\n\n- Docs\n- Rest\n",
            "\n- [Plan \\[1\\]](<https://example.org/a(b)%3Ec>)\n",
            "- [Sign the agreement](/u/2?t=96), Aroha to Mira\n",
            "- [ ] Mira: Wording\n",
            "No answer: Tom (away).",
            "120 minutes of work; this took 34 so far",
        ] {
            assert!(text.contains(part), "{part:?} in {text}");
        }
        assert!(!text.contains("Decided"));
    }
}
