//! Markdown as plain text: what a reader sees, so that hits show words instead of marks.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

/// The text of a Markdown text. A link is its words; blocks stand on lines of their own.
pub(super) fn text(markdown: &str) -> String {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    let root = parse_document(&arena, markdown, &options);
    let mut text = String::with_capacity(markdown.len());
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Text(words) => text.push_str(words),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::CodeBlock(code) => {
                on_new_line(&mut text);
                text.push_str(code.literal.trim_end());
            }
            // The page shows what looks like HTML as it was typed.
            NodeValue::HtmlInline(html) => text.push_str(html),
            NodeValue::HtmlBlock(html) => {
                on_new_line(&mut text);
                text.push_str(html.literal.trim_end());
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push('\n'),
            NodeValue::TableCell if !text.is_empty() && !text.ends_with(['\n', ' ']) => text.push(' '),
            NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::TableRow(_) => on_new_line(&mut text),
            _ => {}
        }
    }
    text.trim().to_owned()
}

fn on_new_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn marks_go_and_words_stay() {
        for (markdown, plain) in [
            ("", ""),
            ("plain words", "plain words"),
            ("**Done:** the _new_ `parser` ~~old~~", "Done: the new parser old"),
            ("# Title\n\n- one\n- two [here](https://example.org/x)", "Title\none\ntwo here"),
            ("> said\n> so", "said\nso"),
            ("```rust\nlet a = 1;\n```\nafter", "let a = 1;\nafter"),
            ("| a | b |\n| - | - |\n| c | d |", "a b\nc d"),
            ("see https://example.org/x", "see https://example.org/x"),
            ("5 < 6 & <b>bold</b>", "5 < 6 & <b>bold</b>"),
        ] {
            assert_eq!(text(markdown), plain, "{markdown}");
        }
    }
}
