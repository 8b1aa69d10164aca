//! Comments: threads, kinds, answers, rights; asks, decisions and answers across updates.

use serde_json::{Value, json};

use crate::support::{Answer, Client};
use crate::world::{World, ids, path};

async fn comment(who: &Client, update: &Value, body: Value) -> Answer {
    who.post(&format!("{}/comments", path(update)), body).await
}

fn at(comment: &Value) -> String {
    format!("/api/v1/comments/{}", comment["id"].as_str().unwrap())
}

/// A video whose visible part is 10 s to 60 s of its source.
async fn minute(world: &World) -> Value {
    let update = world.video(&world.ada, world.open, json!({})).await;
    let trim = json!({"trim": {"start_ms": 10_000, "end_ms": 60_000}});
    world.ada.patch(&path(&update), trim).await.expect(200)
}

#[tokio::test]
async fn a_comment_has_every_field() {
    let world = World::new().await;
    let update = minute(&world).await;
    let body = json!({"body": "Why *now*? <img src=x onerror=alert(1)>", "at_ms": 12_000, "end_ms": 15_000,
        "kind": "question", "assignee_id": world.ben.id, "due_on": "2026-11-05",
        "mentions": [world.cleo.id, world.cleo.id, world.ben.id], "priority": "urgent"});
    let made = comment(&world.cleo, &update, body).await;
    assert_eq!(made.etag(), "\"v1\"");
    let made = made.expect(201);
    assert_eq!(made["update_id"], update["id"]);
    assert_eq!(made["author"]["display_name"], "Cleo");
    assert_eq!(made["assignee"]["display_name"], "Ben");
    let html = made["body_html"].as_str().unwrap();
    assert!(html.contains("<em>now</em>") && !html.contains("<img"), "{html}");
    assert_eq!((&made["at_ms"], &made["end_ms"]), (&json!(12_000), &json!(15_000)));
    assert_eq!(
        (&made["kind"], &made["priority"], &made["due_on"]),
        (&json!("question"), &json!("urgent"), &json!("2026-11-05"))
    );
    let mut mentioned = [world.cleo.id, world.ben.id];
    mentioned.sort();
    assert_eq!(made["mentions"], json!(mentioned));
    for field in ["parent_id", "resolved_at", "answer_id", "edited_at", "acknowledged_at"] {
        assert_eq!(made[field], Value::Null, "{field}");
    }
    // It is 04:00 for Ben: eight working hours end at 17:00 in New York.
    let by = made["expected_by"].as_str().unwrap();
    assert_eq!(by, "2026-11-02T22:00:00Z");
    assert_eq!(
        world.ada.get(&path(&update)).await.expect(200)["counts"],
        json!({"comments": 1, "open_asks": 1, "viewers": 0})
    );
    let listed = world.gus.get(&format!("{}/comments", path(&update))).await.expect(200);
    assert_eq!(listed["items"], json!([made]));
}

