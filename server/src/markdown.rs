//! Markdown to HTML, safe subset: no raw HTML, no pictures, links to http, https and mailto only.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use comrak::Options;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    const TAGS: [&str; 28] = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
        "s",
        "b",
        "i",
    ];
    let mut cleaner = Builder::empty();
    cleaner
        .tags(HashSet::from(TAGS))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer ugc"))
        .clean_content_tags(HashSet::from(["script", "style"]));
    cleaner
});

/// The HTML of a text. What the subset does not have stands there as it was typed.
pub fn to_html(text: &str) -> String {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.render.hardbreaks = true;
    options.render.escape = true;
    CLEANER.clean(&comrak::markdown_to_html(text, &options)).to_string()
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn the_usual_marks_become_elements() {
        assert_eq!(to_html("**now** and *then*"), "<p><strong>now</strong> and <em>then</em></p>\n");
        assert_eq!(to_html("a\nb"), "<p>a<br>\nb</p>\n");
        let link = to_html("see https://example.org/x");
        assert!(
            link.contains(r#"<a href="https://example.org/x" rel="nofollow noopener noreferrer ugc">"#),
            "{link}"
        );
    }

    #[test]
    fn nothing_that_runs_gets_through() {
        for text in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](https://evil.example/pixel.png)",
            "[x](javascript:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "<svg/onload=alert(1)>",
            "[x](vbscript:x)",
            "<a href=\"jAvAsCrIpT:alert(1)\" onclick=\"x()\">x</a>",
            "<iframe src=https://evil.example></iframe>",
            "<style>*{display:none}</style>",
            "```html\n<script>alert(1)</script>\n```",
        ] {
            // Escaped text is harmless: only what stands between < and > is a tag.
            let html = to_html(text).to_lowercase();
            for tag in html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
                let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
                assert!(["p", "a", "pre", "code", "br"].contains(&name), "{text} -> {html}");
                for bad in [" on", "javascript:", "data:", "vbscript:", "src="] {
                    assert!(!tag.contains(bad), "{text} -> {html}");
                }
            }
        }
    }
}
