//! Updates: making, listing, reading, changing, deleting, publishing; who sees which.

use meridian_domain::enums::TeamRole;
use meridian_store::repo::{teams, updates};
use serde_json::{Value, json};

use crate::support::Client;
use crate::world::{World, ids, path};

fn feed(team: impl std::fmt::Display) -> String {
    format!("/api/v1/teams/{team}/updates")
}

#[tokio::test]
async fn a_text_is_ready_at_once_and_has_every_field() {
    let world = World::new().await;
    let body = json!({"kind": "text", "body": "Ship the *release*\n\n<script>alert(1)</script>",
        "links": [{"url": "https://example.org/plan", "title": "Plan"}], "priority": "urgent",
        "chapters": [{"at_ms": 2000, "title": "b"}, {"at_ms": 0, "title": "a", "prompt_id": "p1"}]});
    let made = world.ada.post(&feed(world.open), body).await;
    assert_eq!(made.etag(), "\"v1\"");
    assert!(made.headers["location"].to_str().unwrap().starts_with("/api/v1/updates/"));
    let made = made.expect(201);
    assert_eq!(made["status"], "ready");
    assert_eq!(made["title"], "Ship the *release*");
    assert_eq!(made["publish"]["state"], "published");
    assert_eq!(made["audience"], json!({"kind": "team"}));
    assert_eq!(made["author"]["display_name"], "Ada");
    assert_eq!(made["author"]["time_zone"], "Europe/Berlin");
    assert_eq!(made["chapters"][0], json!({"at_ms": 0, "title": "a", "prompt_id": "p1"}));
    assert_eq!(made["transcript"], json!({"status": "unavailable", "language": null, "word_count": 0}));
    assert_eq!(made["counts"], json!({"comments": 0, "open_asks": 0, "viewers": 0}));
    assert_eq!(made["my_watch"], json!({"position_ms": 0, "seen_ratio": 0.0, "seen": false}));
    assert_eq!(made["media"]["hls_url"], Value::Null);
    assert_eq!(made["upload_url"], Value::Null);
    assert_eq!(made["share_url"], format!("http://127.0.0.1:8080/u/{}", made["id"].as_str().unwrap()));
    let html = made["body_html"].as_str().unwrap();
    assert!(html.contains("<em>release</em>") && !html.contains("<script"), "{html}");
    for field in ["recorded_at", "published_at", "created_at"] {
        assert!(made[field].as_str().unwrap().starts_with("2026-11-02T09:0"), "{field}: {}", made[field]);
    }
    let read = world.ben.get(&path(&made)).await;
    assert_eq!(read.etag(), "\"v1\"");
    let mut mine = made.clone();
    mine["can_edit"] = json!(false);
    assert_eq!(read.expect(200), mine);
}

