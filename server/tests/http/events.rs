//! Event streams: what is told, to whom, from where on, and when they end.

use std::collections::HashSet;

use meridian_domain::enums::EventKind;
use meridian_server::endpoints::events::prune;
use meridian_store::repo::{sessions, teams, updates, visibility, workspaces};
use serde_json::json;

use crate::world::{World, path};

fn stream(world: &World) -> String {
    format!("/api/v1/events?workspace_id={}", world.workspace)
}

#[tokio::test]
async fn a_comment_reaches_another_at_once() {
    let world = World::new().await;
    let update = world.text(&world.ada, world.open, json!({})).await;
    let mut ben = world.ben.events(&stream(&world), None).await;
    let made =
        world.ada.post(&format!("{}/comments", path(&update)), json!({"body": "Look"})).await.expect(201);
    let event = ben.next().await.unwrap();
    assert_eq!(event.kind, "comment.created");
    let mut expected = made.clone();
    expected["type"] = json!("comment.created");
    expected["workspace_id"] = json!(world.workspace);
    expected["at"] = event.data["at"].clone();
    assert_eq!(event.data, expected);
    assert!(event.data["at"].as_str().unwrap().starts_with("2026-11-02T09:0"));
    let at = format!("/api/v1/comments/{}", made["id"].as_str().unwrap());
    world.ada.patch(&at, json!({"body": "Look here"})).await.expect(200);
    let changed = ben.next().await.unwrap();
    assert_eq!((changed.kind.as_str(), &changed.data["body"]), ("comment.updated", &json!("Look here")));
    assert!(changed.id > event.id);
    world.ada.delete(&at).await.expect(204);
    let gone = ben.next().await.unwrap();
    assert_eq!((gone.kind.as_str(), &gone.data["id"]), ("comment.deleted", &made["id"]));
    assert_eq!(gone.data.get("body"), None);
}

