//! The API reference for people: one page made at start from the OpenAPI document and the table of error codes. It runs
//! no script, so it needs no exception from the content security policy.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use meridian_domain::markup::escape;
use serde_json::Value;

use crate::error::Code;

/// The page's style sheet.
pub const STYLE: &str = include_str!("reference.css");

/// The page as HTML.
///
/// # Errors
/// Never in practice: writing into a string does not fail.
pub fn page(document: &Value) -> Result<String, fmt::Error> {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Meridian: API reference</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"/api/docs/style.css\"></head><body>",
    );
    let tags = by_tag(document);
    write!(html, "<nav aria-label=\"Sections\"><a href=\"/\">Meridian</a><ul>")?;
    for tag in tags.keys() {
        write!(html, "<li><a href=\"#{}\">{}</a></li>", slug(tag), Text(tag))?;
    }
    html.push_str("<li><a href=\"#errors\">Error codes</a></li><li><a href=\"#schemas\">Schemas</a></li></ul></nav><main>");
    write!(
        html,
        "<h1>API reference</h1><p>Version {}. For programs: <a href=\"/api/v1/openapi.json\">the OpenAPI document</a>. \
         Send <code>Authorization: Bearer</code> with an access token or an API token.</p>",
        Text(document["info"]["version"].as_str().unwrap_or_default())
    )?;
    for (tag, operations) in &tags {
        write!(html, "<h2 id=\"{}\">{}</h2>", slug(tag), Text(tag))?;
        for operation in operations {
            operation.write(&mut html)?;
        }
    }
    errors(&mut html)?;
    schemas(&mut html, &document["components"]["schemas"])?;
    html.push_str("</main></body></html>");
    Ok(html)
}

/// One method of one path.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    told: &'a Value,
}

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

fn by_tag(document: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut tags: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(told) = item.get(method) {
                let tag = told["tags"][0].as_str().unwrap_or("Other");
                tags.entry(tag).or_default().push(Operation { method, path, told });
            }
        }
    }
    tags
}

impl Operation<'_> {
    fn write(&self, html: &mut String) -> fmt::Result {
        let (method, path) = (self.method.to_uppercase(), Text(self.path));
        let summary = Text(self.told["summary"].as_str().unwrap_or_default());
        write!(
            html,
            "<section id=\"{}\"><h3><span class=\"method\">{method}</span> <code>{path}</code></h3><p>{summary}</p>",
            slug(&format!("{method}-{}", self.path))
        )?;
        if let Some(more) = self.told["description"].as_str() {
            write!(html, "<p>{}</p>", Text(more))?;
        }
        self.parameters(html)?;
        for content in self.told["requestBody"]["content"].as_object().into_iter().flatten() {
            write!(html, "<p>Body: <code>{}</code> ", Text(content.0))?;
            shape(html, &content.1["schema"])?;
            html.push_str("</p>");
        }
        self.answers(html)?;
        html.push_str("</section>");
        Ok(())
    }

    fn parameters(&self, html: &mut String) -> fmt::Result {
        let Some(parameters) = self.told["parameters"].as_array().filter(|all| !all.is_empty()) else {
            return Ok(());
        };
        html.push_str(
            "<table><thead><tr><th>Parameter</th><th>In</th><th>Type</th><th>What</th></tr></thead><tbody>",
        );
        for parameter in parameters {
            let text = |field: &str| Text(parameter[field].as_str().unwrap_or_default());
            write!(html, "<tr><td><code>{}</code></td><td>{}</td><td>", text("name"), text("in"))?;
            shape(html, &parameter["schema"])?;
            write!(html, "</td><td>{}</td></tr>", text("description"))?;
        }
        html.push_str("</tbody></table>");
        Ok(())
    }

    fn answers(&self, html: &mut String) -> fmt::Result {
        html.push_str("<table><thead><tr><th>Answer</th><th>What</th><th>Type</th></tr></thead><tbody>");
        for (status, answer) in self.told["responses"].as_object().into_iter().flatten() {
            let what = answer["description"].as_str().unwrap_or_default();
            write!(html, "<tr><td>{}</td><td>{}</td><td>", Text(status), Text(what))?;
            for content in answer["content"].as_object().into_iter().flatten() {
                shape(html, &content.1["schema"])?;
            }
            html.push_str("</td></tr>");
        }
        html.push_str("</tbody></table>");
        Ok(())
    }
}