#[tokio::test]
async fn a_recording_waits_for_its_upload() {
    let world = World::new().await;
    let made = world.video(&world.ben, world.open, json!({"publish": "draft", "language": "de"})).await;
    assert_eq!(
        (&made["status"], &made["publish"]),
        (&json!("awaiting_upload"), &json!({"state": "draft", "at": null}))
    );
    assert_eq!(made["upload_url"], format!("/api/v1/uploads?update_id={}", made["id"].as_str().unwrap()));
    assert_eq!((&made["language"], &made["duration_ms"]), (&json!("de"), &Value::Null));
    assert_eq!(made["transcript"]["status"], "pending");
    world.ben.post(&format!("{}/retry", path(&made)), json!({})).await.expect_problem(409, "conflict");
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_field() {
    let world = World::new().await;
    let parent = world.text(&world.ada, world.private, json!({})).await;
    for (body, field) in [
        (json!({"kind": "film"}), "kind"),
        (json!({}), "kind"),
        (json!({"kind": "text"}), "body"),
        (json!({"kind": "text", "body": " \n"}), "body"),
        (json!({"kind": "video", "title": "x".repeat(201)}), "title"),
        (json!({"kind": "video", "links": [{"url": "javascript:alert(1)"}]}), "links[0].url"),
        (json!({"kind": "video", "links": [{"url": "ftp://example.org"}]}), "links[0].url"),
        (json!({"kind": "video", "chapters": [{"at_ms": -1, "title": "x"}]}), "chapters[0].at_ms"),
        (json!({"kind": "video", "publish": "scheduled"}), "publish_at"),
        (
            json!({"kind": "video", "publish": "scheduled", "publish_at": "2020-01-01T00:00:00Z"}),
            "publish_at",
        ),
        (json!({"kind": "video", "publish_at": "2030-01-01T00:00:00Z"}), "publish_at"),
        (json!({"kind": "video", "audience": []}), "audience"),
        (json!({"kind": "video", "audience": [world.sam.id]}), "audience"),
        (json!({"kind": "video", "audience": [world.gil.id]}), "audience"),
        (json!({"kind": "video", "reply_to_id": parent["id"]}), "reply_to_id"),
        (json!({"kind": "video", "reply_to_id": world.ada.id}), "reply_to_id"),
        (json!({"kind": "video", "round_id": world.ada.id}), "round_id"),
        (json!({"kind": "video", "language": "x y"}), "language"),
    ] {
        let answer = world.ada.post(&feed(world.open), body.clone()).await;
        let problem = answer.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{body}: {problem}");
    }
    world.ada.post(&feed("no-id"), json!({"kind": "video"})).await.expect_problem(400, "malformed");
}

#[tokio::test]
async fn an_answer_has_the_audience_of_what_it_answers() {
    let world = World::new().await;
    let parent = world.text(&world.ada, world.open, json!({})).await;
    let reply = world.video(&world.ben, world.open, json!({"reply_to_id": parent["id"]})).await;
    assert_eq!(reply["reply_to_id"], parent["id"]);
    let direct = world.text(&world.ada, world.open, json!({"audience": [world.ben.id]})).await;
    let body = json!({"kind": "video", "reply_to_id": direct["id"]});
    world.ben.post(&feed(world.open), body).await.expect_problem(422, "invalid");
    let same = json!({"reply_to_id": direct["id"], "audience": [world.ada.id]});
    let same = world.video(&world.ben, world.open, same).await;
    assert_eq!(same["audience"]["user_ids"], direct["audience"]["user_ids"]);
    for (asked, answer) in [(&parent, &reply), (&direct, &same)] {
        let path = format!("{}?reply_to_id={}", feed(world.open), asked["id"].as_str().unwrap());
        let page = world.ada.get(&path).await.expect(200);
        assert_eq!((page["items"].as_array().unwrap().len(), &page["items"][0]["id"]), (1, &answer["id"]));
    }
    let hidden = format!("{}?reply_to_id={}", feed(world.open), direct["id"].as_str().unwrap());
    assert_eq!(world.cleo.get(&hidden).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn each_sees_what_the_audience_says() {
    let world = World::new().await;
    let open = world.text(&world.ada, world.open, json!({})).await;
    let private = world.text(&world.ada, world.private, json!({})).await;
    let draft = world.video(&world.ada, world.open, json!({"publish": "draft"})).await;
    let at = "2026-11-03T09:00:00Z";
    let scheduled =
        world.video(&world.ada, world.open, json!({"publish": "scheduled", "publish_at": at})).await;
    let direct = world.text(&world.ada, world.open, json!({"audience": [world.ben.id]})).await;
    let all = [&open, &private, &draft, &scheduled, &direct];
    let sees = [
        (&world.ada, [true, true, true, true, true]),
        (&world.ben, [true, true, false, false, true]),
        (&world.cleo, [true, false, false, false, false]),
        (&world.olga, [true, false, false, false, false]),
        (&world.gus, [true, false, false, false, false]),
        (&world.gil, [false; 5]),
        (&world.sam, [false; 5]),
    ];
    for (number, (who, expected)) in sees.into_iter().enumerate() {
        for (update, seen) in all.iter().zip(expected) {
            let context = format!("person {number}, {}", update["id"]);
            assert_eq!(who.get(&path(update)).await.status, if seen { 200 } else { 404 }, "{context}");
            if !seen {
                for (verb, sub) in [
                    ("PATCH", ""),
                    ("DELETE", ""),
                    ("POST", "/publish"),
                    ("POST", "/restore"),
                    ("POST", "/retry"),
                ] {
                    let request = who.request(verb.parse().unwrap(), &format!("{}{sub}", path(update)));
                    let answer = request.json(&json!({"title": "mine now"})).send().await.unwrap();
                    assert_eq!(answer.status().as_u16(), 404, "{verb} {sub}, {context}");
                }
            }
        }
        let in_workspace =
            who.get(&format!("/api/v1/workspaces/{}/updates?drafts=mine", world.workspace)).await;
        if number == 6 {
            in_workspace.expect_problem(404, "not_found");
            continue;
        }
        let listed = ids(&in_workspace.expect(200));
        for (update, seen) in all.iter().zip(expected) {
            assert_eq!(listed.contains(&update["id"].as_str().unwrap().to_owned()), seen, "list of {number}");
        }
    }
    world.server.anonymous().get(&path(&open)).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn teams_open_and_closed() {
    let world = World::new().await;
    let status = async |who: &Client, team| {
        let listed = who.get(&feed(team)).await.status;
        let made = who.post(&feed(team), json!({"kind": "video"})).await.status;
        (listed, made)
    };
    assert_eq!(status(&world.ben, world.open).await, (200, 201));
    assert_eq!(status(&world.cleo, world.open).await, (200, 403));
    assert_eq!(status(&world.olga, world.open).await, (200, 403));
    assert_eq!(status(&world.gus, world.open).await, (200, 201));
    assert_eq!(status(&world.gil, world.open).await, (404, 404));
    assert_eq!(status(&world.sam, world.open).await, (404, 404));
    assert_eq!(status(&world.ben, world.private).await, (200, 201));
    assert_eq!(status(&world.cleo, world.private).await, (404, 404));
    assert_eq!(status(&world.olga, world.private).await, (404, 404));
    assert_eq!(status(&world.gus, world.private).await, (404, 404));
}

#[tokio::test]
async fn leaving_a_private_team_ends_the_right_at_once() {
    let world = World::new().await;
    let update = world.text(&world.ada, world.private, json!({})).await;
    world.ben.get(&path(&update)).await.expect(200);
    world.server.write(async |tx| teams::remove_member(tx, world.private, world.ben.id).await.unwrap()).await;
    world.ben.get(&path(&update)).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn pages_go_newest_first_without_gap_or_double() {
    let world = World::new().await;
    let mut made = Vec::new();
    for number in 0..7 {
        world.server.set_clock(&format!("2026-11-02T09:01:0{number}Z"));
        let draft = number % 3 == 1;
        let publish = if draft { "draft" } else { "now" };
        let update = world.text(&world.ada, world.open, json!({"publish": publish})).await;
        made.push((update["id"].as_str().unwrap().to_owned(), draft));
    }
    made.reverse();
    let walk = async |who: &Client, query: &str| {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = who.get(&format!("{}?limit=2{query}{cursor}", feed(world.open))).await.expect(200);
            seen.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return seen,
            }
        }
    };
    let only = |keep: fn(bool) -> bool| -> Vec<String> {
        made.iter().filter(|(_, draft)| keep(*draft)).map(|(id, _)| id.clone()).collect()
    };
    assert_eq!(walk(&world.ben, "").await, only(|draft| !draft));
    assert_eq!(walk(&world.ada, "&drafts=mine").await, only(|_| true));
    assert_eq!(walk(&world.ada, "&drafts=only").await, only(|draft| draft));
    assert_eq!(walk(&world.ben, "&drafts=mine").await, only(|draft| !draft));
    assert_eq!(walk(&world.ben, &format!("&author_id={}", world.ben.id)).await, Vec::<String>::new());
    assert_eq!(walk(&world.ben, "&media_kind=video").await, Vec::<String>::new());
    assert_eq!(walk(&world.ben, "&media_kind=text&status=ready").await.len(), 5);
    for query in [
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=9223372036854775808",
        "limit=x",
        "cursor=%00",
        "cursor=abc",
        "author_id=me",
        "status=done",
        "drafts=yes",
    ] {
        let answer = world.ada.get(&format!("{}?{query}", feed(world.open))).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
    }
    let page = world.ada.get(&format!("{}?limit=1", feed(world.open))).await.expect(200);
    let foreign = format!("{}?cursor={}", feed(world.private), page["next_cursor"].as_str().unwrap());
    world.ada.get(&foreign).await.expect_problem(400, "bad_cursor");
}

#[tokio::test]
async fn edits_are_for_the_author_and_team_admins_and_lose_no_race() {
    let world = World::new().await;
    let update = world.text(&world.ben, world.open, json!({})).await;
    world.cleo.patch(&path(&update), json!({"title": "x"})).await.expect_problem(403, "forbidden");
    let edited =
        world.ada.patch_if(&path(&update), "\"v1\"", json!({"title": " New ", "priority": "urgent"})).await;
    assert_eq!(edited.etag(), "\"v2\"");
    let edited = edited.expect(200);
    assert_eq!((&edited["title"], &edited["priority"]), (&json!("New"), &json!("urgent")));
    assert_eq!(edited["body"], update["body"]);
    world
        .ben
        .patch_if(&path(&update), "\"v1\"", json!({"title": "late"}))
        .await
        .expect_problem(412, "edit_race");
    let last = world.ben.patch(&path(&update), json!({"title": "Last", "unknown": 1})).await.expect(200);
    assert_eq!(last["title"], "Last");
    world.ben.patch(&path(&update), json!({"body": ""})).await.expect_problem(422, "invalid");
    world
        .ben
        .patch(&path(&update), json!({"trim": {"start_ms": 0, "end_ms": 5}}))
        .await
        .expect_problem(422, "invalid");
}

#[tokio::test]
async fn a_trim_keeps_the_source_time_line() {
    let world = World::new().await;
    let update = world.video(&world.ben, world.open, json!({})).await;
    for bad in [
        json!({"start_ms": 5, "end_ms": 5}),
        json!({"start_ms": -1, "end_ms": 5}),
        json!({"start_ms": 1}),
        json!(3),
    ] {
        world.ben.patch(&path(&update), json!({"trim": bad})).await.expect_problem(422, "invalid");
    }
    let trim = json!({"start_ms": 1500, "end_ms": 9000});
    let trimmed = world.ben.patch(&path(&update), json!({"trim": trim})).await.expect(200);
    assert_eq!((&trimmed["trim"], &trimmed["duration_ms"]), (&trim, &json!(7500)));
    let kept = world.ben.patch(&path(&update), json!({"title": "t"})).await.expect(200);
    assert_eq!(kept["trim"], trim);
    let whole = world.ben.patch(&path(&update), json!({"trim": null})).await.expect(200);
    assert_eq!((&whole["trim"], &whole["duration_ms"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn deleted_is_gone_until_it_is_restored_in_time() {
    let world = World::new().await;
    let update = world.text(&world.ben, world.open, json!({})).await;
    let restore = format!("{}/restore", path(&update));
    world.ben.post(&restore, json!({})).await.expect_problem(409, "conflict");
    world.cleo.post(&restore, json!({})).await.expect_problem(403, "forbidden");
    world.cleo.delete(&path(&update)).await.expect_problem(403, "forbidden");
    world.ada.delete(&path(&update)).await.expect(204);
    world.ada.delete(&path(&update)).await.expect_problem(404, "not_found");
    world.ben.get(&path(&update)).await.expect_problem(404, "not_found");
    assert!(ids(&world.ben.get(&feed(world.open)).await.expect(200)).is_empty());
    world.cleo.post(&restore, json!({})).await.expect_problem(404, "not_found");
    world.ben.post(&restore, json!({})).await.expect(200);
    world.cleo.get(&path(&update)).await.expect(200);
    world.ben.delete(&path(&update)).await.expect(204);
    world.server.set_clock("2026-11-09T10:00:00Z");
    let ben = world.server.renewed(&world.ben).await;
    ben.post(&restore, json!({})).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_draft_is_published_once_by_its_author() {
    let world = World::new().await;
    let draft = world.text(&world.ben, world.open, json!({"publish": "draft"})).await;
    assert_eq!(draft["published_at"], Value::Null);
    let publish = format!("{}/publish", path(&draft));
    world.ada.post(&publish, json!({})).await.expect_problem(404, "not_found");
    world.server.set_clock("2026-11-02T09:05:00Z");
    let past = json!({"publish_at": "2026-11-02T09:04:00Z"});
    world.ben.post(&publish, past).await.expect_problem(422, "invalid");
    let published = world.ben.post(&publish, json!({})).await.expect(200);
    assert_eq!(published["publish"]["state"], "published");
    assert!(published["published_at"].as_str().unwrap().starts_with("2026-11-02T09:05:0"));
    world.ben.post(&publish, json!({})).await.expect_problem(409, "conflict");
    world.ada.post(&publish, json!({})).await.expect_problem(403, "forbidden");
    world.cleo.get(&path(&draft)).await.expect(200);
}

#[tokio::test]
async fn a_scheduled_update_becomes_a_draft_again() {
    let world = World::new().await;
    let at = "2026-11-02T09:05:00Z";
    let made = world.text(&world.ben, world.open, json!({"publish": "scheduled", "publish_at": at})).await;
    let unschedule = format!("{}/unschedule", path(&made));
    world.ada.post(&unschedule, json!({})).await.expect_problem(404, "not_found");
    let draft = world.ben.post(&unschedule, json!({})).await.expect(200);
    assert_eq!(draft["publish"], json!({"state": "draft", "at": null}));
    world.ben.post(&unschedule, json!({})).await.expect_problem(409, "conflict");
    world.server.set_clock("2026-11-02T09:10:00Z");
    assert_eq!(updates::publish_due(&world.server.state.store).await.unwrap(), 0);
    world.cleo.get(&path(&made)).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn who_left_the_team_publishes_nothing_there() {
    let world = World::new().await;
    world.server.join(world.open, &world.cleo, TeamRole::Member).await;
    let draft = world.text(&world.cleo, world.open, json!({"publish": "draft"})).await;
    world.server.write(async |tx| teams::remove_member(tx, world.open, world.cleo.id).await.unwrap()).await;
    world.cleo.post(&format!("{}/publish", path(&draft)), json!({})).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn what_is_due_is_published_exactly_once() {
    let world = World::new().await;
    let at = "2026-11-02T09:30:00Z";
    let update = world.text(&world.ben, world.open, json!({"publish": "scheduled", "publish_at": at})).await;
    assert_eq!(update["publish"], json!({"state": "scheduled", "at": at}));
    let store = &world.server.state.store;
    assert_eq!(updates::publish_due(store).await.unwrap(), 0);
    world.server.set_clock("2026-11-02T09:30:01Z");
    let (one, other) = tokio::join!(updates::publish_due(store), updates::publish_due(store));
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    let seen = world.cleo.get(&path(&update)).await;
    assert_eq!(seen.status, 401, "the token is older than 15 minutes");
    let cleo = world.server.renewed(&world.cleo).await;
    assert_eq!(cleo.get(&path(&update)).await.expect(200)["publish"]["state"], "published");
}