#[tokio::test]
async fn the_team_says_how_long_an_answer_takes() {
    let world = World::new().await;
    let agreement = json!({"reply_within_working_hours": 2, "text": "", "pinned_update_ids": []});
    world.ada.put(&format!("/api/v1/teams/{}/agreement", world.open), agreement).await.expect(200);
    let update = world.text(&world.ada, world.open, json!({})).await;
    let ask = json!({"body": "Merge it", "kind": "action", "assignee_id": world.ben.id});
    let made = comment(&world.ada, &update, ask).await.expect(201);
    assert_eq!(made["expected_by"], "2026-11-02T16:00:00Z");
    let to_ada = world.ada.patch(&at(&made), json!({"assignee_id": world.ada.id})).await.expect(200);
    // 10:00 for Ada.
    assert!(to_ada["expected_by"].as_str().unwrap().starts_with("2026-11-02T11:00:0"), "{to_ada}");
    let remark = world.ada.patch(&at(&made), json!({"kind": "comment"})).await.expect(200);
    assert_eq!(remark["expected_by"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_field() {
    let world = World::new().await;
    let update = minute(&world).await;
    let other = world.text(&world.ada, world.open, json!({})).await;
    let elsewhere = comment(&world.ada, &other, json!({"body": "x"})).await.expect(201);
    let first = comment(&world.ada, &update, json!({"body": "first"})).await.expect(201);
    let reply =
        comment(&world.ben, &update, json!({"body": "reply", "parent_id": first["id"]})).await.expect(201);
    for (body, field) in [
        (json!({}), "body"),
        (json!({"body": "  "}), "body"),
        (json!({"body": "x".repeat(10_001)}), "body"),
        (json!({"body": "x", "kind": "joke"}), "kind"),
        (json!({"body": "x", "at_ms": -1}), "at_ms"),
        (json!({"body": "x", "at_ms": 9_999}), "at_ms"),
        (json!({"body": "x", "at_ms": 60_001}), "at_ms"),
        (json!({"body": "x", "end_ms": 20_000}), "end_ms"),
        (json!({"body": "x", "at_ms": 20_000, "end_ms": 20_000}), "end_ms"),
        (json!({"body": "x", "at_ms": 20_000, "end_ms": 60_001}), "end_ms"),
        (json!({"body": "x", "parent_id": reply["id"]}), "parent_id"),
        (json!({"body": "x", "parent_id": elsewhere["id"]}), "parent_id"),
        (json!({"body": "x", "parent_id": update["id"]}), "parent_id"),
        (json!({"body": "x", "assignee_id": world.sam.id}), "assignee_id"),
        (json!({"body": "x", "mentions": [world.gil.id]}), "mentions"),
        (json!({"body": "x", "due_on": "soon"}), "due_on"),
    ] {
        let problem = comment(&world.ada, &update, body.clone()).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{body}: {problem}");
    }
    let at_text = json!({"body": "x", "at_ms": 0});
    comment(&world.ada, &other, at_text).await.expect_problem(422, "invalid");
}

#[tokio::test]
async fn comments_are_for_those_who_see_the_update() {
    let world = World::new().await;
    let private = world.text(&world.ada, world.private, json!({})).await;
    let draft = world.text(&world.ada, world.open, json!({"publish": "draft"})).await;
    let direct = world.text(&world.ada, world.open, json!({"audience": [world.ben.id]})).await;
    for (update, insider) in [(&private, &world.ben), (&draft, &world.ada), (&direct, &world.ben)] {
        let made = comment(insider, update, json!({"body": "seen"})).await.expect(201);
        for outsider in [&world.cleo, &world.olga, &world.gus, &world.gil, &world.sam] {
            comment(outsider, update, json!({"body": "x"})).await.expect_problem(404, "not_found");
            outsider.get(&format!("{}/comments", path(update))).await.expect_problem(404, "not_found");
            outsider.patch(&at(&made), json!({"body": "x"})).await.expect_problem(404, "not_found");
            outsider.delete(&at(&made)).await.expect_problem(404, "not_found");
            outsider.get(&format!("{}/history", at(&made))).await.expect_problem(404, "not_found");
            for step in ["resolve", "reopen", "acknowledge"] {
                outsider
                    .post(&format!("{}/{step}", at(&made)), json!({}))
                    .await
                    .expect_problem(404, "not_found");
            }
        }
    }
    let made = comment(&world.ben, &private, json!({"body": "x"})).await.expect(201);
    world.ada.delete(&path(&private)).await.expect(204);
    world.ben.patch(&at(&made), json!({"body": "y"})).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn edits_keep_what_was_said_and_are_the_authors() {
    let world = World::new().await;
    let update = world.text(&world.ben, world.open, json!({})).await;
    let made = comment(&world.cleo, &update, json!({"body": "one"})).await.expect(201);
    world.ada.patch(&at(&made), json!({"body": "mine"})).await.expect_problem(403, "forbidden");
    world.server.set_clock("2026-11-02T09:05:00Z");
    let two = world.cleo.patch_if(&at(&made), "\"v1\"", json!({"body": "two", "kind": "decision"})).await;
    assert_eq!(two.etag(), "\"v2\"");
    let two = two.expect(200);
    assert!(two["edited_at"].as_str().unwrap().starts_with("2026-11-02T09:05:0"));
    world.cleo.patch_if(&at(&made), "\"v1\"", json!({"body": "late"})).await.expect_problem(412, "edit_race");
    world.cleo.patch(&at(&made), json!({"body": " "})).await.expect_problem(422, "invalid");
    world.cleo.patch(&at(&made), json!({"body": "three"})).await.expect(200);
    let history = world.ben.get(&format!("{}/history", at(&made))).await.expect(200);
    let said: Vec<_> =
        history["items"].as_array().unwrap().iter().map(|v| (&v["body"], &v["kind"])).collect();
    assert_eq!(said, [(&json!("two"), &json!("decision")), (&json!("one"), &json!("comment"))]);
    assert_eq!(history["items"][0]["editor"]["display_name"], "Cleo");
}

#[tokio::test]
async fn deleting_is_for_the_author_and_the_admins() {
    let world = World::new().await;
    let update = world.text(&world.ben, world.open, json!({})).await;
    for (who, status) in
        [(&world.gus, 403), (&world.ben, 403), (&world.cleo, 204), (&world.ada, 204), (&world.olga, 204)]
    {
        let made = comment(&world.cleo, &update, json!({"body": "x"})).await.expect(201);
        let reply =
            comment(&world.ben, &update, json!({"body": "y", "parent_id": made["id"]})).await.expect(201);
        assert_eq!(who.delete(&at(&made)).await.status, status);
        let left = world.ben.get(&format!("{}/comments?limit=100", path(&update))).await.expect(200);
        let of =
            |id: &Value| left["items"].as_array().unwrap().iter().find(|item| item["id"] == *id).cloned();
        let place = of(&made["id"]).unwrap();
        assert_eq!((place["deleted_at"].is_null(), place["body"] == "x"), (status == 403, status == 403));
        assert_eq!(of(&reply["id"]).unwrap()["body"], "y", "replies stay");
        if status == 204 {
            who.delete(&at(&made)).await.expect_problem(404, "not_found");
        }
    }
    let count = world.ben.get(&path(&update)).await.expect(200)["counts"]["comments"].clone();
    assert_eq!(count, 7);
}

#[tokio::test]
async fn a_question_gets_an_answer_and_is_closed_by_it() {
    let world = World::new().await;
    let update = world.text(&world.ben, world.open, json!({})).await;
    let ask = json!({"body": "When?", "kind": "question", "assignee_id": world.ben.id});
    let question = comment(&world.cleo, &update, ask).await.expect(201);
    let reply = json!({"body": "Tomorrow", "parent_id": question["id"]});
    let reply = comment(&world.ben, &update, reply).await.expect(201);
    let other = comment(&world.ben, &update, json!({"body": "no reply"})).await.expect(201);
    let answers = format!("/api/v1/teams/{}/answers", world.open);
    assert!(ids(&world.gus.get(&answers).await.expect(200)).is_empty());
    let accept = json!({"answer_id": reply["id"]});
    world.gus.patch(&at(&question), accept.clone()).await.expect_problem(403, "forbidden");
    world.cleo.patch(&at(&question), json!({"answer_id": other["id"]})).await.expect_problem(422, "invalid");
    world.cleo.patch(&at(&reply), accept.clone()).await.expect_problem(403, "forbidden");
    world.ben.patch(&at(&other), accept.clone()).await.expect_problem(422, "invalid");
    let answered = world.ben.patch(&at(&question), accept).await.expect(200);
    assert_eq!(answered["answer_id"], reply["id"]);
    assert!(answered["resolved_at"].is_string() && answered["edited_at"].is_null());
    let listed = world.gus.get(&answers).await.expect(200);
    assert_eq!(listed["items"][0]["id"], question["id"]);
    assert_eq!(listed["items"][0]["answer"]["body"], "Tomorrow");
    assert_eq!(listed["items"][0]["update"]["id"], update["id"]);
    world.cleo.patch(&at(&question), json!({"kind": "comment"})).await.expect_problem(422, "invalid");
    let open = world.cleo.patch(&at(&question), json!({"answer_id": null})).await.expect(200);
    assert_eq!((&open["answer_id"], &open["resolved_at"]), (&Value::Null, &Value::Null));
    world.cleo.patch(&at(&question), json!({"answer_id": reply["id"]})).await.expect(200);
    world.ben.delete(&at(&reply)).await.expect(204);
    assert!(ids(&world.gus.get(&answers).await.expect(200)).is_empty());
}

/// Whoever deletes the first comment of a thread deletes their own words, not the answers of others.
#[tokio::test]
async fn answers_outlast_the_comment_that_they_answer() {
    let world = World::new().await;
    let update = minute(&world).await;
    let list = format!("{}/comments", path(&update));
    let ask = json!({"body": "Zirconium?", "kind": "question", "at_ms": 12_000, "assignee_id": world.cleo.id,
        "mentions": [world.cleo.id], "due_on": "2026-11-05"});
    let first = comment(&world.ben, &update, ask).await.expect(201);
    let answer = json!({"body": "Tungsten", "parent_id": first["id"]});
    let answer = comment(&world.cleo, &update, answer).await.expect(201);
    world.ben.patch(&at(&first), json!({"answer_id": answer["id"]})).await.expect(200);
    world.ben.delete(&at(&first)).await.expect(204);
    let listed = world.gus.get(&list).await.expect(200);
    assert_eq!(ids(&listed), [first["id"].as_str().unwrap(), answer["id"].as_str().unwrap()]);
    let left = &listed["items"][0];
    for field in ["assignee", "due_on", "expected_by", "resolved_at", "resolved_by", "answer_id", "parent_id"]
    {
        assert_eq!(left[field], Value::Null, "{field}");
    }
    assert_eq!((&left["body"], &left["body_html"], &left["mentions"]), (&json!(""), &json!(""), &json!([])));
    assert_eq!((&left["kind"], &left["at_ms"]), (&json!("comment"), &json!(12_000)));
    assert!(left["deleted_at"].is_string() && listed["items"][1]["deleted_at"].is_null());
    let counts = world.ada.get(&path(&update)).await.expect(200)["counts"].clone();
    assert_eq!(counts, json!({"comments": 1, "open_asks": 0, "viewers": 0}));
    let found = async |word: &str| {
        let query = format!("/api/v1/search?workspace_id={}&q={word}", world.workspace);
        world.gus.get(&query).await.expect(200)["items"].as_array().unwrap().len()
    };
    assert_eq!((found("Tungsten").await, found("Zirconium").await), (1, 0));
    // What is deleted is not there for anything else.
    world.ben.patch(&at(&first), json!({"body": "again"})).await.expect_problem(404, "not_found");
    let late = json!({"body": "late", "parent_id": first["id"]});
    comment(&world.cleo, &update, late).await.expect_problem(422, "invalid");
    // With the last answer the thread is gone.
    world.cleo.delete(&at(&answer)).await.expect(204);
    assert!(ids(&world.gus.get(&list).await.expect(200)).is_empty());
    assert_eq!(found("Tungsten").await, 0);
}

#[tokio::test]
async fn asks_wait_until_they_are_resolved() {
    let world = World::new().await;
    let open = world.text(&world.ada, world.open, json!({})).await;
    let private = world.text(&world.ada, world.private, json!({})).await;
    let ask = |kind: &str| json!({"body": kind, "kind": kind, "assignee_id": world.ben.id});
    let action = comment(&world.ada, &open, ask("action")).await.expect(201);
    let blocker = comment(&world.ada, &private, ask("blocker")).await.expect(201);
    comment(&world.ada, &open, ask("comment")).await.expect(201);
    comment(&world.ada, &open, json!({"body": "to nobody", "kind": "question"})).await.expect(201);
    let decision =
        comment(&world.ada, &open, json!({"body": "We ship", "kind": "decision"})).await.expect(201);
    let mine = async |query: &str| {
        let mut found = ids(&world.ben.get(&format!("/api/v1/me/asks{query}")).await.expect(200));
        found.sort();
        found
    };
    let both = |list: &[&Value]| {
        let mut wanted: Vec<String> = list.iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect();
        wanted.sort();
        wanted
    };
    assert_eq!(mine("?state=open").await, both(&[&action, &blocker]));
    assert!(ids(&world.ada.get("/api/v1/me/asks").await.expect(200)).is_empty());
    let of_team = |team| format!("/api/v1/teams/{team}/asks");
    assert_eq!(ids(&world.cleo.get(&of_team(world.open)).await.expect(200)), both(&[&action]));
    world.cleo.get(&of_team(world.private)).await.expect_problem(404, "not_found");
    world.gil.get(&of_team(world.open)).await.expect_problem(404, "not_found");
    let decisions = format!("/api/v1/teams/{}/decisions", world.open);
    assert_eq!(ids(&world.cleo.get(&decisions).await.expect(200)), both(&[&decision]));
    world.sam.get(&decisions).await.expect_problem(404, "not_found");

    let step = |ask: &Value, step: &str| format!("{}/{step}", at(ask));
    world.ada.post(&step(&action, "acknowledge"), json!({})).await.expect_problem(403, "forbidden");
    world.ben.post(&step(&decision, "acknowledge"), json!({})).await.expect_problem(409, "conflict");
    let noted = world.ben.post(&step(&action, "acknowledge"), json!({})).await.expect(200);
    assert!(noted["acknowledged_at"].is_string() && noted["resolved_at"].is_null());
    let done = world.ben.post(&step(&action, "resolve"), json!({})).await.expect(200);
    assert_eq!(done["resolved_by"], json!(world.ben.id));
    let again = world.ada.post(&step(&action, "resolve"), json!({})).await.expect(200);
    assert_eq!(again, done, "the first to close it stays");
    assert_eq!(mine("").await, both(&[&blocker]));
    assert_eq!(mine("?state=resolved").await, both(&[&action]));
    assert_eq!(mine("?state=all").await, both(&[&action, &blocker]));
    assert_eq!(world.ben.get("/api/v1/me/asks?state=late").await.status, 400);
    let open_again = world.cleo.post(&step(&action, "reopen"), json!({})).await.expect(200);
    assert_eq!((&open_again["resolved_at"], &open_again["resolved_by"]), (&Value::Null, &Value::Null));
    world.ada.delete(&path(&private)).await.expect(204);
    assert_eq!(mine("").await, both(&[&action]));
}

#[tokio::test]
async fn pages_go_oldest_first() {
    let world = World::new().await;
    let update = world.text(&world.ada, world.open, json!({})).await;
    let mut made = Vec::new();
    for number in 0..5 {
        world.server.set_clock(&format!("2026-11-02T09:01:0{number}Z"));
        let body = json!({"body": number.to_string()});
        made.push(comment(&world.ada, &update, body).await.expect(201)["id"].as_str().unwrap().to_owned());
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.ben.get(&format!("{}/comments?limit=2{cursor}", path(&update))).await.expect(200);
        seen.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, made);
}
