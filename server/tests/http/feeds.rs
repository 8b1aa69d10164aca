//! Feeds by capability addresses, read by independent parsers.

use std::path::PathBuf;

use meridian_store::repo::rounds;
use serde_json::{Value, json};

use crate::check_ins::{of_team, standup};
use crate::media::Studio;
use crate::support::Client;
use crate::world::{World, path};

/// What a Python program says about a text.
fn parsed(program: &str, text: &str) -> Value {
    use std::io::Write as _;
    let python = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/clients/.venv/bin/python");
    assert!(python.exists(), "the Python parsers are missing: `make test` installs them");
    let mut child = std::process::Command::new(python)
        .args(["-c", program])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let told = child.wait_with_output().unwrap();
    assert!(told.status.success());
    serde_json::from_slice(&told.stdout).unwrap()
}

const FEEDPARSER: &str = "
import sys, json, feedparser
f = feedparser.parse(sys.stdin.buffer.read())
print(json.dumps({'bozo': bool(f.bozo), 'title': f.feed.title, 'version': f.version, 'items': [
  {'title': e.title, 'author': e.author, 'id': e.id, 'at': list(e.published_parsed)[:5], 'url': e.enclosures[0].href,
   'bytes': int(e.enclosures[0].length), 'type': e.enclosures[0].type, 'length': e.itunes_duration} for e in f.entries]}))
";

const ICALENDAR: &str = "
import sys, json, icalendar
c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
print(json.dumps({'version': str(c['VERSION']), 'name': str(c['X-WR-CALNAME']), 'items': [
  {'uid': str(e['UID']), 'summary': str(e['SUMMARY']), 'at': e['DTSTART'].dt.isoformat(), 'url': str(e['URL']),
   'text': str(e['DESCRIPTION']), 'errors': [str(x) for x in e.errors]} for e in c.walk('VEVENT')]}))
";

