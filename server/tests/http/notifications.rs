//! Inboxes: who is told of what, once, bundled, and only what they see.

use meridian_domain::enums::TeamRole;
use meridian_server::tell::notify;
use meridian_store::repo::teams;
use serde_json::{Value, json};

use crate::support::{Client, TestServer};
use crate::world::{World, path};

/// Several servers at the same time, as far as the consumer goes.
async fn told(server: &TestServer) {
    let state = &server.state;
    // Boxed: three of them are a large future.
    let all = tokio::join!(
        Box::pin(notify::once(state)),
        Box::pin(notify::once(state)),
        Box::pin(notify::once(state))
    );
    for done in [all.0, all.1, all.2] {
        done.unwrap();
    }
    assert_eq!(Box::pin(notify::once(state)).await.unwrap(), 0);
}

async fn inbox(who: &Client) -> Value {
    who.get("/api/v1/notifications").await.expect(200)
}

/// Kind and number of each entry, newest first.
fn entries(inbox: &Value) -> Vec<(String, i64)> {
    let items = inbox["items"].as_array().unwrap();
    items.iter().map(|i| (i["kind"].as_str().unwrap().to_owned(), i["count"].as_i64().unwrap())).collect()
}

fn is(inbox: &Value, expected: &[(&str, i64)]) {
    let expected: Vec<_> = expected.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect();
    assert_eq!(entries(inbox), expected, "{inbox}");
}

async fn comment(who: &Client, update: &Value, body: Value) -> Value {
    who.post(&format!("{}/comments", path(update)), body).await.expect(201)
}

#[tokio::test]
async fn what_concerns_somebody_stands_in_their_inbox_once() {
    let world = World::new().await;
    let World { server, ada, ben, cleo, gil, .. } = &world;
    let update = world.text(ada, world.open, json!({})).await;
    comment(ben, &update, json!({"body": "Nice"})).await;
    comment(ben, &update, json!({"body": "Very\n\nnice"})).await;
    let ask = json!({"body": "When?", "kind": "question", "assignee_id": ben.id});
    let question = comment(cleo, &update, ask).await;
    told(server).await;
    let of_ada = inbox(ada).await;
    is(&of_ada, &[("comment", 3)]);
    assert_eq!(of_ada["unread"], 1);
    assert_eq!(of_ada["items"][0]["excerpt"], "When?");
    let actors = of_ada["items"][0]["actors"].as_array().unwrap().clone();
    assert_eq!((&actors[0]["display_name"], &actors[1]["display_name"]), (&json!("Cleo"), &json!("Ben")));
    is(&inbox(ben).await, &[("ask", 1)]);
    is(&inbox(cleo).await, &[]);

    // An answer, which is accepted; a mention in the same thread.
    let answer = json!({"body": "Friday", "parent_id": question["id"]});
    let answer = comment(ben, &update, answer).await;
    let at = format!("/api/v1/comments/{}", question["id"].as_str().unwrap());
    told(server).await;
    is(&inbox(cleo).await, &[("reply", 1)]);
    cleo.patch(&at, json!({"answer_id": answer["id"]})).await.expect(200);
    comment(ada, &update, json!({"body": "Good", "parent_id": question["id"], "mentions": [ben.id]})).await;
    told(server).await;
    is(&inbox(ben).await, &[("ask", 3)]);
    is(&inbox(cleo).await, &[("reply", 2)]);
    is(&inbox(ada).await, &[("comment", 4)]);

    // Updates: addressed to somebody, in reply to somebody.
    world.text(ada, world.open, json!({"audience": [ben.id]})).await;
    world.text(ben, world.open, json!({"reply_to_id": update["id"]})).await;
    told(server).await;
    is(&inbox(ben).await, &[("direct", 1), ("ask", 3)]);
    is(&inbox(ada).await, &[("reply", 1), ("comment", 4)]);
    is(&inbox(gil).await, &[]);
}

