//! Outgoing webhooks: what goes out, to where, how often.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use meridian_server::tell::webhooks::{self, Client as Sender};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::Client;
use crate::world::World;

/// What came: head and body.
type Requests = Arc<Mutex<Vec<(String, String)>>>;

/// A program that keeps what it is told and answers as it was told to, the last answer for ever.
async fn sink(answers: &[&str]) -> (u16, Requests) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, kept) = (listener.local_addr().unwrap().port(), Requests::default());
    let (requests, answers) =
        (Arc::clone(&kept), answers.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>());
    tokio::spawn(async move {
        for turn in 0_usize.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut all = Vec::new();
            let (head, body) = loop {
                let mut piece = [0; 4096];
                let count = stream.read(&mut piece).await.unwrap();
                all.extend_from_slice(&piece[..count]);
                let text = String::from_utf8_lossy(&all).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head
                    .lines()
                    .find_map(|l| l.to_lowercase().strip_prefix("content-length:").map(str::to_owned));
                let length: usize = length.unwrap().trim().parse().unwrap();
                if body.len() >= length {
                    break (head.to_owned(), body.to_owned());
                }
            };
            requests.lock().unwrap().push((head, body));
            let answer = answers.get(turn).or(answers.last()).unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (port, kept)
}

const OK: &str = "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n";
const BROKEN: &str = "HTTP/1.1 500 Oops\r\ncontent-length: 13\r\n\r\ninner secrets";

fn header(head: &str, name: &str) -> String {
    let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
    line.unwrap_or_else(|| panic!("no {name} in {head}")).split_once(':').unwrap().1.trim().to_owned()
}

async fn world() -> World {
    World::with(|settings| settings.webhook_allow = vec!["127.0.0.1/32".to_owned()]).await
}

async fn hook(world: &World, who: &Client, port: u16, extra: Value) -> Value {
    let mut new = json!({
        "url": format!("http://127.0.0.1:{port}/hook"),
        "events": ["update.published", "comment.created"],
    });
    new.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    who.post(&format!("/api/v1/workspaces/{}/webhooks", world.workspace), new).await.expect(201)
}

async fn log(who: &Client, hook: &Value) -> Vec<Value> {
    let at = format!("/api/v1/webhooks/{}/deliveries", hook["id"].as_str().unwrap());
    who.get(&at).await.expect(200)["items"].as_array().unwrap().clone()
}

async fn send(world: &World) -> usize {
    let state = &world.server.state;
    webhooks::once(state, &Sender::new(&state.settings)).await.unwrap()
}

#[tokio::test]
async fn other_programs_are_told_what_every_member_may_see_and_can_check_it() {
    let world = world().await;
    let (port, came) = sink(&[OK]).await;
    let made = hook(&world, &world.olga, port, json!({})).await;
    let secret = made["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap();
    // Private, direct, draft: none of it goes out.
    let private = world.text(&world.ada, world.private, json!({})).await;
    world
        .ada
        .post(&format!("{}/comments", crate::world::path(&private)), json!({"body": "x"}))
        .await
        .expect(201);
    world.text(&world.ada, world.open, json!({"audience": [world.ben.id]})).await;
    world.text(&world.ada, world.open, json!({"publish": "draft"})).await;
    let update = world.text(&world.ada, world.open, json!({"title": "Plan"})).await;
    assert_eq!(send(&world).await, 1);
    assert_eq!(send(&world).await, 0);
    let came = came.lock().unwrap().clone();
    assert_eq!(came.len(), 1);
    let (head, body) = &came[0];
    let told: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&told["type"], &told["data"]["id"]), (&json!("update.published"), &update["id"]));
    assert_eq!(told["data"]["workspace_id"], json!(world.workspace));
    let (id, at) = (header(head, "webhook-id"), header(head, "webhook-timestamp"));
    let key = base64::engine::general_purpose::STANDARD.decode(secret).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    let expected = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(header(head, "webhook-signature"), format!("v1,{expected}"));
    let log = log(&world.olga, &made).await;
    assert_eq!(
        (log.len(), &log[0]["state"], &log[0]["attempts"][0]["status"]),
        (1, &json!("sent"), &json!(204))
    );
    // The secret is shown once.
    let listed =
        world.olga.get(&format!("/api/v1/workspaces/{}/webhooks", world.workspace)).await.expect(200);
    assert_eq!(listed["items"][0].get("secret"), None);
}

#[tokio::test]
async fn what_fails_is_tried_again_and_can_be_sent_again() {
    let world = world().await;
    let (port, came) = sink(&[BROKEN, OK]).await;
    let made = hook(&world, &world.olga, port, json!({})).await;
    world.text(&world.ada, world.open, json!({})).await;
    assert_eq!(send(&world).await, 1);
    // Not before its time.
    assert_eq!(send(&world).await, 0);
    assert_eq!(log(&world.olga, &made).await[0]["state"], "queued");
    world.server.set_clock("2026-11-02T09:01:00Z");
    assert_eq!(send(&world).await, 1);
    let first = log(&world.olga, &made).await[0].clone();
    assert_eq!((&first["state"], first["attempts"].as_array().unwrap().len()), (&json!("sent"), 2));
    assert!(!first.to_string().contains("inner secrets"));
    let again = format!("/api/v1/deliveries/{}/redeliver", first["id"].as_str().unwrap());
    world.olga.post(&again, json!({})).await.expect(202);
    assert_eq!(send(&world).await, 1);
    let came = came.lock().unwrap().clone();
    let ids: Vec<String> = came.iter().map(|(head, _)| header(head, "webhook-id")).collect();
    assert_eq!(ids, [ids[0].clone(), ids[0].clone(), ids[0].clone()]);
    // What is deleted in between does not go out.
    let update = world.text(&world.ada, world.open, json!({})).await;
    let state = &world.server.state;
    meridian_store::repo::webhooks::consume(&state.store, &mut webhooks::consumer()).await.unwrap();
    world.ada.delete(&crate::world::path(&update)).await.expect(204);
    send(&world).await;
    assert_eq!(log(&world.olga, &made).await[0]["state"], "skipped");
}

