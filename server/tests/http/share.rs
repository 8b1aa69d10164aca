//! Share links: what guests get, what binds it, and what ends it (27, 28, 29 in the security list).

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::media::Studio;
use crate::support::{Answer, Client};
use crate::world::{World, path};

/// A guest of a link: nobody, with the cookie of the unlocked link where there is one.
struct Guest {
    client: Client,
    token: String,
    cookie: String,
}

impl Guest {
    fn of(world: &World, link: &Value) -> Self {
        let token = link["token"].as_str().unwrap().to_owned();
        Self { client: world.server.anonymous(), token, cookie: String::new() }
    }

    async fn send(&self, method: Method, rest: &str, body: Option<Value>) -> Answer {
        let path = format!("/api/v1/shared/{}{rest}", self.token);
        let mut request = self.client.request(method, &path).header("cookie", &self.cookie);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request).await
    }

    async fn read(&self) -> Answer {
        self.send(Method::GET, "", None).await
    }

    async fn comment(&self, name: &str, body: &str) -> Answer {
        self.send(Method::POST, "/comments", Some(json!({"name": name, "body": body}))).await
    }

    async fn unlock(&mut self, password: &str) -> Answer {
        let answer = self.send(Method::POST, "/unlock", Some(json!({"password": password}))).await;
        if let Some(set) = answer.headers.get("set-cookie") {
            let set = set.to_str().unwrap();
            assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
            set.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        answer
    }
}

async fn link(who: &Client, update: &str, body: Value) -> Value {
    who.post(&format!("{update}/share-links"), body).await.expect(201)
}