#[tokio::test]
async fn an_inbox_shows_only_what_one_sees_now() {
    let world = World::new().await;
    let World { server, ada, ben, gus, .. } = &world;
    let update = world.text(ada, world.open, json!({})).await;
    let gone = comment(ben, &update, json!({"body": "Look", "mentions": [gus.id]})).await;
    comment(ben, &update, json!({"body": "Here too", "mentions": [gus.id]})).await;
    let draft = world.text(ada, world.open, json!({"publish": "draft"})).await;
    comment(ada, &draft, json!({"body": "Note to self"})).await;
    told(server).await;
    is(&inbox(gus).await, &[("mention", 1), ("mention", 1)]);
    // A comment that is deleted, then a right that is lost.
    ben.delete(&format!("/api/v1/comments/{}", gone["id"].as_str().unwrap())).await.expect(204);
    is(&inbox(gus).await, &[("mention", 1)]);
    assert_eq!(inbox(ada).await["items"][0]["count"], 1);
    server.write(async |tx| teams::remove_member(tx, world.open, gus.id).await.unwrap()).await;
    let empty = inbox(gus).await;
    is(&empty, &[]);
    assert_eq!(empty["unread"], 0);
    // Whoever lost the right before it was told is not told at all.
    comment(ben, &update, json!({"body": "Bye"})).await;
    server.join(world.open, gus, TeamRole::Member).await;
    told(server).await;
    is(&inbox(gus).await, &[("mention", 1)]);
    let other = inbox(&world.sam).await;
    is(&other, &[]);
}

#[tokio::test]
async fn open_pages_hear_of_it_without_its_content() {
    let world = World::new().await;
    let World { server, ada, ben, .. } = &world;
    let update = world.text(ada, world.open, json!({})).await;
    let at = format!("/api/v1/events?workspace_id={}", world.workspace);
    let (mut of_ada, mut of_ben) = (ada.events(&at, None).await, ben.events(&at, None).await);
    comment(ben, &update, json!({"body": "A secret of the team"})).await;
    told(server).await;
    world.text(ada, world.open, json!({})).await;
    let mut seen = Vec::new();
    while let Some(event) = of_ada.next().await {
        if event.kind == "update.created" {
            break;
        }
        seen.push(event);
    }
    let kinds: Vec<&str> = seen.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["comment.created", "notification.created"]);
    assert_eq!(seen[1].data["kind"], "comment");
    assert!(!seen[1].data.to_string().contains("secret"));
    let id = &inbox(ada).await["items"][0]["id"];
    assert_eq!(&seen[1].data["id"], id);
    for expected in ["comment.created", "update.created"] {
        assert_eq!(of_ben.next().await.unwrap().kind, expected);
    }
}

#[tokio::test]
async fn entries_are_marked_as_read() {
    let world = World::new().await;
    let World { server, ada, ben, .. } = &world;
    let first = world.text(ada, world.open, json!({})).await;
    let second = world.text(ada, world.open, json!({})).await;
    comment(ben, &first, json!({"body": "One"})).await;
    comment(ben, &second, json!({"body": "Two"})).await;
    told(server).await;
    let all = inbox(ada).await;
    is(&all, &[("comment", 1), ("comment", 1)]);
    let at = "/api/v1/notifications/read";
    ada.post(at, json!({})).await.expect_problem(422, "invalid");
    // Somebody else's entry stays as it is.
    ben.post(at, json!({"ids": [all["items"][0]["id"]]})).await.expect(200);
    assert_eq!(inbox(ada).await["unread"], 2);
    assert_eq!(ada.post(at, json!({"update_id": second["id"]})).await.expect(200)["unread"], 1);
    let unread = ada.get("/api/v1/notifications?unread=true").await.expect(200);
    assert_eq!(unread["items"][0]["update"]["id"], first["id"]);
    // What comes after is an entry of its own.
    comment(ben, &second, json!({"body": "Three"})).await;
    told(server).await;
    is(&inbox(ada).await, &[("comment", 1), ("comment", 1), ("comment", 1)]);
    assert_eq!(
        ada.post(at, json!({"all": true, "workspace_id": world.workspace})).await.expect(200)["unread"],
        0
    );
    // By pages.
    let page = ada.get("/api/v1/notifications?limit=2").await.expect(200);
    let next = page["next_cursor"].as_str().unwrap();
    let rest = ada.get(&format!("/api/v1/notifications?limit=2&cursor={next}")).await.expect(200);
    assert_eq!((entries(&page).len(), entries(&rest).len()), (2, 1));
    ben.get(&format!("/api/v1/notifications?cursor={next}")).await.expect_problem(400, "bad_cursor");
}

