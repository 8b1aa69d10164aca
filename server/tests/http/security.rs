//! Lines of the security plan that concern credentials and limits, each by its number.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use meridian_config::{Purpose, Signup};
use meridian_server::auth::tokens;
use meridian_store::repo::events;
use reqwest::Method;
use serde_json::{Value, json};

use crate::fuzz::Dice;
use crate::matrix::documented;
use crate::support::{Answer, Client, TestServer};
use crate::world::{World, path};

const PASSWORD: &str = "correct horse battery";

fn person(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "display_name": "Ada", "time_zone": "UTC", "workspace_name": "Acme"})
}

fn bearer(server: &TestServer, token: &str) -> Client {
    Client { token: token.to_owned(), ..server.anonymous() }
}

/// 2: a token of ours with an odd `nbf`, or one that is yet to begin, is refused.
#[tokio::test]
async fn an_odd_beginning_is_refused() {
    let server = TestServer::start().await;
    let ada = server.user("Ada").await;
    let claims: Value = {
        let middle = ada.token.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).unwrap()).unwrap()
    };
    let key = EncodingKey::from_secret(&server.state.settings.secret.key(Purpose::Access));
    let with = |nbf: Value| {
        let mut claims = claims.clone();
        claims["nbf"] = nbf;
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap()
    };
    let iat = claims["iat"].as_i64().unwrap();
    bearer(&server, &with(json!(iat))).get("/api/v1/me").await.expect(200);
    for odd in [json!("1"), json!(1.5), Value::Null, json!([1]), json!(true), json!(iat + 3600)] {
        let answer = bearer(&server, &with(odd.clone())).get("/api/v1/me").await;
        assert_eq!(answer.status, 401, "{odd}: {}", answer.text);
    }
}

/// 3: every kind of secret that the server hands out, tried as an access token.
#[tokio::test]
async fn no_other_token_is_an_access_token() {
    let world = World::new().await;
    let server = &world.server;
    let made = TestServer::start_with(|settings| settings.signup = Signup::Open).await;
    let signed_up = made.anonymous().post("/api/v1/auth/signup", person("ada@example.org")).await;
    let cookie = signed_up.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let refresh = cookie.split_once('=').unwrap().1.to_owned();
    let user = signed_up.json["user"]["id"].as_str().unwrap().parse().unwrap();
    let link = meridian_server::endpoints::identity::forgot::make_link(&made.state, user).await.unwrap();
    for token in [refresh.as_str(), refresh.split_once('.').unwrap().1, link.split_once('#').unwrap().1] {
        assert_eq!(bearer(&made, token).get("/api/v1/me").await.status, 401, "{token}");
    }
    let invites = format!("/api/v1/workspaces/{}/invites", world.workspace);
    let invite = world.olga.post(&invites, json!({"role": "member"})).await.expect(201);
    let update = world.text(&world.ada, world.open, json!({})).await;
    world.text(&world.ada, world.open, json!({})).await;
    let list = world.ada.get(&format!("/api/v1/teams/{}/updates?limit=1", world.open)).await.expect(200);
    let api =
        world.ada.post("/api/v1/me/api-tokens", json!({"name": "x", "scopes": ["admin"]})).await.expect(201);
    let api = api["token"].as_str().unwrap();
    let auth = bearer(server, api);
    auth.get("/api/v1/me").await.expect(200);
    let ticket = ticket_of(&world, &world.ada).await;
    for (what, token) in [
        ("invitation", invite["token"].as_str().unwrap()),
        ("cursor", list["next_cursor"].as_str().unwrap()),
        ("media ticket", ticket.as_str()),
        ("API token without its prefix", api.strip_prefix("mrd_").unwrap()),
        ("id", update["id"].as_str().unwrap()),
    ] {
        let answer = bearer(server, token).get("/api/v1/me").await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    }
    // And an access token is no other: neither ticket, nor invitation, nor cursor.
    let own = &world.ada.token;
    let at = format!("/media/{own}/{}/poster.jpg", update["id"].as_str().unwrap());
    assert_eq!(server.anonymous().get(&at).await.status, 404);
    assert_eq!(server.anonymous().get(&format!("/api/v1/invites/{own}")).await.status, 404);
    let at = format!("/api/v1/teams/{}/updates?cursor={own}", world.open);
    world.ada.get(&at).await.expect_problem(400, "bad_cursor");
}