#[tokio::test]
async fn each_is_told_what_the_audience_says() {
    let world = World::new().await;
    let people = [&world.ada, &world.ben, &world.cleo, &world.olga, &world.gus, &world.gil];
    let mut streams = Vec::new();
    for who in people {
        streams.push(who.events(&stream(&world), None).await);
    }
    let draft = world.text(&world.ada, world.open, json!({"publish": "draft"})).await;
    let private = world.text(&world.ada, world.private, json!({})).await;
    let direct = world.text(&world.ada, world.open, json!({"audience": [world.ben.id]})).await;
    let open = world.text(&world.ada, world.open, json!({})).await;
    // Everybody's last event: a direct update for all of them would need a team; a message to each does it.
    world
        .server
        .write(async |tx| {
            for who in people {
                tx.event(meridian_store::NewEvent {
                    kind: EventKind::NotificationCreated,
                    workspace_id: world.workspace,
                    audience_id: None,
                    user_id: Some(who.id),
                    update_id: None,
                    data: json!({"for": who.id}),
                });
            }
        })
        .await;
    let expected = [
        vec![&draft, &private, &direct, &open],
        vec![&private, &direct, &open],
        vec![&open],
        vec![&open],
        vec![&open],
        vec![],
    ];
    for ((who, stream), expected) in people.iter().zip(&mut streams).zip(expected) {
        let mut told = HashSet::new();
        loop {
            let event = stream.next().await.unwrap();
            if event.kind == "notification.created" {
                assert_eq!(event.data["for"], json!(who.id));
                break;
            }
            told.insert(event.data["update_id"].as_str().unwrap().to_owned());
        }
        let expected: HashSet<_> = expected.iter().map(|u| u["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(told, expected);
    }
    world.sam.get(&stream(&world)).await.expect_problem(404, "not_found");
    world.server.anonymous().get(&stream(&world)).await.expect_problem(401, "unauthenticated");
    world.ada.get("/api/v1/events").await.expect_problem(400, "malformed");
    for update in [&draft, &private, &direct] {
        world.cleo.get(&format!("{}/events", path(update))).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn an_audience_and_its_people_are_the_same_from_both_sides() {
    let world = World::new().await;
    world.text(&world.ada, world.open, json!({"audience": [world.ben.id]})).await;
    let conn = world.server.state.store.reader();
    let everybody = [&world.ada, &world.ben, &world.cleo, &world.olga, &world.gus, &world.gil, &world.sam];
    let mut audiences = HashSet::new();
    for who in everybody {
        audiences.extend(visibility::audiences(conn, who.id, world.workspace).await.unwrap());
    }
    assert_eq!(audiences.len(), 3);
    for audience in audiences {
        let people: HashSet<_> = visibility::users_of(conn, audience).await.unwrap().into_iter().collect();
        for who in everybody {
            let is_in = visibility::is_in(conn, who.id, audience).await.unwrap();
            assert_eq!(people.contains(&who.id), is_in);
        }
    }
}

#[tokio::test]
async fn what_was_missed_is_told_and_what_was_deleted_is_not() {
    let world = World::new().await;
    let mut first = world.ben.events(&stream(&world), None).await;
    let update = world.text(&world.ada, world.open, json!({})).await;
    let created = first.next().await.unwrap();
    drop(first);
    let comments = format!("{}/comments", path(&update));
    let kept = world.ada.post(&comments, json!({"body": "kept"})).await.expect(201);
    let gone = world.ada.post(&comments, json!({"body": "a secret"})).await.expect(201);
    let deleted = world.text(&world.ada, world.open, json!({"body": "another secret"})).await;
    let gone_at = format!("/api/v1/comments/{}", gone["id"].as_str().unwrap());
    world.ada.delete(&gone_at).await.expect(204);
    world.ada.delete(&path(&deleted)).await.expect(204);
    let mut again = world.ben.events(&stream(&world), Some(created.id)).await;
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(again.next().await.unwrap());
    }
    let kinds: Vec<&str> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["update.published", "comment.created", "comment.deleted", "update.deleted"]);
    assert_eq!(told[1].data["id"], kept["id"]);
    assert!(!told.iter().any(|event| event.data.to_string().contains("secret")));
    let answer = world.ben.request(reqwest::Method::GET, &stream(&world)).header("last-event-id", "x");
    assert_eq!(answer.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn what_is_older_than_a_week_asks_for_a_reset() {
    let world = World::new().await;
    let mut stream_of_ben = world.ben.events(&stream(&world), None).await;
    world.text(&world.ada, world.open, json!({})).await;
    let first = stream_of_ben.next().await.unwrap();
    assert_eq!(prune::once(&world.server.state).await.unwrap(), 0);
    world.server.set_clock("2026-11-10T09:00:00Z");
    let ada = world.server.renewed(&world.ada).await;
    let ben = world.server.renewed(&world.ben).await;
    let update = world.text(&ada, world.open, json!({})).await;
    assert!(prune::once(&world.server.state).await.unwrap() >= 2);
    let mut again = ben.events(&stream(&world), Some(first.id - 1)).await;
    let reset = again.next().await.unwrap();
    assert_eq!((reset.kind.as_str(), reset.data["type"].as_str()), ("reset", Some("reset")));
    ada.post(&format!("{}/comments", path(&update)), json!({"body": "x"})).await.expect(201);
    let next = again.next().await.unwrap();
    assert_eq!(next.kind, "comment.created");
    assert!(next.id > reset.id);
    let mut future = ben.events(&stream(&world), Some(next.id + 1000)).await;
    assert_eq!(future.next().await.unwrap().kind, "reset");
}

#[tokio::test]
async fn an_updates_own_stream_tells_progress_and_ends_with_it() {
    let world = World::new().await;
    let update = world.video(&world.ada, world.open, json!({})).await;
    let other = world.video(&world.ada, world.open, json!({})).await;
    let id = update["id"].as_str().unwrap().parse().unwrap();
    let mut own = world.ben.events(&format!("{}/events", path(&update)), None).await;
    let mut all = world.ben.events(&stream(&world), None).await;
    world.ada.patch(&path(&other), json!({"title": "Other"})).await.expect(200);
    world.server.write(async |tx| updates::emit(tx, EventKind::UpdateProgress, id).await.unwrap()).await;
    // What a worker tells in part is completed.
    world
        .server
        .write(async |tx| {
            tx.event(meridian_store::NewEvent {
                kind: EventKind::UpdatePlayable,
                workspace_id: world.workspace,
                audience_id: Some(updates::find_any(tx, id).await.unwrap().unwrap().audience_id),
                user_id: None,
                update_id: Some(id),
                data: json!({"status": "playable"}),
            });
        })
        .await;
    let progress = own.next().await.unwrap();
    assert_eq!(
        (progress.kind.as_str(), &progress.data["progress"]["percent"]),
        ("update.progress", &json!(0))
    );
    let playable = own.next().await.unwrap();
    assert_eq!((playable.kind.as_str(), &playable.data["status"]), ("update.playable", &json!("playable")));
    assert_eq!((&playable.data["id"], &playable.data["title"]), (&update["id"], &json!("Demo")));
    world.ada.delete(&path(&update)).await.expect(204);
    assert_eq!(own.next().await.unwrap().kind, "update.deleted");
    assert_eq!(own.next().await, None);
    assert_eq!(all.next().await.unwrap().data["update_id"], other["id"]);
    assert_eq!(all.next().await.unwrap().kind, "update.playable");
    assert_eq!(all.next().await.unwrap().kind, "update.deleted");
}

#[tokio::test]
async fn who_is_put_out_is_told_nothing_more_and_the_stream_ends() {
    let world = World::new().await;
    let update = world.text(&world.ada, world.private, json!({})).await;
    let mut workspace = world.ben.events(&stream(&world), None).await;
    let mut own = world.ben.events(&format!("{}/events", path(&update)), None).await;
    world.server.write(async |tx| teams::remove_member(tx, world.private, world.ben.id).await.unwrap()).await;
    world.ada.patch(&path(&update), json!({"title": "Not for Ben"})).await.expect(200);
    assert_eq!(own.next().await, None);
    let open = world.text(&world.ada, world.open, json!({})).await;
    assert_eq!(workspace.next().await.unwrap().data["update_id"], open["id"]);
    world
        .server
        .write(async |tx| workspaces::remove_member(tx, world.workspace, world.ben.id).await.unwrap())
        .await;
    let last = workspace.next().await.unwrap();
    assert_eq!((last.kind.as_str(), &last.data["update_id"]), ("update.published", &open["id"]));
    assert_eq!(workspace.next().await, None);
}

#[tokio::test]
async fn a_stream_ends_with_its_credential() {
    let world = World::new().await;
    let mut ended_session = world.cleo.events(&stream(&world), None).await;
    let mut expired = world.ben.events(&stream(&world), None).await;
    world
        .server
        .write(async |tx| {
            for session in sessions::list(tx, world.cleo.id, 0).await.unwrap() {
                assert!(sessions::revoke(tx, world.cleo.id, session.id).await.unwrap());
            }
        })
        .await;
    assert_eq!(ended_session.next().await, None);
    world.server.set_clock("2026-11-02T09:16:00Z");
    let ada = world.server.renewed(&world.ada).await;
    world.text(&ada, world.open, json!({})).await;
    assert_eq!(expired.next().await, None);
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let world = World::new().await;
    let mut events = world.ben.events(&stream(&world), None).await;
    world.server.state.events.close();
    assert_eq!(events.next().await, None);
}
