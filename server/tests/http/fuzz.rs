//! Made-up requests for every route of the API document: whatever comes, the answer is one that the document names,
//! never a 5xx, and it has the shape that the document says. The seed is fixed; `MERIDIAN_FUZZ_ROUNDS` makes more rounds.

use std::collections::BTreeMap;

use meridian_domain::enums::TeamRole;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::{Client, TestServer};
use crate::world::World;

/// Small, seeded, the same everywhere (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(limit).unwrap()).unwrap()
    }

    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// As they stand in an address, encoded.
const ODD_PARTS: [&str; 11] = [
    "x",
    "-1",
    "null",
    "%00",
    "%2e%2e%2f%2e%2e",
    "%F0%9F%92%A5",
    "%ff",
    "00000000-0000-0000-0000-00000000000g",
    "%25s",
    "'%20OR%201=1--",
    "{}",
];
const TEXTS: [&str; 14] = [
    "",
    "hello",
    "a\u{0}b",
    "\u{1F4A5}\u{200d}",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%s%n",
    "../../etc/passwd",
    "2026-11-02T09:00:00Z",
    "2026-13-45",
    "Europe/Berlin",
    "person@example.org",
    "-\"a b\" from:me NEAR(x)",
    "08:30",
];
const NUMBERS: [i64; 9] = [0, 1, -1, 100, 101, 3_600_000, 9_007_199_254_740_993, i64::MAX, i64::MIN];

struct Fuzz {
    document: Value,
    dice: Dice,
    ids: Vec<String>,
}