fn addresses(media: &Value) -> Vec<String> {
    media.as_object().unwrap().values().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Until a remembered answer is over (api.md: 10 s).
async fn is_gone(player: &Client, path: &str) {
    let started = Instant::now();
    while player.get(path).await.status != 404 {
        assert!(started.elapsed() < Duration::from_secs(10), "{path} is still there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_link_shows_its_update_and_nothing_else() {
    let studio = Studio::whole().await;
    let (world, update) = (studio.world(), format!("/api/v1/updates/{}", studio.update()));
    let made = link(&world.ada, &update, json!({"allow_download": true})).await;
    let token = made["token"].as_str().unwrap();
    assert!(token.len() >= 43, "256 bits in base64");
    assert_eq!(made["url"], format!("{}/s/{token}", world.server.state.settings.public_url));
    // It is kept as a hash, and told once.
    let listed = world.ada.get(&format!("{update}/share-links")).await;
    assert!(!listed.text.contains(token), "{}", listed.text);
    assert_eq!(listed.expect(200)["items"][0]["id"], made["id"]);

    let guest = Guest::of(world, &made);
    let shown = guest.read().await;
    assert_eq!(shown.headers["cache-control"], "no-store");
    assert_eq!((&shown.json["title"], &shown.json["author_name"]), (&json!("Demo"), &json!("Ada")));
    for inner in [studio.update().to_string(), world.private.to_string(), world.workspace.to_string()] {
        let told = shown.text.replace(&format!("/{}/", studio.update()), "/");
        assert!(!told.contains(&inner), "{}", shown.text);
    }
    let media = shown.expect(200)["media"].clone();
    let all = addresses(&media);
    assert!(all.len() >= 6, "{media}");
    for at in &all {
        assert_eq!(guest.client.get(at).await.status, 200, "{at}");
    }
    // Comments were not allowed, and it was counted.
    guest.send(Method::GET, "/comments", None).await.expect_problem(403, "forbidden");
    guest.comment("Guest", "Hi").await.expect_problem(403, "forbidden");
    let listed = world.ada.get(&format!("{update}/share-links")).await.expect(200);
    assert_eq!(listed["items"][0]["views"], 1);

    // Without downloads the file is not there, although the rest is.
    let at = format!("/api/v1/share-links/{}", made["id"].as_str().unwrap());
    world.ada.patch(&at, json!({"allow_download": false})).await.expect(200);
    assert_eq!(guest.client.get(media["download_url"].as_str().unwrap()).await.status, 404);
    assert_eq!(guest.client.get(media["audio_url"].as_str().unwrap()).await.status, 404);
    let without = guest.read().await.expect(200)["media"].clone();
    assert_eq!((&without["download_url"], &without["audio_url"]), (&Value::Null, &Value::Null));
    let playlist = without["hls_url"].as_str().unwrap().to_owned();
    assert_eq!(guest.client.get(&playlist).await.status, 200);

    // Revoked: nothing of it is left, and nobody else's link is touched.
    let other = link(&world.ada, &update, json!({})).await;
    world.ada.delete(&at).await.expect(204);
    world.ada.delete(&at).await.expect(404);
    guest.read().await.expect_problem(404, "not_found");
    for at in &all {
        is_gone(&guest.client, at).await;
    }
    let other = Guest::of(world, &other);
    let media = other.read().await.expect(200)["media"].clone();
    // Neither does a deleted update have any.
    world.ada.delete(&update).await.expect(204);
    other.read().await.expect(404);
    is_gone(&other.client, media["poster_url"].as_str().unwrap()).await;
}

/// 27: what a trim took away is not served to guests, and the text of what is shown is.
#[tokio::test]
async fn guests_get_what_is_shown_and_no_more() {
    let studio = Studio::whole().await;
    let (world, update) = (studio.world(), format!("/api/v1/updates/{}", studio.update()));
    let guest = Guest::of(world, &link(&world.ada, &update, json!({})).await);
    let media = guest.read().await.expect(200)["media"].clone();
    let folder = media["hls_url"].as_str().unwrap().trim_end_matches("master.m3u8").to_owned();
    let master = guest.client.get(media["hls_url"].as_str().unwrap()).await.text;
    let variant = master.lines().find(|line| !line.starts_with('#')).unwrap();
    let segments = format!("{folder}{}", variant.trim_end_matches("playlist.m3u8"));
    assert_eq!(guest.client.get(&format!("{segments}0.m4s")).await.status, 200);
    world.ada.patch(&update, json!({"trim": {"start_ms": 8_000, "end_ms": 16_000}})).await.expect(200);
    is_gone(&guest.client, &format!("{segments}0.m4s")).await;
    assert_eq!(guest.client.get(&format!("{segments}2.m4s")).await.status, 200);
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nCut away\n\n00:09.000 --> 00:11.000\nStays here\n";
    let import = world.ada.request(Method::PUT, &format!("{update}/transcript"));
    Answer::of(import.header("content-type", "text/vtt").body(vtt)).await.expect(200);
    let transcript = guest.send(Method::GET, "/transcript", None).await.expect(200).to_string();
    assert!(transcript.contains("Stays here") && !transcript.contains("Cut away"), "{transcript}");
    let captions = guest.read().await.expect(200)["media"]["captions_url"].as_str().unwrap().to_owned();
    let captions = guest.client.get(&captions).await.text;
    assert!(captions.contains("Stays here") && !captions.contains("Cut away"), "{captions}");
}

/// 27: the password and the end bind every representation; 28: it travels in a body only.
#[tokio::test]
async fn password_and_expiry_bind_every_representation() {
    let studio = Studio::whole().await;
    let (world, update) = (studio.world(), format!("/api/v1/updates/{}", studio.update()));
    let new = json!({"password": "open sesame", "allow_comments": true, "allow_download": true,
        "expires_at": "2026-11-02T10:00:00Z"});
    let mut guest = Guest::of(world, &link(&world.ada, &update, new).await);
    let parts = ["", "/transcript", "/comments"];
    for part in parts {
        let refused = guest.send(Method::GET, part, None).await;
        assert!(!refused.text.contains("Demo"), "{}", refused.text);
        refused.expect_problem(401, "password_required");
        let path = format!("?password=open%20sesame{part}");
        guest.send(Method::GET, &path, None).await.expect_problem(401, "password_required");
    }
    guest.comment("Guest", "Hi").await.expect_problem(401, "password_required");
    // The team's own tickets do not change, and no ticket of a guest can be had without the password.
    guest.unlock("close sesame").await.expect_problem(401, "password_required");
    assert_eq!(guest.cookie, "");
    guest.unlock("open sesame").await.expect(204);
    let media = guest.read().await.expect(200)["media"].clone();
    guest.comment("Guest", "Hi").await.expect(201);
    // Another link's guest is not let in by this cookie.
    let second = link(&world.ada, &update, json!({"password": "open sesame"})).await;
    let stranger = Guest { cookie: guest.cookie.clone(), ..Guest::of(world, &second) };
    stranger.read().await.expect_problem(401, "password_required");
    let renamed = guest.cookie.split_once('=').unwrap().1;
    let name = format!("meridian_share_{}", second["id"].as_str().unwrap().replace('-', ""));
    let stranger = Guest { cookie: format!("{name}={renamed}"), ..stranger };
    stranger.read().await.expect_problem(401, "password_required");

    world.server.set_clock("2026-11-02T10:00:00Z");
    for part in parts {
        guest.send(Method::GET, part, None).await.expect_problem(404, "not_found");
    }
    guest.comment("Guest", "Hi").await.expect_problem(404, "not_found");
    guest.unlock("open sesame").await.expect_problem(404, "not_found");
    for at in addresses(&media) {
        is_gone(&guest.client, &at).await;
    }
}

/// 28: cookies end with the password that they were given for, and with the link; so do media addresses.
#[tokio::test]
async fn a_changed_password_and_a_revoked_link_end_what_was_let_in() {
    let studio = Studio::whole().await;
    let (world, update) = (studio.world(), format!("/api/v1/updates/{}", studio.update()));
    let made = link(&world.ada, &update, json!({"password": "open sesame"})).await;
    let at = format!("/api/v1/share-links/{}", made["id"].as_str().unwrap());
    let mut guest = Guest::of(world, &made);
    guest.unlock("open sesame").await.expect(204);
    let poster = guest.read().await.expect(200)["media"]["poster_url"].as_str().unwrap().to_owned();
    assert_eq!(guest.client.get(&poster).await.status, 200);

    world.ada.patch(&at, json!({"password": "another word"})).await.expect(200);
    guest.read().await.expect_problem(401, "password_required");
    is_gone(&guest.client, &poster).await;
    guest.unlock("open sesame").await.expect_problem(401, "password_required");
    guest.unlock("another word").await.expect(204);
    guest.read().await.expect(200);
    // Twelve hours later it is asked for again.
    world.server.set_clock("2026-11-02T21:30:00Z");
    guest.read().await.expect_problem(401, "password_required");
    guest.unlock("another word").await.expect(204);
    let ada = world.server.renewed(&world.ada).await;
    ada.patch(&at, json!({"password": null})).await.expect(200);
    Guest::of(world, &made).read().await.expect(200);
    ada.delete(&at).await.expect(204);
    guest.read().await.expect_problem(404, "not_found");
}

/// 28: guesses are limited by link, whoever makes them; a right one in between does not start them anew.
#[tokio::test]
async fn guesses_are_limited() {
    let world = World::new().await;
    let text = world.text(&world.ada, world.open, json!({})).await;
    let made = link(&world.ada, &path(&text), json!({"password": "open sesame"})).await;
    let mut guest = Guest::of(&world, &made);
    for round in 0..10 {
        if round == 5 {
            guest.unlock("open sesame").await.expect(204);
        }
        guest.unlock(&format!("guess {round}")).await.expect_problem(401, "password_required");
    }
    let refused = guest.unlock("open sesame").await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.expect_problem(429, "too_many_requests");
    // Who is in stays in, and another link is not touched.
    guest.read().await.expect(200);
    let other = link(&world.ada, &path(&text), json!({"password": "open sesame"})).await;
    Guest::of(&world, &other).unlock("open sesame").await.expect(204);
    // What is no password is refused when the link is made.
    let at = format!("{}/share-links", path(&text));
    world.ada.post(&at, json!({"password": "short"})).await.expect_problem(422, "invalid");
    world.ada.post(&at, json!({"expires_at": "2026-11-02T08:00:00Z"})).await.expect_problem(422, "invalid");
}

/// Guests' comments are among the others, with their name and the mark of a guest; the team is told at once.
#[tokio::test]
async fn guests_comment_and_the_team_sees_it() {
    let world = World::new().await;
    let text = world.text(&world.ada, world.private, json!({})).await;
    let comments = format!("{}/comments", path(&text));
    world.ben.post(&comments, json!({"body": "From the team"})).await.expect(201);
    let made = link(&world.ada, &path(&text), json!({"allow_comments": true})).await;
    let guest = Guest::of(&world, &made);
    let mut stream =
        world.ada.events(&format!("/api/v1/events?workspace_id={}", world.workspace), None).await;
    let hostile = "Ada <script>alert(1)</script>";
    guest.comment(hostile, "Great **work** <img src=x onerror=alert(1)>").await.expect(201);
    let told = stream.next().await.unwrap();
    assert_eq!((told.kind.as_str(), &told.data["guest"]), ("comment.created", &json!(true)));

    let list = world.ben.get(&comments).await.expect(200);
    let seen = &list["items"][1];
    assert_eq!(seen["author"]["display_name"], format!("{hostile} (guest)"));
    assert_eq!(seen["guest"], true);
    let html = seen["body_html"].as_str().unwrap();
    assert!(html.contains("<strong>work</strong>") && !html.contains("<img"), "{html}");
    // Guests see both, without anybody's id.
    let shown = guest.send(Method::GET, "/comments", None).await;
    assert!(!shown.text.contains(&world.ben.id.to_string()), "{}", shown.text);
    let shown = shown.expect(200);
    assert_eq!(
        (&shown["items"][0]["author_name"], &shown["items"][0]["guest"]),
        (&json!("Ben"), &json!(false))
    );
    assert_eq!(shown["items"][1]["guest"], true);
    // Found and counted like others; an answer to it tells nobody who does not exist.
    let found = world.ben.get(&format!("/api/v1/search?workspace_id={}&q=great", world.workspace)).await;
    assert_eq!(found.expect(200)["items"].as_array().unwrap().len(), 1);
    let id = seen["id"].as_str().unwrap();
    world.ben.post(&comments, json!({"body": "Thanks", "parent_id": id})).await.expect(201);
    let mut consumer = meridian_server::tell::notify::consumer();
    meridian_store::repo::notifications::consume(&world.server.state.store, &mut consumer).await.unwrap();
    let inbox = world.ada.get("/api/v1/notifications").await.expect(200).to_string();
    assert!(inbox.contains("(guest)"), "{inbox}");

    // Only what they may: no name, no text, another site's page.
    guest.comment(" ", "Hi").await.expect_problem(422, "invalid");
    guest.comment("Guest", " ").await.expect_problem(422, "invalid");
    let foreign = guest.client.request(Method::POST, &format!("/api/v1/shared/{}/comments", guest.token));
    let foreign = foreign.header("origin", "https://evil.example").json(&json!({"name": "G", "body": "x"}));
    Answer::of(foreign).await.expect_problem(403, "foreign_origin");
    // Its words are the guest's: nobody edits them, the author may take them away.
    let at = format!("/api/v1/comments/{id}");
    world.ada.patch(&at, json!({"body": "Bad work"})).await.expect_problem(403, "forbidden");
    world.ben.delete(&at).await.expect_problem(403, "forbidden");
    world.ada.delete(&at).await.expect(204);

    for _ in 0..20 {
        let answer = guest.comment("Guest", "Again").await;
        if answer.status == 429 {
            assert!(answer.headers.contains_key("retry-after"));
            return;
        }
        answer.expect(201);
    }
    panic!("twenty comments of one guest were let through");
}

/// A draft's link leads nowhere until the draft is published; nobody but its author makes one.
#[tokio::test]
async fn a_drafts_link_waits_for_it() {
    let world = World::new().await;
    let draft = world.text(&world.ben, world.open, json!({"publish": "draft"})).await;
    world.ada.post(&format!("{}/share-links", path(&draft)), json!({})).await.expect(404);
    let made = link(&world.ben, &path(&draft), json!({})).await;
    let guest = Guest::of(&world, &made);
    guest.read().await.expect(404);
    world.ben.post(&format!("{}/publish", path(&draft)), json!({})).await.expect(200);
    let shown = guest.read().await.expect(200);
    assert!(shown["body_html"].as_str().unwrap().contains("<em>release</em>"), "{shown}");
    // A team that is deleted takes its links along.
    world.ada.delete(&format!("/api/v1/teams/{}", world.open)).await.expect(204);
    guest.read().await.expect(404);
}

/// A team's admin sees the links to what they see; another's drafts and direct updates are not among it.
#[tokio::test]
async fn a_teams_admin_sees_its_links() {
    let world = World::new().await;
    let at = format!("/api/v1/teams/{}/share-links", world.open);
    let mut made = Vec::new();
    for extra in [json!({"title": "First"}), json!({"title": "Second"}), json!({"publish": "draft"})] {
        let update = world.text(&world.ben, world.open, extra).await;
        made.push(link(&world.ben, &path(&update), json!({})).await);
    }
    let elsewhere = world.text(&world.ada, world.private, json!({})).await;
    link(&world.ada, &path(&elsewhere), json!({})).await;
    let first = world.ada.get(&format!("{at}?limit=1")).await.expect(200);
    assert_eq!(
        (&first["items"][0]["id"], &first["items"][0]["update_title"]),
        (&made[1]["id"], &json!("Second"))
    );
    let next = first["next_cursor"].as_str().unwrap();
    let second = world.ada.get(&format!("{at}?limit=1&cursor={next}")).await.expect(200);
    assert_eq!((&second["items"][0]["id"], &second["next_cursor"]), (&made[0]["id"], &Value::Null));
    assert!(!second.to_string().contains("/s/"), "{second}");
}

/// 27, 29: oEmbed and the picture for other programs follow the link; titles stay text.
#[tokio::test]
async fn other_programs_are_shown_what_an_open_link_shows() {
    let studio = Studio::whole().await;
    let (world, update) = (studio.world(), format!("/api/v1/updates/{}", studio.update()));
    let hostile = "\"><script>alert(1)</script>";
    world.ada.patch(&update, json!({"title": hostile})).await.expect(200);
    let nobody = world.server.anonymous();
    let asked = |url: &str| format!("/oembed?url={}", url.replace(':', "%3A").replace('/', "%2F"));

    let made = link(&world.ada, &update, json!({})).await;
    let url = made["url"].as_str().unwrap();
    let shown = nobody.get(&asked(url)).await.expect(200);
    assert_eq!(
        (&shown["type"], &shown["version"], &shown["title"]),
        (&json!("video"), &json!("1.0"), &json!(hostile))
    );
    let html = shown["html"].as_str().unwrap();
    assert!(html.contains(&format!("src=\"{url}?embed=1\"")) && !html.contains("<script"), "{html}");
    let poster = format!("/s/{}/poster.jpg", made["token"].as_str().unwrap());
    assert!(shown["thumbnail_url"].as_str().unwrap().ends_with(&poster));
    // A redirect to the picture, which the client follows.
    assert_eq!(nobody.get(&poster).await.status, 200);
    nobody.get(&format!("{}&format=xml", asked(url))).await.expect_problem(501, "not_implemented");

    let at = format!("/api/v1/share-links/{}", made["id"].as_str().unwrap());
    world.ada.patch(&at, json!({"password": "open sesame"})).await.expect(200);
    nobody.get(&asked(url)).await.expect_problem(401, "password_required");
    assert_eq!(nobody.get(&poster).await.status, 404);
    world.ada.delete(&at).await.expect(204);
    nobody.get(&asked(url)).await.expect_problem(404, "not_found");
    assert_eq!(nobody.get(&poster).await.status, 404);
    for other in ["https://evil.example/s/abc", "http://127.0.0.1:8080/u/abc", "x"] {
        nobody.get(&asked(other)).await.expect_problem(404, "not_found");
    }
}

/// A link is its maker's sight of the update, lent to others: it ends with the right, and comes back with it.
#[tokio::test]
async fn a_link_ends_when_its_maker_no_longer_sees_the_update() {
    let studio = Studio::whole().await;
    let world = studio.world();
    let update = format!("/api/v1/updates/{}", studio.update());
    let made = link(&world.ada, &update, json!({})).await;
    let text = world.text(&world.ben, world.open, json!({})).await;
    let bens = link(&world.ben, &path(&text), json!({})).await;
    let (guest, bens_guest) = (Guest::of(world, &made), Guest::of(world, &bens));
    let poster = guest.read().await.expect(200)["media"]["poster_url"].as_str().unwrap().to_owned();
    bens_guest.read().await.expect(200);
    let forsaken = async |update: &str, who: &Client| {
        who.get(&format!("{update}/share-links")).await.expect(200)["items"][0]["forsaken"].clone()
    };
    assert_eq!(forsaken(&path(&text), &world.ada).await, json!(false));

    // Ben leaves the workspace: his link ends, and the team's admin is told why.
    let member = format!("/api/v1/workspaces/{}/members/{}", world.workspace, world.ben.id);
    world.olga.delete(&member).await.expect(204);
    bens_guest.read().await.expect_problem(404, "not_found");
    assert_eq!(bens_guest.client.get(&format!("/s/{}", bens_guest.token)).await.status, 404);
    assert_eq!(forsaken(&path(&text), &world.ada).await, json!(true));
    // Ada's goes on.
    guest.read().await.expect(200);
    assert_eq!(guest.client.get(&poster).await.status, 200);

    // Ada too: the addresses of media that her guest has end with it.
    let member = format!("/api/v1/workspaces/{}/members/{}", world.workspace, world.ada.id);
    world.olga.delete(&member).await.expect(204);
    guest.read().await.expect_problem(404, "not_found");
    is_gone(&guest.client, &poster).await;
}