/// The type in a word, with a link where it has a name.
fn shape(html: &mut String, schema: &Value) -> fmt::Result {
    if let Some(name) = schema["$ref"].as_str().and_then(|link| link.rsplit('/').next()) {
        return write!(html, "<a href=\"#schema-{0}\">{0}</a>", Text(name));
    }
    let choices = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| schema[*key].as_array());
    if let Some(choices) = choices {
        for (at, choice) in choices.iter().enumerate() {
            html.push_str(if at == 0 { "" } else { " | " });
            shape(html, choice)?;
        }
        return Ok(());
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        return write!(html, "{}", Text(&values.join(" | ")));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if kinds.contains(&"array") {
        html.push_str("list of ");
        return shape(html, &schema["items"]);
    }
    write!(html, "{}", Text(&kinds.join(" | ")))?;
    if let Some(format) = schema["format"].as_str() {
        write!(html, " ({})", Text(format))?;
    }
    Ok(())
}

fn errors(html: &mut String) -> fmt::Result {
    html.push_str(
        "<h2 id=\"errors\">Error codes</h2><p>Each problem document's <code>type</code> leads here.</p>",
    );
    html.push_str("<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>");
    for code in Code::ALL {
        let (name, status) = (code.as_str(), code.status().as_u16());
        write!(
            html,
            "<tr id=\"{name}\"><td><code>{name}</code></td><td>{status}</td><td>{}</td></tr>",
            Text(code.title())
        )?;
    }
    html.push_str("</tbody></table>");
    Ok(())
}

fn schemas(html: &mut String, schemas: &Value) -> fmt::Result {
    html.push_str("<h2 id=\"schemas\">Schemas</h2>");
    for (name, schema) in schemas.as_object().into_iter().flatten() {
        write!(html, "<section id=\"schema-{0}\"><h3>{0}</h3>", Text(name))?;
        if let Some(what) = schema["description"].as_str() {
            write!(html, "<p>{}</p>", Text(what))?;
        }
        let Some(fields) = schema["properties"].as_object() else {
            html.push_str("<p>");
            shape(html, schema)?;
            html.push_str("</p></section>");
            continue;
        };
        html.push_str("<table><thead><tr><th>Field</th><th>Type</th><th>What</th></tr></thead><tbody>");
        for (field, told) in fields {
            write!(html, "<tr><td><code>{}</code></td><td>", Text(field))?;
            shape(html, told)?;
            write!(html, "</td><td>{}</td></tr>", Text(told["description"].as_str().unwrap_or_default()))?;
        }
        html.push_str("</tbody></table></section>");
    }
    Ok(())
}

/// A name for an address within the page.
fn slug(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// Text in which nothing is markup.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&escape(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn every_route_every_schema_and_every_code_has_its_place() {
        let document = crate::app::openapi().unwrap();
        let html = page(&document).unwrap();
        for path in document["paths"].as_object().unwrap().keys() {
            assert!(html.contains(&format!("<code>{path}</code>")), "{path}");
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(html.contains(&format!("id=\"schema-{name}\"")), "{name}");
        }
        for code in crate::error::Code::ALL {
            assert!(html.contains(&format!("id=\"{}\"", code.as_str())), "{}", code.as_str());
        }
        // Each address within the page leads somewhere.
        for link in html.split("href=\"#").skip(1) {
            let target = link.split('"').next().unwrap();
            assert!(html.contains(&format!("id=\"{target}\"")), "#{target}");
        }
    }

    #[test]
    fn what_the_document_says_is_text() {
        let document = serde_json::json!({"info": {"version": "<script>"}, "paths": {}});
        assert!(!page(&document).unwrap().contains("<script"));
    }
}
