//! Signing up, in and out; tokens; passwords; limits. Numbers are lines of the security plan.

use actix_web::http::header;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use meridian_config::{Purpose, Signup};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestServer};

const PASSWORD: &str = "correct horse battery";

fn person(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "display_name": "Ada", "time_zone": "Europe/Berlin", "workspace_name": "Acme"})
}

async fn open_server() -> TestServer {
    TestServer::start_with(|settings| settings.signup = Signup::Open).await
}

async fn sign_up(server: &TestServer, email: &str) -> Answer {
    server.anonymous().post("/api/v1/auth/signup", person(email)).await
}

async fn sign_in(server: &TestServer, email: &str, password: &str) -> Answer {
    server.anonymous().post("/api/v1/auth/login", json!({"email": email, "password": password})).await
}

/// `name=value` of the refresh cookie.
fn cookie(answer: &Answer) -> String {
    let set = answer.headers[header::SET_COOKIE.as_str()].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

fn bearer(server: &TestServer, token: &str) -> Client {
    Client { token: token.to_owned(), ..server.anonymous() }
}

async fn refresh(server: &TestServer, cookie: &str) -> Answer {
    Answer::of(server.anonymous().request(Method::POST, "/api/v1/auth/refresh").header("cookie", cookie))
        .await
}

fn token_of(answer: &Value) -> String {
    answer["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_first_account_owns_the_instance_and_its_workspace() {
    let server = TestServer::start().await;
    let answer = sign_up(&server, "Ada@Example.org").await;
    cookie(&answer);
    let made = answer.expect(201);
    assert_eq!(made["user"]["email"], "ada@example.org");
    assert_eq!(made["user"]["instance_owner"], true);
    assert_eq!(made["workspace"]["role"], "owner");
    assert_eq!(made["expires_in"], 900);
    let me = bearer(&server, &token_of(&made)).get("/api/v1/me").await.expect(200);
    assert_eq!(me["workspaces"][0]["name"], "Acme");
    assert_eq!(me["working_hours"]["days"], json!(["mo", "tu", "we", "th", "fr"]));
    // Afterwards sign-up needs an invitation.
    sign_up(&server, "eve@example.org").await.expect_problem(403, "signup_closed");
}

#[tokio::test]
async fn off_loopback_the_first_account_needs_the_set_up_code() {
    let server = TestServer::start_with_code("abcd-efgh").await;
    let instance = server.anonymous().get("/api/v1/instance").await.expect(200);
    assert_eq!((&instance["first_account"], &instance["setup_code_needed"]), (&json!(true), &json!(true)));
    sign_up(&server, "a@example.org").await.expect_problem(403, "setup_code_needed");
    let mut with_code = person("a@example.org");
    with_code["setup_code"] = json!("abcd-efgi");
    server
        .anonymous()
        .post("/api/v1/auth/signup", with_code.clone())
        .await
        .expect_problem(403, "setup_code_needed");
    with_code["setup_code"] = json!("abcd-efgh");
    server.anonymous().post("/api/v1/auth/signup", with_code).await.expect(201);
}

#[tokio::test]
async fn invalid_fields_are_named() {
    let server = TestServer::start().await;
    for (field, value) in [
        ("email", json!("nobody")),
        ("password", json!("short")),
        ("time_zone", json!("Mars/Olympus")),
        ("display_name", json!("  ")),
        ("email", json!(7)),
    ] {
        let mut body = person("a@example.org");
        body[field] = value;
        let problem =
            server.anonymous().post("/api/v1/auth/signup", body).await.expect_problem(422, "invalid");
        let told = problem["errors"][0].clone();
        assert!(!told["detail"].as_str().unwrap().is_empty());
        if problem["errors"][0]["field"] != "body" {
            assert_eq!(told["field"], field);
        }
    }
    let broken = server.anonymous().request(Method::POST, "/api/v1/auth/signup").body("{");
    Answer::of(broken).await.expect_problem(400, "malformed");
}

/// 6: the same status, body and kind of work for known and unknown addresses; a taken address is 409.
#[tokio::test]
async fn sign_in_does_not_tell_who_has_an_account() {
    let server = open_server().await;
    sign_up(&server, "ada@example.org").await.expect(201);
    sign_up(&server, "ADA@example.org").await.expect_problem(409, "email_taken");
    let known = sign_in(&server, "ada@example.org", "wrong password").await;
    let unknown = sign_in(&server, "eve@example.org", "wrong password").await;
    assert_eq!((known.status, &known.text), (401, &unknown.text));
    assert_eq!(unknown.status, 401);
    for email in ["ada@example.org", "eve@example.org"] {
        let answer = server.anonymous().post("/api/v1/auth/password/forgot", json!({"email": email})).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    }
    sign_in(&server, "Ada@example.org", PASSWORD).await.expect(200);
}

/// 7: failures are limited by account, whatever the forwarding header says.
#[tokio::test]
async fn failed_sign_ins_are_limited_by_account() {
    let server = open_server().await;
    sign_up(&server, "ada@example.org").await.expect(201);
    for number in 0..10 {
        let request = server
            .anonymous()
            .request(Method::POST, "/api/v1/auth/login")
            .header("x-forwarded-for", format!("203.0.113.{number}"))
            .json(&json!({"email": "ada@example.org", "password": "wrong password"}));
        Answer::of(request).await.expect_problem(401, "bad_credentials");
    }
    let refused = sign_in(&server, "ada@example.org", PASSWORD).await;
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    refused.expect_problem(429, "too_many_requests");
    sign_up(&server, "ben@example.org").await.expect(201);
    sign_in(&server, "ben@example.org", PASSWORD).await.expect(200);
}

/// 4: a refresh token works once; an older one ends the family.
#[tokio::test]
async fn a_refresh_token_that_is_used_again_ends_the_family() {
    let server = open_server().await;
    let first = cookie(&sign_up(&server, "ada@example.org").await);
    let answer = refresh(&server, &first).await;
    let second = cookie(&answer);
    let access = token_of(&answer.expect(200));
    bearer(&server, &access).get("/api/v1/me").await.expect(200);
    refresh(&server, &first).await.expect_problem(401, "unauthenticated");
    refresh(&server, &second).await.expect_problem(401, "unauthenticated");
    bearer(&server, &access).get("/api/v1/me").await.expect_problem(401, "token_expired");
}

/// 4: of 50 refreshes at once at most one chain lives on.
#[tokio::test]
async fn parallel_refreshes_leave_at_most_one_chain() {
    let server = open_server().await;
    let first = cookie(&sign_up(&server, "ada@example.org").await);
    let answers = futures::future::join_all((0..50).map(|_| refresh(&server, &first))).await;
    let fresh: Vec<String> = answers.iter().filter(|a| a.status == 200).map(cookie).collect();
    assert!(fresh.len() <= 1, "{} refreshes of one token succeeded", fresh.len());
    let mut alive = 0;
    for next in &fresh {
        alive += usize::from(refresh(&server, next).await.status == 200);
    }
    assert!(alive <= 1);
}

/// 11: a cookie counts only from our own pages or without an Origin.
#[tokio::test]
async fn a_foreign_origin_cannot_use_the_cookie() {
    let server = open_server().await;
    let cookie = cookie(&sign_up(&server, "ada@example.org").await);
    for path in ["/api/v1/auth/refresh", "/api/v1/auth/logout"] {
        for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
            let request = server
                .anonymous()
                .request(Method::POST, path)
                .header("cookie", &cookie)
                .header("origin", origin);
            Answer::of(request).await.expect_problem(403, "foreign_origin");
        }
    }
    let own = server
        .anonymous()
        .request(Method::POST, "/api/v1/auth/refresh")
        .header("cookie", &cookie)
        .header("origin", &server.base);
    Answer::of(own).await.expect(200);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let server = open_server().await;
    let answer = sign_up(&server, "ada@example.org").await;
    let cookie = cookie(&answer);
    let client = bearer(&server, &token_of(&answer.expect(201)));
    let out = client.request(Method::POST, "/api/v1/auth/logout").header("cookie", &cookie);
    assert_eq!(Answer::of(out).await.status, 204);
    client.get("/api/v1/me").await.expect_problem(401, "token_expired");
    refresh(&server, &cookie).await.expect_problem(401, "unauthenticated");
}

/// 1, 2, 3: tokens that are not ours, of another kind or with odd times.
#[tokio::test]
async fn forged_tokens_are_refused() {
    let server = open_server().await;
    let made = sign_up(&server, "ada@example.org").await.expect(201);
    let good = token_of(&made);
    let claims: Value = {
        use base64::Engine as _;
        let middle = good.split('.').nth(1).unwrap();
        serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(middle).unwrap())
            .unwrap()
    };
    let sign = |header: &Header, claims: &Value, purpose| {
        let key = EncodingKey::from_secret(&server.state.settings.secret.key(purpose));
        jsonwebtoken::encode(header, claims, &key).unwrap()
    };
    let hs256 = Header::new(Algorithm::HS256);
    let mut bad = vec![
        ("another algorithm", sign(&Header::new(Algorithm::HS512), &claims, Purpose::Access)),
        ("another purpose", sign(&hs256, &claims, Purpose::Media)),
        (
            "unknown kid",
            sign(&Header { kid: Some("x".to_owned()), ..hs256.clone() }, &claims, Purpose::Access),
        ),
        (
            "jku",
            sign(
                &Header { jku: Some("http://127.0.0.1/k".to_owned()), ..hs256.clone() },
                &claims,
                Purpose::Access,
            ),
        ),
        ("no signature", format!("{}.", good.rsplit_once('.').unwrap().0)),
        ("garbage", "a.b.c".to_owned()),
        ("refresh token", "mrd_nothing".to_owned()),
    ];
    let none = {
        use base64::Engine as _;
        let encode = |v: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(v.to_string());
        format!("{}.{}.", encode(&json!({"alg": "none", "typ": "JWT"})), encode(&claims))
    };
    bad.push(("alg none", none));
    for exp in [json!("9999999999"), json!(9_999_999_999.5), Value::Null, json!(0)] {
        let mut odd = claims.clone();
        odd["exp"] = exp;
        bad.push(("odd exp", sign(&hs256, &odd, Purpose::Access)));
    }
    // The same way of signing is accepted when nothing is wrong, so the cases above fail for their reason.
    bearer(&server, &sign(&hs256, &claims, Purpose::Access)).get("/api/v1/me").await.expect(200);
    for (what, token) in bad {
        let answer = bearer(&server, &token).get("/api/v1/me").await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_access_token_lives_fifteen_minutes() {
    let server = open_server().await;
    let client = bearer(&server, &token_of(&sign_up(&server, "ada@example.org").await.expect(201)));
    server.set_clock("2026-11-02T09:14:00Z");
    client.get("/api/v1/me").await.expect(200);
    server.set_clock("2026-11-02T09:16:00Z");
    client.get("/api/v1/me").await.expect_problem(401, "token_expired");
}

/// 5: a password change ends every session and API token, and goes on in this browser by its new cookie.
#[tokio::test]
async fn a_password_change_ends_what_the_old_one_let_in() {
    let server = open_server().await;
    let other = cookie(&sign_up(&server, "ada@example.org").await);
    let here = bearer(&server, &token_of(&sign_in(&server, "ada@example.org", PASSWORD).await.expect(200)));
    let api = here.post("/api/v1/me/api-tokens", json!({"name": "ci", "scopes": ["read"]})).await.expect(201);
    let api = bearer(&server, api["token"].as_str().unwrap());
    api.get("/api/v1/me").await.expect(200);
    let wrong = json!({"current_password": "nope nope", "new_password": "another password"});
    here.post("/api/v1/me/password", wrong).await.expect_problem(422, "invalid");
    let right = json!({"current_password": PASSWORD, "new_password": "another password"});
    let changed = here.post("/api/v1/me/password", right).await;
    assert_eq!(changed.status, 204);
    refresh(&server, &cookie(&changed)).await.expect(200);
    assert_eq!(refresh(&server, &other).await.status, 401);
    assert_eq!(api.get("/api/v1/me").await.status, 401);
    assert_eq!(here.get("/api/v1/me").await.status, 401);
    assert_eq!(sign_in(&server, "ada@example.org", PASSWORD).await.status, 401);
    sign_in(&server, "ada@example.org", "another password").await.expect(200);
}

/// 9: a reset link works once, stands only as a hash, and uses the configured address.
#[tokio::test]
async fn a_forgotten_password_is_reset_by_a_link_that_works_once() {
    let server = open_server().await;
    let cookie = cookie(&sign_up(&server, "ada@example.org").await);
    let asked = server
        .anonymous()
        .request(Method::POST, "/api/v1/auth/password/forgot")
        .header("host", "evil.example")
        .json(&json!({"email": "ada@example.org"}));
    assert_eq!(Answer::of(asked).await.status, 204);
    let log = server.state.settings.data_dir.join("mail.log");
    let mail =
        server.eventually(|| std::fs::read_to_string(&log).ok().filter(|text| text.contains("---"))).await;
    assert!(mail.contains("To: ada@example.org") && !mail.contains("evil.example"));
    let link = mail.split_whitespace().find(|word| word.contains("/reset-password#")).unwrap();
    assert!(link.starts_with("http://127.0.0.1:8080/"));
    let token = link.split('#').nth(1).unwrap();
    let database = meridian_testbed::kept(&server.state.settings.database_url);
    assert!(database.windows(15).any(|part| part == b"ada@example.org"));
    assert!(
        !database.windows(token.len()).any(|part| part == token.as_bytes()),
        "the token is stored as it is"
    );
    let body = json!({"token": token, "new_password": "a brand new one"});
    assert_eq!(server.anonymous().post("/api/v1/auth/password/reset", body.clone()).await.status, 204);
    server.anonymous().post("/api/v1/auth/password/reset", body).await.expect_problem(422, "invalid");
    assert_eq!(refresh(&server, &cookie).await.status, 401);
    sign_in(&server, "ada@example.org", "a brand new one").await.expect(200);
}

#[tokio::test]
async fn a_reset_link_ends_after_an_hour() {
    let server = open_server().await;
    let made = sign_up(&server, "ada@example.org").await.expect(201);
    let user = made["user"]["id"].as_str().unwrap().parse().unwrap();
    let link = meridian_server::endpoints::identity::forgot::make_link(&server.state, user).await.unwrap();
    server.set_clock("2026-11-02T10:01:00Z");
    let body = json!({"token": link.split('#').nth(1).unwrap(), "new_password": "a brand new one"});
    server.anonymous().post("/api/v1/auth/password/reset", body).await.expect_problem(422, "invalid");
}

/// 10: scopes are checked on every route, and a token cannot make or widen tokens.
#[tokio::test]
async fn an_api_token_reaches_as_far_as_its_scopes() {
    let server = open_server().await;
    let made = sign_up(&server, "ada@example.org").await.expect(201);
    let workspace = made["workspace"]["id"].as_str().unwrap().to_owned();
    let ada = bearer(&server, &token_of(&made));
    let mut tokens = Vec::new();
    for scope in ["read", "write", "upload", "admin"] {
        let body = json!({"name": scope, "scopes": [scope]});
        let token = ada.post("/api/v1/me/api-tokens", body).await.expect(201);
        assert!(token["token"].as_str().unwrap().starts_with("mrd_"));
        tokens.push(bearer(&server, token["token"].as_str().unwrap()));
    }
    let teams = format!("/api/v1/workspaces/{workspace}/teams");
    let invites = format!("/api/v1/workspaces/{workspace}/invites");
    let expected = [(200, 403, 403), (200, 201, 403), (403, 403, 403), (200, 201, 201)];
    for (client, (read, write, admin)) in tokens.iter().zip(expected) {
        assert_eq!(client.get("/api/v1/me").await.status, read);
        assert_eq!(client.post(&teams, json!({"name": "T"})).await.status, write);
        assert_eq!(client.post(&invites, json!({"role": "member"})).await.status, admin);
        let widened = client.post("/api/v1/me/api-tokens", json!({"name": "x", "scopes": ["admin"]})).await;
        widened.expect_problem(403, "scope_missing");
    }
    let listed = ada.get("/api/v1/me/api-tokens").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 4);
    assert!(listed["items"][0].get("token").is_none());
    let id = listed["items"][0]["id"].as_str().unwrap();
    assert_eq!(ada.delete(&format!("/api/v1/me/api-tokens/{id}")).await.status, 204);
    ada.delete(&format!("/api/v1/me/api-tokens/{id}")).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn an_expired_api_token_is_refused() {
    let server = open_server().await;
    let ada = bearer(&server, &token_of(&sign_up(&server, "ada@example.org").await.expect(201)));
    let body = json!({"name": "short", "scopes": ["read"], "expires_at": "2026-11-02T09:10:00Z"});
    let token = ada.post("/api/v1/me/api-tokens", body).await.expect(201);
    let token = bearer(&server, token["token"].as_str().unwrap());
    token.get("/api/v1/me").await.expect(200);
    server.set_clock("2026-11-02T09:10:01Z");
    assert_eq!(token.get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let server = open_server().await;
    let first = bearer(&server, &token_of(&sign_up(&server, "ada@example.org").await.expect(201)));
    let second = bearer(&server, &token_of(&sign_in(&server, "ada@example.org", PASSWORD).await.expect(200)));
    let listed = first.get("/api/v1/me/sessions").await.expect(200);
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|s| s["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/me/sessions/{other}");
    sign_up(&server, "ben@example.org").await.expect(201);
    let ben = bearer(&server, &token_of(&sign_in(&server, "ben@example.org", PASSWORD).await.expect(200)));
    ben.delete(&path).await.expect_problem(404, "not_found");
    assert_eq!(first.delete(&path).await.status, 204);
    assert_eq!(second.get("/api/v1/me").await.status, 401);
    first.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn the_profile_is_edited_under_its_tag() {
    let server = open_server().await;
    let ada = bearer(&server, &token_of(&sign_up(&server, "ada@example.org").await.expect(201)));
    let tag = ada.get("/api/v1/me").await.etag();
    let body = json!({"time_zone": "Asia/Kolkata", "working_hours": {"days": ["mo"], "start": "10:00", "end": "18:30"}});
    let changed = ada.patch_if("/api/v1/me", &tag, body).await.expect(200);
    assert_eq!(changed["time_zone"], "Asia/Kolkata");
    assert_eq!(changed["working_hours"]["end"], "18:30");
    ada.patch_if("/api/v1/me", &tag, json!({"locale": "de"})).await.expect_problem(412, "edit_race");
    for bad in [
        json!({"working_hours": {"days": ["xx"], "start": "10:00", "end": "18:30"}}),
        json!({"working_hours": {"days": ["mo"], "start": "18:30", "end": "10:00"}}),
        json!({"digest_at": "25:00"}),
    ] {
        ada.patch("/api/v1/me", bad).await.expect_problem(422, "invalid");
    }
}

#[tokio::test]
async fn an_account_can_be_closed_but_not_leave_a_workspace_without_an_owner() {
    let server = open_server().await;
    let made = sign_up(&server, "ada@example.org").await.expect(201);
    let ada = bearer(&server, &token_of(&made));
    let workspace = made["workspace"]["id"].as_str().unwrap().parse().unwrap();
    let ben = server.user("Ben").await;
    server.add_member(workspace, &ben, meridian_domain::enums::WorkspaceRole::Member).await;
    ada.delete("/api/v1/me").await.expect_problem(409, "last_owner");
    let path = format!("/api/v1/workspaces/{workspace}/members/{}", ben.id);
    ada.patch(&path, json!({"role": "owner"})).await.expect(200);
    assert_eq!(ada.delete("/api/v1/me").await.status, 204);
    assert_eq!(ada.get("/api/v1/me").await.status, 401);
    assert_eq!(sign_in(&server, "ada@example.org", PASSWORD).await.status, 401);
}

#[tokio::test]
async fn an_idempotency_key_gives_the_same_answer_once_more() {
    let server = open_server().await;
    let made = sign_up(&server, "ada@example.org").await.expect(201);
    let ada = bearer(&server, &token_of(&made));
    let teams = format!("/api/v1/workspaces/{}/teams", made["workspace"]["id"].as_str().unwrap());
    let post = |key: &'static str, name: &'static str| {
        let request =
            ada.request(Method::POST, &teams).header("idempotency-key", key).json(&json!({"name": name}));
        Answer::of(request)
    };
    let first = post("k1", "One").await.expect(201);
    assert_eq!(post("k1", "One").await.expect(201), first);
    let reused = post("k1", "Two").await.expect_problem(422, "idempotency_key_reused");
    assert_eq!(reused["errors"][0]["field"], "Idempotency-Key");
    assert_ne!(post("k2", "One").await.expect(201)["id"], first["id"]);
    assert_eq!(ada.get(&teams).await.expect(200)["items"].as_array().unwrap().len(), 2);
    let many = futures::future::join_all((0..10).map(|_| post("k3", "Three"))).await;
    assert!(many.iter().all(|a| a.status == 201 || a.status == 409));
    assert_eq!(ada.get(&teams).await.expect(200)["items"].as_array().unwrap().len(), 3);
}
