//! Markdown to HTML, safe subset: no raw HTML, no pictures, links to http, https and mailto only.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use ammonia::{Builder, UrlRelative};
use comrak::Options;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

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

/// How many bytes of texts and their HTML are kept.
const KEPT_BYTES: u64 = 4 << 20;
/// About how many texts these are.
const KEPT: usize = 2_000;

/// What was made lately of which text. Lists show the same texts again and again, and to clean one costs more than everything
/// else of an update in a list.
static HTML: LazyLock<Cache<String, Arc<str>, Bytes>> =
    LazyLock::new(|| Cache::with_weighter(KEPT, KEPT_BYTES, Bytes));

#[derive(Clone)]
struct Bytes;

impl Weighter<String, Arc<str>> for Bytes {
    fn weight(&self, text: &String, html: &Arc<str>) -> u64 {
        (text.len() + html.len() + 1) as u64
    }
}

/// The HTML of a text that is shown again and again; the same as [`to_html`].
pub fn kept_html(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    if let Some(html) = HTML.get(text) {
        return html.as_ref().to_owned();
    }
    let html = to_html(text);
    HTML.insert(text.to_owned(), html.as_str().into());
    html
}

#[cfg(test)]
mod tests {
    use super::{kept_html, to_html};

    #[test]
    fn what_is_kept_is_what_is_made() {
        for text in ["", "**now**", "<b>", "**now**", "a\nb"] {
            assert_eq!(kept_html(text), to_html(text));
        }
    }

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