/// A media ticket of somebody, from the addresses of an update with media.
async fn ticket_of(world: &World, who: &Client) -> String {
    let urls = {
        use meridian_server::auth::Auth;
        use meridian_server::endpoints::media::media_urls;
        let update = world.video(who, world.open, json!({})).await["id"].as_str().unwrap().parse().unwrap();
        let reader = world.server.state.store.reader();
        let mut row = meridian_store::repo::updates::find_any(reader, update).await.unwrap().unwrap();
        // As soon as there is a generation there are addresses.
        row.generation_id = Some(uuid::Uuid::now_v7().into());
        let now_s = world.server.state.clock().now_ms() / 1000;
        let claims = tokens::check(&world.server.state.keys, &who.token, now_s).unwrap();
        let auth =
            Auth { user: who.id, session: Some(claims.sid), token: None, scopes: None, ends_at_s: None };
        media_urls(&world.server.state, reader, &auth, &[row]).await.unwrap().remove(&update).unwrap()
    };
    urls.hls_url.unwrap().split('/').nth(2).unwrap().to_owned()
}

/// Tokens with a few bytes changed are never let in and never break anything.
#[tokio::test]
async fn changed_tokens_are_401_and_nothing_else() {
    let server = TestServer::start().await;
    let ada = server.user("Ada").await;
    ada.get("/api/v1/me").await.expect(200);
    let api = ada.post("/api/v1/me/api-tokens", json!({"name": "x", "scopes": ["read"]})).await.expect(201);
    let rounds = std::env::var("MERIDIAN_FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let mut dice = Dice::new(7);
    let mut tried = 0;
    for _ in 0..rounds * 40 {
        for whole in [&ada.token, api["token"].as_str().unwrap()] {
            let changed = changed(&mut dice, whole);
            if changed.trim() == whole {
                continue;
            }
            let Ok(value) = reqwest::header::HeaderValue::from_str(&format!("Bearer {changed}")) else {
                continue;
            };
            let request =
                server.anonymous().request(Method::GET, "/api/v1/me").header("authorization", value);
            let answer = Answer::of(request).await;
            assert_eq!(answer.status, 401, "{changed}: {}", answer.text);
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried}");
}

fn changed(dice: &mut Dice, token: &str) -> String {
    let letters: Vec<char> = "AZaz09-_.=+/ \u{e4}{}\"".chars().collect();
    let mut chars: Vec<char> = token.chars().collect();
    match dice.below(6) {
        // A header or claims of one's own, with the old signature.
        0 => {
            let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
            let at = dice.below(parts.len());
            let new = [
                "{\"alg\":\"none\"}",
                "{\"alg\":\"HS256\",\"kid\":\"../k\"}",
                "{\"exp\":1e99}",
                "{}",
                "[]",
                "\u{0}",
            ];
            parts[at] = URL_SAFE_NO_PAD.encode(dice.pick(&new));
            return parts.join(".");
        }
        1 => {
            let mut parts: Vec<&str> = token.split('.').collect();
            let at = dice.below(parts.len());
            parts.swap(0, at);
            return if at == 0 { parts[..parts.len() - 1].join(".") } else { parts.join(".") };
        }
        2 => chars.truncate(dice.below(chars.len())),
        _ => {}
    }
    for _ in 0..=dice.below(3) {
        let letter = *dice.pick(&letters);
        let at = dice.below(chars.len() + 1);
        match dice.below(3) {
            0 => chars.insert(at, letter),
            1 if at < chars.len() => chars[at] = letter,
            _ => {
                chars.truncate(chars.len().saturating_sub(1));
            }
        }
    }
    chars.into_iter().collect()
}

/// 6, 7: a known address is 409 at sign-up, and that way of asking ends. The limit goes by network address, whatever
/// the port and the forwarding header.
#[tokio::test]
async fn asking_who_has_an_account_by_signing_up_is_limited() {
    let server = TestServer::start_with(|settings| settings.signup = Signup::Open).await;
    server.anonymous().post("/api/v1/auth/signup", person("ada@example.org")).await.expect(201);
    let mut statuses = Vec::new();
    for attempt in 0..31 {
        // A client of its own has a connection, and so a port, of its own.
        let http = reqwest::Client::new();
        let request = Client { http, ..server.anonymous() }
            .request(Method::POST, "/api/v1/auth/signup")
            .header("x-forwarded-for", format!("203.0.113.{attempt}"))
            .json(&person("ada@example.org"));
        statuses.push(Answer::of(request).await.status);
    }
    assert_eq!(statuses[..30], [409; 30]);
    assert_eq!(statuses[30], 429);
    let refused = server.anonymous().post("/api/v1/auth/signup", person("new@example.org")).await;
    refused.expect_problem(429, "too_many_requests");
}

/// 7: another server of the same instance knows of the failures.
#[tokio::test]
async fn failures_are_counted_for_the_whole_instance() {
    let server = TestServer::start_with(|settings| settings.signup = Signup::Open).await;
    server.anonymous().post("/api/v1/auth/signup", person("ada@example.org")).await.expect(201);
    let failures = server.state.failures();
    for _ in 0..10 {
        failures.count("login ada@example.org").await.unwrap();
    }
    let right = json!({"email": "Ada@Example.org ", "password": PASSWORD});
    let refused = server.anonymous().post("/api/v1/auth/login", right.clone()).await;
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 900);
    refused.expect_problem(429, "too_many_requests");
    failures.clear("login ada@example.org").await.unwrap();
    server.anonymous().post("/api/v1/auth/login", right).await.expect(200);
}

/// 9: invitations name the configured address, whatever the Host header says; at rest there is a hash.
#[tokio::test]
async fn an_invitation_names_the_configured_address() {
    let world = World::new().await;
    let request = world
        .olga
        .request(Method::POST, &format!("/api/v1/workspaces/{}/invites", world.workspace))
        .header("host", "evil.example")
        .json(&json!({"role": "member", "email": "new@example.org"}));
    let invite = Answer::of(request).await.expect(201);
    assert!(invite["url"].as_str().unwrap().starts_with("http://127.0.0.1:8080/invite/"), "{invite}");
    let log = world.server.state.settings.data_dir.join("mail.log");
    let mail = world
        .server
        .eventually(|| std::fs::read_to_string(&log).ok().filter(|text| text.contains("---")))
        .await;
    assert!(!mail.contains("evil.example"), "{mail}");
    let token = invite["token"].as_str().unwrap();
    let kept = meridian_testbed::kept(&world.server.state.settings.database_url);
    assert!(kept.windows(15).any(|part| part == b"new@example.org"));
    assert!(!kept.windows(token.len()).any(|part| part == token.as_bytes()), "the database has the token");
}

/// What was deleted is in no event any more, so that it is neither sent nor kept until the events are pruned.
#[tokio::test]
async fn deleted_words_leave_the_events() {
    let world = World::new().await;
    let update = world.text(&world.ada, world.open, json!({"title": "Xylophone", "body": "Yttrium"})).await;
    let at = format!("{}/comments", path(&update));
    let gone = world.ben.post(&at, json!({"body": "Zirconium"})).await.expect(201);
    let stays = world.ben.post(&at, json!({"body": "Tungsten", "parent_id": gone["id"]})).await.expect(201);
    world
        .ben
        .patch(&format!("/api/v1/comments/{}", gone["id"].as_str().unwrap()), json!({"body": "Zirconia"}))
        .await
        .expect(200);
    let told = async || {
        let all = events::after(world.server.state.store.reader(), 0, 1000).await.unwrap();
        all.iter().map(|event| event.data.to_string()).collect::<Vec<_>>().join("\n")
    };
    assert!(told().await.contains("Zirconium"), "otherwise the test proves nothing");
    world.ben.delete(&format!("/api/v1/comments/{}", gone["id"].as_str().unwrap())).await.expect(204);
    let left = told().await;
    assert!(!left.contains("Zirconi") && left.contains("Tungsten"), "{left}");
    assert!(left.contains(stays["id"].as_str().unwrap()));
    world.ada.delete(&path(&update)).await.expect(204);
    let left = told().await;
    for word in ["Xylophone", "Yttrium", "Tungsten"] {
        assert!(!left.contains(word), "{word}: {left}");
    }
    // Coming back it is told anew.
    world.ada.post(&format!("{}/restore", path(&update)), json!({})).await.expect(200);
    assert!(told().await.contains("Xylophone"));
}

/// What was deleted is in no kept answer any more; the key stays taken, so that nothing is made twice.
#[tokio::test]
async fn deleted_words_leave_the_kept_answers() {
    let world = World::new().await;
    let update = world.text(&world.ada, world.open, json!({"title": "Xylophone", "body": "Yttrium"})).await;
    let at = format!("{}/comments", path(&update));
    let post = async |key: &str, body: &str| {
        let request = world.ben.request(Method::POST, &at).header("idempotency-key", key);
        Answer::of(request.json(&json!({"body": body}))).await
    };
    let gone = post("k1", "Zirconium").await.expect(201);
    post("k2", "Tungsten").await.expect(201);
    world.ben.delete(&format!("/api/v1/comments/{}", gone["id"].as_str().unwrap())).await.expect(204);
    post("k1", "Zirconium").await.expect_problem(409, "conflict");
    assert_eq!(post("k2", "Tungsten").await.expect(201)["body"], "Tungsten");
    world.ada.delete(&path(&update)).await.expect(204);
    world.ada.post(&format!("{}/restore", path(&update)), json!({})).await.expect(200);
    post("k2", "Tungsten").await.expect_problem(409, "conflict");
    let comments = world.ben.get(&at).await.expect(200);
    assert_eq!(comments["items"].as_array().unwrap().len(), 1, "{comments}");
}

/// Nobody learns by 400, 404 or 422 what a route is like before saying who they are: neither without a credential,
/// nor with one that has ended.
#[tokio::test]
async fn who_asks_comes_before_what_is_asked() {
    let world = World::new().await;
    let ended = world.server.user("ended").await;
    let sessions = ended.get("/api/v1/me/sessions").await.expect(200);
    let session = sessions["items"][0]["id"].as_str().unwrap();
    ended.delete(&format!("/api/v1/me/sessions/{session}")).await.expect(204);
    let document = meridian_server::app::openapi().unwrap();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (method, path) in documented() {
        let operation = &document["paths"][&path][method.to_lowercase()];
        if !operation["security"][0]["bearer"].is_array() {
            continue;
        }
        let mut at = path.clone();
        while let (Some(from), Some(to)) = (at.find('{'), at.find('}')) {
            at.replace_range(from..=to, "no-such-thing");
        }
        for who in [world.server.anonymous(), ended.clone()] {
            let request = who
                .request(method.parse().unwrap(), &at)
                .query(&[("limit", "x"), ("cursor", "x"), ("state", "x"), ("count", "x"), ("update_id", "x")])
                .header("content-type", "application/json")
                .header("if-match", "odd")
                .header("idempotency-key", "")
                .body("{");
            let status = request.send().await.unwrap().status().as_u16();
            if status != 401 {
                wrong.push(format!("{method} {at}: {status}"));
            }
            asked += 1;
        }
    }
    assert!(asked > 200, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
