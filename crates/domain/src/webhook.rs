//! What chat programs get: one short message with a link. What people wrote is escaped for each program, so that it can
//! neither call everybody nor look like something else.

use serde_json::{Value, json};

use crate::enums::WebhookFormat;

/// How many characters of a text are sent.
const MOST_CHARS: usize = 600;

/// What happened, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Such as `Ada published`.
    pub lead: String,
    /// The update's title.
    pub title: String,
    /// Where it is; made by the server.
    pub url: String,
    /// The team's name.
    pub place: String,
    /// What was said.
    pub text: String,
}

/// The body for a chat program; `None`: the format is not one of a chat program.
pub fn chat_body(format: WebhookFormat, story: &Story) -> Option<Value> {
    let text = cut(&story.text);
    Some(match format {
        WebhookFormat::Standard => return None,
        WebhookFormat::Slack => {
            let quote = if text.is_empty() { String::new() } else { format!("\n> {}", slack(&text)) };
            let line = format!(
                "{}: <{}|{}> · {}{quote}",
                slack(&story.lead),
                story.url,
                slack(&story.title).replace('|', "¦"),
                slack(&story.place)
            );
            json!({"text": line, "unfurl_links": false, "unfurl_media": false})
        }
        WebhookFormat::Mattermost => json!({"text": markdown_line(story, &text)}),
        WebhookFormat::Discord => json!({
            "content": markdown_line(story, &text),
            "allowed_mentions": {"parse": []},
            // No previews of links.
            "flags": 4,
        }),
        WebhookFormat::Teams => teams(story, &text),
    })
}

fn teams(story: &Story, text: &str) -> Value {
    let block = |text: String, subtle: bool| json!({"type": "TextBlock", "text": text, "wrap": true, "isSubtle": subtle});
    let mut body = vec![
        block(format!("{}: {}", markdown(&story.lead), markdown(&story.title)), false),
        block(markdown(&story.place), true),
    ];
    if !text.is_empty() {
        body.push(block(markdown(text), false));
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": [{"type": "Action.OpenUrl", "title": "Open in Meridian", "url": story.url}],
            },
        }],
    })
}

fn markdown_line(story: &Story, text: &str) -> String {
    let quote = if text.is_empty() { String::new() } else { format!("\n> {}", markdown(text)) };
    format!(
        "{}: [{}]({}) · {}{quote}",
        markdown(&story.lead),
        markdown(&story.title),
        story.url,
        markdown(&story.place)
    )
}

/// One line of at most 600 characters.
fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// One line without control characters.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// As Slack wants it: three characters are its own. Its marks (`*`, `_`, `~`, back-ticks) get an invisible neighbour.
fn slack(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            ':' => out.push_str(":\u{200b}"),
            '*' | '_' | '~' | '`' => {
                out.push('\u{200b}');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// As Markdown that says only what it says; `@` calls nobody.
fn markdown(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        match c {
            '@' => out.push_str("@\u{200b}"),
            ':' => out.push_str(":\u{200b}"),
            '<' => out.push('‹'),
            '>' => out.push('›'),
            c if c.is_ascii_punctuation() && "\\`*_{}[]()#+-.!|~$&".contains(c) => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(hostile: &str) -> Story {
        Story {
            lead: format!("{hostile} published"),
            title: hostile.to_owned(),
            url: "https://meridian.example/u/1".to_owned(),
            place: hostile.to_owned(),
            text: hostile.to_owned(),
        }
    }

    const CHATS: [WebhookFormat; 4] =
        [WebhookFormat::Slack, WebhookFormat::Teams, WebhookFormat::Discord, WebhookFormat::Mattermost];

    #[test]
    fn nobody_is_called_and_nothing_is_linked_by_what_people_write() {
        let hostile =
            "<!channel> <@U1> @everyone @here [x](http://evil.example) <http://evil.example|x> *b* \n# h";
        for format in CHATS {
            let body = chat_body(format, &story(hostile)).unwrap().to_string();
            assert!(!body.contains("<!channel>") && !body.contains("<@U1>"), "{body}");
            assert!(!body.contains("](http://evil") && !body.contains("<http://evil"), "{body}");
            if format != WebhookFormat::Slack {
                // Slack calls only by what stands in angle brackets.
                assert!(!body.contains("@everyone") && !body.contains("@here"), "{body}");
            }
        }
    }

    #[test]
    fn each_program_gets_its_own_shape() {
        let mut told = story("Demo");
        told.lead = "Ada published".to_owned();
        told.text = String::new();
        let slack = chat_body(WebhookFormat::Slack, &told).unwrap();
        assert_eq!(slack["text"], "Ada published: <https://meridian.example/u/1|Demo> · Demo");
        let matter = chat_body(WebhookFormat::Mattermost, &told).unwrap();
        assert_eq!(matter["text"], "Ada published: [Demo](https://meridian.example/u/1) · Demo");
        let discord = chat_body(WebhookFormat::Discord, &told).unwrap();
        assert_eq!(discord["allowed_mentions"]["parse"], json!([]));
        let teams = chat_body(WebhookFormat::Teams, &told).unwrap();
        assert_eq!(teams["attachments"][0]["content"]["actions"][0]["url"], told.url);
        assert_eq!(chat_body(WebhookFormat::Standard, &told), None);
    }

    #[test]
    fn discord_never_gets_more_than_it_takes() {
        let mut told = story(&"**".repeat(60));
        told.text = "_".repeat(5_000);
        let body = chat_body(WebhookFormat::Discord, &told).unwrap();
        assert!(body["content"].as_str().unwrap().chars().count() <= 2_000);
    }
}