impl Fuzz {
    fn schema<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => self.document.pointer(&name[1..]).unwrap(),
            None => schema,
        }
    }

    fn odd(&mut self) -> Value {
        let long = "x".repeat(self.dice.below(20_000));
        let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
        let odd = [
            Value::Null,
            json!(true),
            json!(-1),
            json!(1e300),
            json!(u64::MAX),
            json!([]),
            json!({}),
            json!(long),
            deep,
        ];
        self.dice.pick(&odd).clone()
    }

    fn text(&mut self, format: Option<&str>) -> String {
        match format {
            Some("uuid") if self.dice.percent(85) => self.dice.pick(&self.ids.clone()).clone(),
            Some("date-time") if self.dice.percent(70) => {
                format!("20{}-11-02T09:00:00Z", 10 + self.dice.below(80))
            }
            Some("date") if self.dice.percent(70) => "2026-11-30".to_owned(),
            _ => (*self.dice.pick(&TEXTS)).to_owned(),
        }
    }

    /// A value that fits a schema, mostly.
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        if self.dice.percent(8) || depth > 8 {
            return self.odd();
        }
        let schema = self.schema(schema).clone();
        for choice in ["oneOf", "anyOf", "enum"] {
            if let Some(choices) = schema[choice].as_array() {
                let chosen = self.dice.pick(choices).clone();
                return if choice == "enum" { chosen } else { self.value(&chosen, depth + 1) };
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in parts {
                whole.extend(self.value(part, depth + 1).as_object().cloned().unwrap_or_default());
            }
            return Value::Object(whole);
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => self.dice.pick(kinds).clone(),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("string") => json!(self.text(schema["format"].as_str())),
            Some("integer") => json!(self.dice.pick(&NUMBERS)),
            Some("number") => json!(*self.dice.pick(&[0.0, 0.5, -1.0, 1e308])),
            Some("boolean") => json!(self.dice.percent(50)),
            Some("array") => {
                let items =
                    if schema["items"].is_object() { &schema["items"] } else { &schema["prefixItems"][0] };
                (0..self.dice.below(4)).map(|_| self.value(items, depth + 1)).collect()
            }
            Some("null") => Value::Null,
            _ => self.object(&schema, depth),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut object = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let required = schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
            if self.dice.percent(if required { 96 } else { 50 }) {
                object.insert(name.clone(), self.value(field, depth + 1));
            }
        }
        if self.dice.percent(10) {
            object.insert("unknown".to_owned(), self.odd());
        }
        Value::Object(object)
    }

    /// The address, and whether a part of it is odd.
    fn address(&mut self, path: &str, parameters: &[Value]) -> (String, bool) {
        let mut odd = false;
        let mut address = path.to_owned();
        let mut query = Vec::new();
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] == "path" {
                let plain = match name {
                    "emoji" => "%F0%9F%91%8D".to_owned(),
                    "format" => (*self.dice.pick(&["vtt", "srt", "txt", "md"])).to_owned(),
                    _ => self.dice.pick(&self.ids.clone()).clone(),
                };
                let strange = self.dice.percent(15);
                odd |= strange;
                let part = if strange { (*self.dice.pick(&ODD_PARTS)).to_owned() } else { plain };
                address = address.replace(&format!("{{{name}}}"), &part);
            } else if parameter["in"] == "query"
                && self.dice.percent(if parameter["required"] == true { 95 } else { 35 })
            {
                let value = match self.value(&parameter["schema"], 0) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                query.push((name.to_owned(), value));
            }
        }
        let url = reqwest::Url::parse_with_params("http://x/", &query).unwrap();
        if let Some(query) = url.query().filter(|query| !query.is_empty()) {
            address = format!("{address}?{query}");
        }
        (address, odd)
    }

    fn request(
        &mut self,
        who: &Client,
        method: &str,
        path: &str,
        operation: &Value,
    ) -> (reqwest::RequestBuilder, String, bool) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let (address, odd) = self.address(path, &parameters);
        let mut request = who.request(Method::from_bytes(method.as_bytes()).unwrap(), &address);
        let mut told = format!("{method} {address}");
        for (name, values) in [
            ("if-match", ["\"1\"", "*", "x", "W/\"1\""]),
            ("idempotency-key", ["k1", "", "k2", "\u{e4}"]),
            ("last-event-id", ["0", "-1", "x", "9223372036854775807"]),
            ("range", ["bytes=0-", "bytes=5-2", "x", "bytes=-0"]),
            ("accept-encoding", ["identity", "gzip;q=x", "", ";"]),
        ] {
            if self.dice.percent(12) {
                request = request.header(name, *self.dice.pick(&values));
            }
        }
        if path.contains("/uploads") {
            for (name, values) in [
                ("tus-resumable", ["1.0.0", "1.0.0", "1.0.0", "0.2.2"]),
                ("upload-length", ["10", "0", "-1", "99999999999999999999"]),
                ("upload-offset", ["0", "1", "-1", "x"]),
                ("upload-metadata", ["filename YQ==", "a b c", "filename \u{ff}", ","]),
                ("upload-checksum", ["sha1 YQ==", "md5 x", "", "sha256 AAAA"]),
                ("content-type", ["application/offset+octet-stream", "text/plain", "", "application/json"]),
            ] {
                if self.dice.percent(60) {
                    request = request.header(name, *self.dice.pick(&values));
                }
            }
            request = request.body("ten bytes!");
        } else if let Some((kind, content)) =
            operation["requestBody"]["content"].as_object().and_then(|c| c.iter().next())
        {
            let body = if kind == "application/json" {
                let made = self.value(&content["schema"], 0).to_string();
                if self.dice.percent(4) {
                    made[..made.floor_char_boundary(made.len() / 2)].to_owned()
                } else {
                    made
                }
            } else {
                (*self.dice.pick(&[
                    "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n",
                    "",
                    "1\n00:00:01,0 --> x",
                    "\u{feff}WEBVTT",
                ]))
                .to_owned()
            };
            told = format!("{told} {}", &body[..body.floor_char_boundary(400)]);
            let kind = if self.dice.percent(4) { "text/html" } else { kind };
            request = request.header("content-type", kind).body(body);
        }
        (request, told, odd)
    }

    /// What is wrong with a value, by the document.
    fn misfit(&self, schema: &Value, value: &Value, at: &str) -> Option<String> {
        let schema = self.schema(schema);
        if let Some(choices) = schema["oneOf"].as_array() {
            let fits = choices.iter().any(|choice| self.misfit(choice, value, at).is_none());
            return (!fits).then(|| format!("{at} is none of its choices: {value}"));
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().find_map(|part| self.misfit(part, value, at));
        }
        if let Some(words) = schema["enum"].as_array() {
            return (!words.contains(value)).then(|| format!("{at} is {value}"));
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.clone(),
            Value::Null => return None,
            kind => vec![kind.clone()],
        };
        let is = |kind: &Value| match kind.as_str().unwrap() {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => value.is_null(),
        };
        if !kinds.iter().any(is) {
            return Some(format!("{at} is {value} instead of {}", schema["type"]));
        }
        if let Value::Object(fields) = value {
            let missing = schema["required"].as_array().into_iter().flatten();
            if let Some(name) = missing.filter_map(Value::as_str).find(|name| !fields.contains_key(*name)) {
                return Some(format!("{at}.{name} is missing"));
            }
            let known = schema["properties"].as_object();
            return fields.iter().find_map(|(name, value)| {
                let schema = known?.get(name)?;
                self.misfit(schema, value, &format!("{at}.{name}"))
            });
        }
        let items = Some(&schema["items"]).filter(|items| items.is_object())?;
        value.as_array()?.iter().find_map(|entry| self.misfit(items, entry, &format!("{at}[]")))
    }

    fn judge(&self, operation: &Value, odd: bool, status: u16, kind: &str, body: &str) -> Option<String> {
        let answer = &operation["responses"][status.to_string()];
        // Where the document names it, a wish that nobody grants is an answer.
        if status >= 500 && (status != 501 || answer.is_null()) {
            return Some("a server error".to_owned());
        }
        if answer.is_null() && !(odd && [400, 404, 405].contains(&status)) {
            return Some("a status that the document does not name".to_owned());
        }
        let content = answer["content"].as_object()?;
        let kind = kind.split(';').next().unwrap_or_default();
        let Some(told) = content.get(kind) else {
            return Some(format!("{kind} instead of {:?}", content.keys()));
        };
        if !kind.ends_with("json") || body.is_empty() {
            return None;
        }
        match serde_json::from_str::<Value>(body) {
            Ok(value) => self.misfit(&told["schema"], &value, "$"),
            Err(error) => Some(format!("no JSON: {error}")),
        }
    }
}

