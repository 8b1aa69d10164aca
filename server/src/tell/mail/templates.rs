//! The texts of mail. What stands in HTML is escaped by the name's ending; plain text is not HTML.

use meridian_domain::enums::MailKind;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Value};

/// Text and HTML of a kind of mail.
pub(super) fn render(kind: MailKind, context: &Value) -> Result<(String, String), minijinja::Error> {
    let mut all = Environment::new();
    all.set_auto_escape_callback(
        |name| {
            if name == "mail.html" { AutoEscape::Html } else { AutoEscape::None }
        },
    );
    all.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    let (text, html) = match kind {
        MailKind::Thread => (include_str!("templates/thread.txt"), include_str!("templates/thread.html")),
        MailKind::Round => (include_str!("templates/round.txt"), include_str!("templates/round.html")),
        MailKind::Digest => (include_str!("templates/digest.txt"), include_str!("templates/digest.html")),
    };
    let page = include_str!("templates/page.html").replace("{# content #}", html);
    let text = format!("{text}\n{}", include_str!("templates/foot.txt"));
    Ok((
        all.render_named_str("mail.txt", &text, context)?,
        all.render_named_str("mail.html", &page, context)?,
    ))
}

#[cfg(test)]
mod tests {
    use minijinja::context;
    use minijinja::value::Serde;

    use super::*;
    use crate::tell::speech::Language;

    #[test]
    fn what_people_write_is_inert_in_html() {
        let hostile = "<script>alert(1)</script>\" onload=\"x";
        let items = vec![context! {
            title => hostile, author => hostile, team => hostile, url => "https://m.example/u/1", length => "2 min",
        }];
        let entries = vec![
            context! { who => hostile, what => hostile, here => hostile, text => hostile, url => "https://m.example" },
        ];
        let context = context! {
            name => hostile, subject => hostile, title => hostile, quoted => hostile, team => hostile, url => "https://m.example/u/1",
            until => hostile, by => hostile, date => hostile, prompts => vec![hostile], base => "https://m.example", query => "team=1",
            updates => items.clone(), asks => items.clone(), rounds => items, entries => entries, total => "2 min", more => 0,
            unsubscribe_url => "https://m.example/unsubscribe/x", settings_url => "https://m.example/s", urgent => true,
        };
        for (kind, language) in
            MailKind::ALL.iter().flat_map(|&kind| [(kind, Language::English), (kind, Language::German)])
        {
            let say = Value::from(Serde(language.words()));
            let context = context! { say => say, lang => language.tag(), ..context.clone() };
            let (text, html) = render(kind, &context).unwrap();
            assert!(!html.contains("<script") && !html.contains("\" onload"), "{html}");
            assert!(text.contains(hostile) && html.contains("&lt;script&gt;"), "{text}");
            assert!(text.contains("https://m.example/unsubscribe/x") && html.contains("unsubscribe"));
            assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{html}");
        }
    }
}