#[tokio::test]
async fn people_say_what_they_want_to_be_told() {
    let world = World::new().await;
    let World { server, ada, ben, .. } = &world;
    let at = "/api/v1/me/notification-settings";
    let first = ada.get(at).await;
    let tag = first.etag();
    let shown = first.expect(200);
    assert_eq!(shown["kinds"]["comment"], json!({"inbox": true, "email": false}));
    assert_eq!(shown["quiet_hours"], json!({"start": "19:00", "end": "08:00"}));
    let wrong = json!({"quiet_hours": {"start": "19:00", "end": "8"}});
    ada.put(at, wrong).await.expect_problem(422, "invalid");
    ada.put(at, json!({"kinds": {"gossip": {"inbox": true, "email": true}}}))
        .await
        .expect_problem(422, "invalid");
    let wish = json!({"kinds": {"comment": {"inbox": false, "email": false}}, "quiet_hours": null});
    let kept = ada.put(at, wish.clone()).await.expect(200);
    assert_eq!((&kept["quiet_hours"], &kept["digest"]), (&Value::Null, &json!(true)));
    let late = ada.request(reqwest::Method::PUT, at).header("if-match", tag).json(&wish);
    crate::support::Answer::of(late).await.expect_problem(412, "edit_race");
    let update = world.text(ada, world.open, json!({})).await;
    comment(ben, &update, json!({"body": "Nice"})).await;
    comment(ben, &update, json!({"body": "Nice", "mentions": [ada.id]})).await;
    told(server).await;
    is(&inbox(ada).await, &[("mention", 1)]);
}

#[tokio::test]
async fn urgent_things_reach_the_team_but_not_without_end() {
    let world = World::new().await;
    let World { server, ada, ben, cleo, .. } = &world;
    for _ in 0..5 {
        world.text(ada, world.open, json!({"priority": "urgent"})).await;
    }
    // Five a day; the sixth is refused with the time to wait, and nothing of it stays.
    let body = json!({"kind": "text", "body": "Now!", "priority": "urgent"});
    let refused = ada.post(&format!("/api/v1/teams/{}/updates", world.open), body).await;
    assert!((86_000..=86_400).contains(&refused.headers["retry-after"].to_str().unwrap().parse().unwrap()));
    refused.expect_problem(429, "urgent_limit");
    let update = world.text(ada, world.open, json!({})).await;
    let ask = json!({"body": "Now?", "kind": "question", "assignee_id": ben.id, "priority": "urgent"});
    let comments = format!("{}/comments", path(&update));
    ada.post(&comments, ask).await.expect_problem(429, "urgent_limit");
    ada.patch(&path(&update), json!({"priority": "urgent"})).await.expect_problem(429, "urgent_limit");
    assert_eq!(ada.get(&comments).await.expect(200)["items"], json!([]));
    let all = ada.get(&format!("/api/v1/teams/{}/updates", world.open)).await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 6);
    // What is published later by the clock is not refused: it is told as usual.
    let later = json!({"priority": "urgent", "publish": "scheduled", "publish_at": "2026-11-02T09:30:00Z"});
    world.text(ada, world.open, later).await;
    server.set_clock("2026-11-02T09:30:00Z");
    meridian_store::repo::updates::publish_due(&server.state.store).await.unwrap();
    told(server).await;
    // Who has not joined is not told.
    let of_ben = inbox(&server.renewed(ben).await).await;
    is(&of_ben, &[("urgent", 1), ("urgent", 1), ("urgent", 1), ("urgent", 1), ("urgent", 1)]);
    is(&inbox(&server.renewed(cleo).await).await, &[]);
    server.set_clock("2026-11-03T10:00:00Z");
    let (ada, ben) = (server.renewed(ada).await, server.renewed(ben).await);
    world.text(&ada, world.open, json!({"priority": "urgent"})).await;
    told(server).await;
    assert_eq!(inbox(&ben).await["items"][0]["kind"], "urgent");
}
