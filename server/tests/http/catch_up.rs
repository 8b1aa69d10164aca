//! Catch-up: what fits, in which order, and what counts as seen.

use serde_json::{Value, json};

use crate::support::Client;
use crate::world::{World, path};

async fn queue(who: &Client, query: &str) -> Value {
    who.get(&format!("/api/v1/me/catch-up?{query}")).await.expect(200)
}

fn shown(queue: &Value, list: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = queue[list].as_array().unwrap();
    items.iter().map(|item| (text(&item["update"]["title"]), text(&item["reason"]))).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(title, reason)| ((*title).to_owned(), (*reason).to_owned())).collect()
}

#[tokio::test]
async fn five_minutes_hold_what_matters_most() {
    let world = World::new().await;
    let World { ada, ben, gus, cleo, server, open, .. } = &world;
    // A text of 460 words takes two minutes to read.
    let long = vec!["word"; 460].join(" ");
    let mut updates = Vec::new();
    for (number, title) in ["Plain", "Decided", "Blocked", "Asked", "Plain too"].iter().enumerate() {
        server.set_clock(&format!("2026-11-02T09:0{number}:00Z"));
        updates.push(world.text(ben, *open, json!({"title": title, "body": long})).await);
    }
    let mark = async |at: usize, extra: Value| {
        ben.post(&format!("{}/comments", path(&updates[at])), extra).await.expect(201);
    };
    mark(1, json!({"body": "So it is.", "kind": "decision"})).await;
    mark(2, json!({"body": "Help.", "kind": "blocker"})).await;
    mark(3, json!({"body": "Yes?", "kind": "question", "assignee_id": ada.id})).await;
    let all = queue(ada, "minutes=480").await;
    let order = [
        ("Asked", "ask"),
        ("Blocked", "blocker"),
        ("Decided", "decision"),
        ("Plain", "update"),
        ("Plain too", "update"),
    ];
    assert_eq!(shown(&all, "items"), pairs(&order));
    assert_eq!((&all["total_ms"], &all["all_ms"]), (&json!(600_000), &json!(600_000)));
    let five = queue(ada, "minutes=5&speed=1.5").await;
    assert_eq!(shown(&five, "items"), pairs(&order[..2]));
    assert_eq!(shown(&five, "later"), pairs(&order[2..]));
    assert_eq!(five, queue(ada, "minutes=5&speed=1.5").await, "the same request, the same queue");
    // For somebody else the question is nothing that is asked of them.
    assert_eq!(shown(&queue(gus, "minutes=2").await, "items"), pairs(&[("Blocked", "blocker")]));
    // One's own are not caught up with, nor what is in open teams that one has not joined.
    assert!(shown(&queue(ben, "minutes=480").await, "items").is_empty());
    assert!(shown(&queue(cleo, "minutes=480").await, "items").is_empty());
    // Seen, however: by reading, or by saying so.
    let read = json!({"by": "reading", "position_ms": 0});
    ada.put(&format!("{}/watch", path(&updates[3])), read).await.expect(200);
    let seen = json!({"update_ids": [updates[2]["id"], updates[0]["id"]], "by": "listening"});
    assert_eq!(ada.post("/api/v1/me/catch-up/seen", seen).await.status, 204);
    let left = queue(ada, "minutes=480").await;
    assert_eq!(shown(&left, "items"), pairs(&[("Decided", "decision"), ("Plain too", "update")]));
    for query in ["minutes=0", "minutes=481", "speed=0.2", "speed=4", "speed=NaN", "minutes=x"] {
        ada.get(&format!("/api/v1/me/catch-up?{query}")).await.expect_problem(400, "malformed");
    }
    let draft = world.text(ben, *open, json!({"publish": "draft"})).await;
    let unseen = json!({"update_ids": [draft["id"]]});
    ada.post("/api/v1/me/catch-up/seen", unseen).await.expect_problem(422, "invalid");
}
