//! Security 36 and 38: what people and programs do with a running instance leaves no secret in its log, and no answer
//! that went wrong tells of the inside.

use reqwest::Method;
use serde_json::{Value, json};

use super::instance::{Instance, fixture};

const PASSWORD: &str = "correct horse battery";
const NEW_PASSWORD: &str = "an entirely new one";

/// What a flow collects on its way.
#[derive(Default)]
struct Collected {
    /// What may stand in no log and in no refusal.
    secrets: Vec<(&'static str, String)>,
    /// The bodies of all answers that are no success.
    refusals: Vec<String>,
}

struct Caller {
    base: String,
    http: reqwest::Client,
    token: String,
    collected: Collected,
}

impl Caller {
    /// Calls, and keeps what was refused.
    async fn call(&mut self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        self.send(request.json(&body)).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        if status >= 400 {
            self.collected.refusals.push(text.clone());
        }
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    fn secret(&mut self, what: &'static str, value: &Value) -> String {
        let text = value.as_str().unwrap_or_else(|| panic!("no {what}")).to_owned();
        assert!(text.len() >= 16, "{what} is too short to be looked for");
        self.collected.secrets.push((what, text.clone()));
        text
    }
}

/// Signing up, forgetting, resetting, signing in; wrong passwords and tokens.
async fn identity(caller: &mut Caller, instance: &Instance) {
    let person = json!({"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada", "time_zone": "UTC",
        "workspace_name": "Acme"});
    let answer =
        caller.http.post(format!("{}/api/v1/auth/signup", caller.base)).json(&person).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    let refresh = cookie.split(';').next().unwrap().split_once('.').unwrap().1.to_owned();
    caller.secret("refresh token", &json!(refresh));
    let made: Value = answer.json().await.unwrap();
    caller.token = caller.secret("access token", &made["access_token"]);
    assert_eq!(caller.call(Method::POST, "/api/v1/auth/signup", person).await.0, 409);
    let wrong = json!({"email": "ada@example.org", "password": "wrong but secret"});
    assert_eq!(caller.call(Method::POST, "/api/v1/auth/login", wrong).await.0, 401);
    let forgot = json!({"email": "ada@example.org"});
    assert_eq!(caller.call(Method::POST, "/api/v1/auth/password/forgot", forgot).await.0, 204);
    let mail = instance.data().join("mail.log");
    let link = loop {
        let text = std::fs::read_to_string(&mail).unwrap_or_default();
        if let Some(link) = text.split_whitespace().find(|word| word.contains("/reset-password#")) {
            break link.to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let reset = caller.secret("reset token", &json!(link.split_once('#').unwrap().1));
    // The page of the link is asked for without what stands behind #; somebody may put it in front all the same.
    let asked = caller.http.get(format!("{}/reset-password?token={reset}", caller.base));
    caller.send(asked).await;
    let body = json!({"token": reset, "new_password": NEW_PASSWORD});
    assert_eq!(caller.call(Method::POST, "/api/v1/auth/password/reset", body.clone()).await.0, 204);
    assert_eq!(caller.call(Method::POST, "/api/v1/auth/password/reset", body).await.0, 422);
    assert_eq!(caller.call(Method::GET, "/api/v1/me", json!({})).await.0, 401);
    let login = json!({"email": "ada@example.org", "password": NEW_PASSWORD});
    let (_, made) = caller.call(Method::POST, "/api/v1/auth/login", login).await;
    caller.token = caller.secret("second access token", &made["access_token"]);
}

/// Invitation, API token, upload, media; odd ids, bodies and queries.
async fn work(caller: &mut Caller) {
    let (_, spaces) = caller.call(Method::GET, "/api/v1/workspaces", json!({})).await;
    let workspace = spaces["items"][0]["id"].as_str().unwrap().to_owned();
    let at = format!("/api/v1/workspaces/{workspace}");
    let (_, invite) = caller.call(Method::POST, &format!("{at}/invites"), json!({"role": "member"})).await;
    let invite = caller.secret("invitation", &invite["token"]);
    assert_eq!(caller.call(Method::GET, &format!("/api/v1/invites/{invite}"), json!({})).await.0, 200);
    let page = caller.http.get(format!("{}/invite/{invite}", caller.base));
    caller.send(page).await;
    let (_, made) =
        caller.call(Method::POST, "/api/v1/me/api-tokens", json!({"name": "ci", "scopes": ["read"]})).await;
    let api = caller.secret("API token", &made["token"]);
    let refused = caller.http.delete(format!("{}{at}", caller.base)).bearer_auth(&api);
    caller.send(refused).await;
    let (_, team) = caller.call(Method::POST, &format!("{at}/teams"), json!({"name": "Product"})).await;
    let team = team["id"].as_str().unwrap().to_owned();
    let new = json!({"kind": "voice", "title": "Spoken"});
    let (_, update) = caller.call(Method::POST, &format!("/api/v1/teams/{team}/updates"), new).await;
    let id = update["id"].as_str().unwrap().to_owned();
    let upload = caller
        .http
        .post(format!("{}{}", caller.base, update["upload_url"].as_str().unwrap()))
        .bearer_auth(&caller.token)
        .header("tus-resumable", "1.0.0")
        .header("content-type", "application/offset+octet-stream");
    let bytes = fixture("voice.webm");
    assert_eq!(caller.send(upload.header("upload-length", bytes.len()).body(bytes)).await.0, 201);
    let media = loop {
        let (_, update) = caller.call(Method::GET, &format!("/api/v1/updates/{id}"), json!({})).await;
        assert_ne!(update["status"], "failed", "{update}");
        if let Some(url) = update["media"]["hls_url"].as_str() {
            break url.to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    caller.secret("media ticket", &json!(media.split('/').nth(2).unwrap()));
    assert_eq!(caller.call(Method::GET, &media, json!({})).await.0, 200);
    for path in [media.replace("master.m3u8", "nothing.m3u8"), media.replace("hls/", "..%2f..%2f")] {
        assert_eq!(caller.call(Method::GET, &path, json!({})).await.0, 404);
    }
    for path in
        ["/api/v1/updates/'; SELECT 1 --", "/api/v1/teams/x/updates", "/api/v1/search?q=a", "/api/v1/nothing"]
    {
        let (status, _) = caller.call(Method::GET, path, json!({})).await;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    let broken = caller.http.post(format!("{}/api/v1/workspaces", caller.base)).bearer_auth(&caller.token);
    caller.send(broken.header("content-type", "application/json").body("{\"name\": ")).await;
}

#[tokio::test]
async fn logs_and_refusals_hold_no_secret() {
    let instance = Instance::start_logging("debug,sqlx=info,h2=info,hyper=info").await;
    let mut caller = Caller {
        base: instance.base.clone(),
        http: reqwest::Client::new(),
        token: String::new(),
        collected: Collected::default(),
    };
    identity(&mut caller, &instance).await;
    work(&mut caller).await;
    let data = instance.data().to_str().unwrap().to_owned();
    let log = instance.log();
    // Otherwise the log would prove nothing.
    assert!(log.contains("request{") && log.contains("route="), "{log}");
    let Collected { mut secrets, refusals } = caller.collected;
    for password in [PASSWORD, NEW_PASSWORD, "wrong but secret"] {
        secrets.push(("password", password.to_owned()));
    }
    for (what, secret) in &secrets {
        if let Some(line) = log.lines().find(|line| line.contains(secret)) {
            panic!("the log holds the {what}: {line}");
        }
    }
    assert!(refusals.len() >= 10, "{refusals:?}");
    for refusal in &refusals {
        for (what, secret) in &secrets {
            assert!(!refusal.contains(secret), "a refusal holds the {what}: {refusal}");
        }
        for inside in [data.as_str(), "SELECT ", "INSERT ", "sqlite", "panicked", "src/", ".rs:", "/tmp/"] {
            assert!(!refusal.contains(inside), "a refusal tells of the inside ({inside}): {refusal}");
        }
    }
}
