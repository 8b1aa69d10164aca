//! What the macros cannot say about the API, added to the document that they make: the media routes, the answers that
//! extractors and middleware give everywhere, and which fields an answer always has.
//!
//! In an answer a field that can be null is always there; a field that can be missing is never null (its attribute says
//! `nullable = false`). So a typed client has to ask one question only.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use crate::endpoints::media;

const SCHEMAS: &str = "#/components/schemas/";

/// Completes the document.
///
/// # Errors
/// The document cannot be written as JSON.
pub fn finish(document: &OpenApi) -> serde_json::Result<Value> {
    let mut document = serde_json::to_value(document)?;
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.extend(media::document::paths());
        name_operations(paths);
        let operations = paths.iter_mut().filter_map(|(path, item)| Some((path, item.as_object_mut()?)));
        for (path, item) in operations {
            for (method, operation) in item {
                answers(path, method, operation);
            }
        }
    }
    let schemas = document["components"]["schemas"].clone();
    let asked = asked_for(&document["paths"], &schemas);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        name_entries(schemas);
        for (_, schema) in schemas.iter_mut().filter(|(name, _)| !asked.contains(name.as_str())) {
            require_nullable(schema);
        }
    }
    Ok(document)
}

/// Handlers of several nouns may have one name, such as `list`: those get the noun of their path behind it.
fn name_operations(paths: &mut Map<String, Value>) {
    let mut seen = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for operation in paths.values().filter_map(Value::as_object).flat_map(Map::values) {
        let name = operation["operationId"].as_str().unwrap_or_default();
        if !seen.insert(name.to_owned()) {
            twice.insert(name.to_owned());
        }
    }
    for (path, item) in paths {
        let noun = path.rsplit('/').find(|part| !part.starts_with('{')).unwrap_or_default();
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            let name = operation["operationId"].as_str().unwrap_or_default();
            if twice.contains(name) {
                operation["operationId"] = json!(format!("{name}_{noun}"));
            }
        }
    }
}

/// The answers that come from what all handlers share, and problem documents for all that went wrong.
fn answers(path: &str, method: &str, operation: &mut Value) {
    let bearer =
        operation["security"].as_array().is_some_and(|all| all.iter().any(|one| one["bearer"].is_array()));
    let asks = operation["parameters"].as_array().is_some_and(|all| !all.is_empty());
    let body = operation["requestBody"].is_object();
    let mut shared = Vec::new();
    if path.starts_with("/api/") {
        shared.extend((asks || body).then_some(("400", "The request cannot be read")));
        shared.extend(bearer.then_some(("401", "Not signed in")));
        shared.extend(bearer.then_some(("403", "Not allowed, or not within the API token's scopes")));
        shared.extend(body.then_some(("413", "The body is too large")));
        shared.extend(body.then_some(("415", "Another content type is needed")));
        shared.extend(body.then_some(("422", "A field is not valid")));
        let tus = path.starts_with("/api/v1/uploads") && method != "options";
        shared.extend(tus.then_some(("412", "Only tus 1.0.0 is spoken")));
        shared.extend(tus.then_some(("422", "A header's field is not valid")));
        let edits = bearer && ["put", "patch", "delete"].contains(&method);
        shared.extend(edits.then_some(("412", "Somebody changed it in between")));
        shared.push(("5XX", "It is the server's fault, or it is busy"));
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, what) in shared {
        responses.entry(status).or_insert_with(|| json!({"description": what}));
    }
    for (status, answer) in responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        if answer["description"] == "" {
            answer["description"] = json!(format!("Status {status}"));
        }
        // An answer of another shape (what is not ready) stays as it is; HEAD and an unsatisfiable range have no body.
        let other = answer["content"]["application/json"]["schema"]["$ref"]
            .as_str()
            .is_some_and(|name| name != format!("{SCHEMAS}Problem"));
        if !other && method != "head" && status != "416" {
            answer["content"] =
                json!({"application/problem+json": {"schema": {"$ref": format!("{SCHEMAS}Problem")}}});
        }
    }
}

/// The names of all schemas that a request can hold.
fn asked_for(paths: &Value, schemas: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let items = paths.as_object().into_iter().flat_map(Map::values);
    for operation in items.filter_map(Value::as_object).flat_map(Map::values) {
        collect(&operation["requestBody"], schemas, &mut names);
        collect(&operation["parameters"], schemas, &mut names);
    }
    names
}

fn collect(value: &Value, schemas: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix(SCHEMAS));
            if let Some(name) = name
                && names.insert(name.to_owned())
            {
                collect(&schemas[name], schemas, names);
            }
            fields.values().for_each(|field| collect(field, schemas, names));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| collect(entry, schemas, names)),
        _ => {}
    }
}

/// `Page_Team` holds teams by their name instead of a copy of their shape.
fn name_entries(schemas: &mut Map<String, Value>) {
    let known: BTreeSet<String> = schemas.keys().cloned().collect();
    for (name, schema) in schemas {
        let entry = name.strip_prefix("Page_").filter(|entry| known.contains(*entry));
        if let (Some(entry), Some(items)) = (entry, schema.pointer_mut("/properties/items/items")) {
            *items = json!({"$ref": format!("{SCHEMAS}{entry}")});
        }
    }
}

/// A field of an answer that can be null is there.
fn require_nullable(schema: &mut Value) {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(require_nullable);
    }
    let fields = schema["properties"].as_object().into_iter().flatten();
    let nullable: Vec<Value> =
        fields.filter(|(_, field)| is_nullable(field)).map(|(name, _)| json!(name)).collect();
    if nullable.is_empty() {
        return;
    }
    let mut required = schema["required"].as_array().cloned().unwrap_or_default();
    required.extend(nullable);
    required.sort_by_key(|name| name.as_str().unwrap_or_default().to_owned());
    required.dedup();
    schema["required"] = Value::Array(required);
}

fn is_nullable(field: &Value) -> bool {
    let null = json!("null");
    field["type"].as_array().is_some_and(|types| types.contains(&null))
        || field["oneOf"].as_array().is_some_and(|all| all.iter().any(|one| one["type"] == null))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished() -> Value {
        crate::app::openapi().unwrap()
    }

    /// Every name that the document refers to is in it.
    #[test]
    fn every_reference_leads_somewhere() {
        let document = finished();
        let mut names = BTreeSet::new();
        collect(&document["paths"], &document["components"]["schemas"], &mut names);
        let missing: Vec<_> =
            names.iter().filter(|name| document["components"]["schemas"][name.as_str()].is_null()).collect();
        assert!(missing.is_empty(), "add them to routes.rs: {missing:?}");
    }

    #[test]
    fn names_of_operations_are_used_once() {
        let document = finished();
        let items = document["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        let mut names: Vec<&str> = operations.map(|one| one["operationId"].as_str().unwrap()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn an_answers_nullable_fields_are_always_there() {
        let document = finished();
        let schemas = &document["components"]["schemas"];
        let required = |name: &str| schemas[name]["required"].as_array().unwrap().clone();
        assert!(required("Update").contains(&json!("duration_ms")));
        assert!(required("Page_Team").contains(&json!("next_cursor")));
        // Shown once, so not always there; and a request may leave out what it likes.
        assert!(!required("ApiToken").contains(&json!("token")));
        assert!(!required("NewUpdate").contains(&json!("title")));
        assert_eq!(schemas["Page_Team"]["properties"]["items"]["items"]["$ref"], "#/components/schemas/Team");
    }
}