/// The path of a feed's address.
async fn feed(who: &Client, new: Value) -> (String, String) {
    let made = who.post("/api/v1/me/feeds", new).await.expect(201);
    let url = made["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    (url, made["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_podcast_is_heard_by_whoever_may_hear_it() {
    let studio = Studio::whole().await;
    let World { server, private, ada, ben, cleo, .. } = studio.world();
    ada.patch(&format!("/api/v1/updates/{}", studio.update()), json!({"title": "Rock & <Roll>"}))
        .await
        .expect(200);
    ada.post("/api/v1/me/feeds", json!({"kind": "podcast"})).await.expect_problem(422, "invalid");
    let new = json!({"kind": "podcast", "team_id": private});
    cleo.post("/api/v1/me/feeds", new.clone()).await.expect_problem(404, "not_found");
    let (url, id) = feed(ben, new).await;
    let player = server.anonymous();
    let got = player.get(&url).await;
    assert_eq!(got.headers["content-type"], "application/rss+xml; charset=utf-8");
    let told = parsed(FEEDPARSER, &got.text);
    assert_eq!(
        (&told["bozo"], &told["version"], &told["title"]),
        (&json!(false), &json!("rss20"), &json!("Platform"))
    );
    let episode = &told["items"][0];
    assert_eq!((&episode["title"], &episode["author"]), (&json!("Rock & <Roll>"), &json!("Ada")));
    assert_eq!((&episode["type"], &episode["length"]), (&json!("audio/mp4"), &json!("20")));
    assert_eq!(episode["at"], json!([2026, 11, 2, 9, 0]));
    // The address lasts; where it leads is a ticket of now. The sound has the length that the feed says.
    let sound = episode["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
    server.set_clock("2026-11-03T09:00:00Z");
    let heard = player.request(reqwest::Method::GET, sound).send().await.unwrap();
    assert_eq!(
        (heard.status().as_u16(), &heard.headers()["content-type"]),
        (200, &"audio/mp4".parse().unwrap())
    );
    assert_eq!(json!(heard.bytes().await.unwrap().len()), episode["bytes"]);
    // Revoked: neither the feed nor its sounds.
    server
        .renewed(ada)
        .await
        .delete(&format!("/api/v1/me/feeds/{id}"))
        .await
        .expect_problem(404, "not_found");
    server.renewed(ben).await.delete(&format!("/api/v1/me/feeds/{id}")).await.expect(204);
    assert_eq!((player.get(&url).await.status, player.get(sound).await.status), (404, 404));
}

#[tokio::test]
async fn a_feed_ends_with_its_owners_right() {
    let world = World::new().await;
    let (url, _) = feed(&world.gus, json!({"kind": "podcast", "team_id": world.open})).await;
    let player = world.server.anonymous();
    player.get(&url).await.expect(200);
    let open = world.open;
    let gus = world.gus.id;
    world
        .server
        .write(async |tx| meridian_store::repo::teams::remove_member(tx, open, gus).await.unwrap())
        .await;
    assert_eq!(player.get(&url).await.status, 404);
    // The kinds do not stand in for each other.
    assert_eq!(player.get(&url.replace("podcast.xml", "due.ics")).await.status, 404);
}

#[tokio::test]
async fn due_times_stand_in_a_calendar() {
    let world = World::new().await;
    let World { ada, ben, .. } = &world;
    let update = world.text(ada, world.open, json!({})).await;
    let ask = async |extra: Value| {
        let mut body =
            json!({"body": "Ship, test; and\nrelease \\o/", "kind": "action", "assignee_id": ben.id});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        ada.post(&format!("{}/comments", path(&update)), body).await.expect(201)
    };
    let first = ask(json!({"due_on": "2026-11-05"})).await;
    let second = ask(json!({})).await;
    let done = ask(json!({})).await;
    ben.post(&format!("/api/v1/comments/{}/resolve", done["id"].as_str().unwrap()), json!({}))
        .await
        .expect(200);
    let (url, _) = feed(ben, json!({"kind": "due"})).await;
    let got = world.server.anonymous().get(&url).await;
    assert_eq!(got.headers["content-type"], "text/calendar; charset=utf-8");
    let told = parsed(ICALENDAR, &got.text);
    let items = told["items"].as_array().unwrap();
    assert_eq!((items.len(), &told["version"]), (2, &json!("2.0")), "{told}");
    assert_eq!((&items[0]["at"], &items[0]["errors"]), (&json!("2026-11-05"), &json!([])));
    assert_eq!(items[0]["summary"], "Do: Ship, test; and release \\o/");
    assert!(items[0]["text"].as_str().unwrap().starts_with("Ship, test; and\nrelease \\o/\n"), "{told}");
    let expected: jiff::Timestamp = second["expected_by"].as_str().unwrap().parse().unwrap();
    let at: jiff::Timestamp = items[1]["at"].as_str().unwrap().parse().unwrap();
    assert_eq!(at, expected);
    assert!(items[0]["uid"].as_str().unwrap().contains(first["id"].as_str().unwrap()));
    // Somebody else's asks are not in it.
    let (url, _) = feed(ada, json!({"kind": "due"})).await;
    assert!(!world.server.anonymous().get(&url).await.text.contains("VEVENT"));
}

#[tokio::test]
async fn rounds_stand_in_the_calendar_by_their_due_times() {
    let World { server, ada, ben, open, .. } = &World::new().await;
    let made = ada.post(&of_team(open), standup()).await.expect(201);
    let (url, _) = feed(ben, json!({"kind": "due"})).await;
    let items = async || {
        let got = server.anonymous().get(&url).await;
        parsed(ICALENDAR, &got.text)["items"].as_array().unwrap().clone()
    };
    // Ten working days, the first of them today in New York.
    let before = items().await;
    assert_eq!(before.len(), 10, "{before:?}");
    assert_eq!((&before[0]["summary"], &before[0]["errors"]), (&json!("Answer: Stand-up"), &json!([])));
    assert!(before[0]["at"].as_str().unwrap().starts_with("2026-11-02T17:00:00"), "{}", before[0]);
    assert!(before[0]["uid"].as_str().unwrap().contains(made["id"].as_str().unwrap()));
    server.set_clock("2026-11-02T14:00:00Z");
    while rounds::run_due(&server.state.store).await.unwrap() > 0 {}
    // Now it is open: the same entry leads to the recorder.
    let open_now = items().await;
    assert_eq!((&open_now[0]["uid"], &open_now[0]["at"]), (&before[0]["uid"], &before[0]["at"]));
    assert!(open_now[0]["text"].as_str().unwrap().contains("/record?team="), "{}", open_now[0]);
    let uids: std::collections::BTreeSet<_> = open_now.iter().map(|one| one["uid"].to_string()).collect();
    assert_eq!(uids.len(), open_now.len());
}