/// A world with something of everything, and the ids of all of it.
async fn something_of_everything(world: &World) -> Vec<String> {
    let mut ids = vec!["00000000-0000-7000-8000-000000000000".to_owned()];
    ids.extend([
        world.workspace.to_string(),
        world.open.to_string(),
        world.private.to_string(),
        world.ben.id.to_string(),
    ]);
    world.server.join(world.open, &world.cleo, TeamRole::Member).await;
    for _ in 0..4 {
        let update = world.text(&world.ada, world.open, json!({})).await;
        let at = crate::world::path(&update);
        let ask = json!({"body": "When?", "kind": "question", "assignee_id": world.ada.id});
        let comment = world.ben.post(&format!("{at}/comments"), ask).await.expect(201);
        let video = world.video(&world.ada, world.open, json!({})).await;
        ids.extend([&update, &comment, &video].map(|made| made["id"].as_str().unwrap().to_owned()));
    }
    ids
}

fn rounds() -> u64 {
    std::env::var("MERIDIAN_FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_request_is_answered_as_the_document_says() {
    let document = meridian_server::app::openapi().unwrap();
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
    let rounds = rounds();
    // A new world now and then, since the requests take the old one apart.
    for begin in (0..rounds).step_by(6) {
        let world = World::new().await;
        let ids = something_of_everything(&world).await;
        let mut fuzz = Fuzz { document: document.clone(), dice: Dice::new(begin + 1), ids };
        for _ in begin..rounds.min(begin + 6) {
            round(&world.server, &world.ada, &mut fuzz, &mut wrong, &mut statuses).await;
        }
    }
    eprintln!("{statuses:?}");
    let fine = statuses.iter().filter(|(status, _)| **status < 300).map(|(_, count)| count).sum::<u32>();
    assert!(fine > 50, "hardly anything got through, so hardly anything was tried: {statuses:?}");
    let wrong: Vec<_> = wrong.values().map(String::as_str).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn round(
    server: &TestServer,
    ada: &Client,
    fuzz: &mut Fuzz,
    wrong: &mut BTreeMap<String, String>,
    statuses: &mut BTreeMap<u16, u32>,
) {
    for (path, item) in fuzz.document["paths"].as_object().unwrap().clone() {
        for (method, operation) in item.as_object().unwrap() {
            // Whoever closes their account can try nothing else.
            let ends = path == "/api/v1/me" && method == "delete";
            let who = if ends || fuzz.dice.percent(4) { server.user("Someone").await } else { ada.clone() };
            let (request, told, odd) = fuzz.request(&who, &method.to_uppercase(), &path, operation);
            // What cannot be sent at all is the client library's refusal.
            let Ok(request) = request.build() else { continue };
            let answer = match who.http.execute(request).await {
                Ok(answer) => answer,
                Err(error) => {
                    wrong.insert(format!("{method} {path}"), format!("{told}: no answer: {error}"));
                    continue;
                }
            };
            let status = answer.status().as_u16();
            *statuses.entry(status).or_default() += 1;
            let kind = answer
                .headers()
                .get("content-type")
                .and_then(|kind| kind.to_str().ok())
                .unwrap_or("")
                .to_owned();
            // Streams have no end.
            let stream = kind.starts_with("text/event-stream");
            let body = if stream { String::new() } else { answer.text().await.unwrap_or_default() };
            if let Some(why) = fuzz.judge(operation, odd, status, &kind, &body) {
                let body = &body[..body.floor_char_boundary(300)];
                wrong.insert(
                    format!("{method} {path} {status}"),
                    format!("{told}\n  {status} {why}\n  {body}"),
                );
            }
        }
    }
}