#[tokio::test]
async fn an_address_that_is_gone_turns_the_webhook_off() {
    let world = world().await;
    let (port, came) = sink(&["HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"]).await;
    let made = hook(&world, &world.olga, port, json!({})).await;
    world.text(&world.ada, world.open, json!({})).await;
    send(&world).await;
    world.text(&world.ada, world.open, json!({})).await;
    send(&world).await;
    assert_eq!(came.lock().unwrap().len(), 1);
    let at = format!("/api/v1/workspaces/{}/webhooks", world.workspace);
    let listed = world.olga.get(&at).await.expect(200);
    assert_eq!(listed["items"][0]["enabled"], false);
    assert!(listed["items"][0]["disabled_reason"].as_str().unwrap().contains("410"));
    let at = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let on = world.olga.patch(&at, json!({"enabled": true})).await.expect(200);
    assert_eq!((&on["enabled"], &on["disabled_reason"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn private_addresses_are_refused_at_every_step() {
    // Loopback but for one address is forbidden here, as on every server.
    let world = world().await;
    let at = format!("/api/v1/workspaces/{}/webhooks", world.workspace);
    for url in
        ["http://127.0.0.2/", "http://10.0.0.1/x", "http://[::1]:80/", "http://2130706434/", "ftp://x.org/"]
    {
        let new = json!({"url": url, "events": ["update.published"]});
        world.olga.post(&at, new).await.expect_problem(422, "invalid");
    }
    let new = json!({"url": "https://example.org/", "events": ["notification.created"]});
    world.olga.post(&at, new).await.expect_problem(422, "invalid");
    // A name is judged when it is resolved; a redirect before it is followed.
    let (inner, reached) = sink(&[OK]).await;
    let to = |status: &str, url: &str| {
        format!("HTTP/1.1 {status} Moved\r\nlocation: {url}\r\ncontent-length: 0\r\n\r\n")
    };
    let outside = format!("http://127.0.0.2:{inner}/");
    let inside = format!("http://127.0.0.1:{inner}/");
    for (answer, delivered) in [
        (to("307", &outside), false),
        (to("308", &format!("http://[::ffff:127.0.0.2]:{inner}/")), false),
        (to("302", &inside), false),
        (to("307", &inside), true),
    ] {
        let (port, _) = sink(&[&answer]).await;
        let made = hook(&world, &world.olga, port, json!({})).await;
        let test = format!("/api/v1/webhooks/{}/test", made["id"].as_str().unwrap());
        let told = world.olga.post(&test, json!({})).await.expect(200);
        assert_eq!(told["delivered"], json!(delivered), "{answer}: {told}");
    }
    assert_eq!(reached.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_test_shows_the_status_and_nothing_else_of_the_other_side() {
    let world = world().await;
    let (port, came) = sink(&[BROKEN]).await;
    let extra = json!({"format": "slack"});
    let made = hook(&world, &world.olga, port, extra).await;
    assert_eq!(made.get("secret"), None);
    let test = format!("/api/v1/webhooks/{}/test", made["id"].as_str().unwrap());
    let told = world.olga.post(&test, json!({})).await;
    assert!(!told.text.contains("secrets"), "{}", told.text);
    let told = told.expect(200);
    assert_eq!((&told["delivered"], &told["status"]), (&json!(false), &json!(500)));
    let (head, body) = came.lock().unwrap()[0].clone();
    assert!(body.contains("\"text\"") && !head.to_lowercase().contains("webhook-signature"));
    // Hostile titles cannot call a channel.
    world.text(&world.ada, world.open, json!({"title": "<!channel> <http://evil.example|x>"})).await;
    send(&world).await;
    let body = came.lock().unwrap()[1].1.clone();
    assert!(body.contains("&lt;!channel&gt;") && !body.contains("<!channel>"), "{body}");
}

#[tokio::test]
async fn a_webhook_has_an_address_under_its_workspace_and_under_no_other() {
    let world = world().await;
    let made = hook(&world, &world.olga, 9, json!({})).await;
    let other = world.olga.post("/api/v1/workspaces", json!({"name": "Other"})).await.expect(201);
    let at =
        |workspace: &str| format!("/api/v1/workspaces/{workspace}/webhooks/{}", made["id"].as_str().unwrap());
    let (own, wrong) = (at(&world.workspace.to_string()), at(other["id"].as_str().unwrap()));
    let changed = world.olga.patch(&own, json!({"enabled": false})).await.expect(200);
    assert_eq!(changed["enabled"], false);
    world.olga.patch(&wrong, json!({"enabled": true})).await.expect_problem(404, "not_found");
    world.olga.delete(&wrong).await.expect_problem(404, "not_found");
    world.olga.delete(&own).await.expect(204);
    world.olga.delete(&own).await.expect_problem(404, "not_found");
}
