//! Search over HTTP: who finds what, what a hit looks like, pages, and queries of every kind.

use meridian_domain::enums::TeamRole;
use meridian_domain::ids::UpdateId;
use meridian_domain::transcript::{Span, spread};
use meridian_store::repo::{teams, transcripts};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Answer, Client};
use crate::world::{World, path};

async fn ask(world: &World, who: &Client, query: &[(&str, &str)]) -> Answer {
    let workspace = world.workspace.to_string();
    let request =
        who.request(reqwest::Method::GET, "/api/v1/search").query(&[("workspace_id", workspace.as_str())]);
    Answer::of(request.query(query)).await
}

async fn found(world: &World, who: &Client, q: &str) -> Vec<String> {
    let answer = ask(world, who, &[("q", q)]).await.expect(200);
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| item["update"]["id"].as_str().unwrap().to_owned()).collect()
}

fn id(update: &Value) -> String {
    update["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_spoken_word_is_found_at_its_time_with_its_place_marked() {
    let world = World::new().await;
    let update = world.video(&world.ada, world.open, json!({"title": "Weekly"})).await;
    let update_id: UpdateId = id(&update).parse().unwrap();
    let text = "Café: the deployment went well";
    let span =
        Span { start_ms: 5_000, end_ms: 10_000, text: text.to_owned(), words: spread(text, 5_000, 10_000) };
    world
        .server
        .write(async |tx| {
            let transcript = transcripts::begin_recognised(tx, update_id, None, "en", "base").await.unwrap();
            transcripts::append_recognised(tx, transcript, &[span]).await.unwrap();
            transcripts::finish_recognised(tx, transcript, None).await.unwrap();
        })
        .await;
    let answer = ask(&world, &world.ben, &[("q", "deployments")]).await.expect(200);
    let item = &answer["items"][0];
    assert_eq!(item["update"]["id"], update["id"]);
    assert_eq!(item["update"]["author"]["display_name"], "Ada");
    let hit = &item["hits"][0];
    assert_eq!(
        (&hit["source"], &hit["text"], &hit["highlights"]),
        (&json!("transcript"), &json!(text), &json!([[10, 20]]))
    );
    let spoken = world.ben.get(&format!("{}/transcript", path(&update))).await.expect(200);
    assert_eq!(hit["start_ms"], spoken["segments"][0]["words"][2]["start_ms"]);
    assert_eq!(hit["segment_id"], spoken["segments"][0]["id"]);
    assert!(answer["took_ms"].as_f64().unwrap() >= 0.0 && item["score"].as_f64().unwrap() > 0.0);
    assert_eq!((&answer["corrected"], &answer["next_cursor"]), (&json!([]), &Value::Null));
    let near = ask(&world, &world.ben, &[("q", "deploymnet")]).await.expect(200);
    assert_eq!(near["corrected"], json!([{"word": "deploymnet", "instead": ["deployment"]}]));
}

#[tokio::test]
async fn each_finds_what_each_may_see() {
    let world = World::new().await;
    let open = world.text(&world.ada, world.open, json!({"body": "kumquat open"})).await;
    let private = world.text(&world.ada, world.private, json!({"body": "kumquat private"})).await;
    let draft =
        world.text(&world.ada, world.open, json!({"body": "kumquat draft", "publish": "draft"})).await;
    for (who, expected) in [
        (&world.ada, vec![&private, &open]),
        (&world.ben, vec![&private, &open]),
        (&world.cleo, vec![&open]),
        (&world.olga, vec![&open]),
        (&world.gus, vec![&open]),
        (&world.gil, vec![]),
    ] {
        let mut ids = found(&world, who, "kumquat").await;
        let mut expected: Vec<String> = expected.into_iter().map(id).collect();
        ids.sort();
        expected.sort();
        assert_eq!(ids, expected);
    }
    ask(&world, &world.sam, &[("q", "kumquat")]).await.expect_problem(404, "not_found");
    ask(&world, &world.server.anonymous(), &[("q", "kumquat")]).await.expect_problem(401, "unauthenticated");
    // Published, commented, removed from the team, deleted: each shows at the next request.
    world.ada.post(&format!("{}/publish", path(&draft)), json!({})).await.expect(200);
    assert_eq!(found(&world, &world.cleo, "kumquat draft").await, [id(&draft)]);
    let comment = json!({"body": "marzipan?", "kind": "question"});
    world.cleo.post(&format!("{}/comments", path(&open)), comment).await.expect(201);
    assert_eq!(found(&world, &world.ben, "marzipan kind:question").await, [id(&open)]);
    world.server.write(async |tx| teams::remove_member(tx, world.private, world.ben.id).await.unwrap()).await;
    assert_eq!(found(&world, &world.ben, "kumquat private").await, Vec::<String>::new());
    world.server.join(world.private, &world.cleo, TeamRole::Member).await;
    assert_eq!(found(&world, &world.cleo, "kumquat private").await, [id(&private)]);
    assert_eq!(world.ada.delete(&path(&open)).await.status, 204);
    assert_eq!(found(&world, &world.ada, "marzipan").await, Vec::<String>::new());
}

#[tokio::test]
async fn filters_narrow_and_pages_join() {
    let world = World::new().await;
    for i in 0..7 {
        world
            .text(
                if i % 2 == 0 { &world.ada } else { &world.ben },
                world.open,
                json!({"title": format!("Note {i}"), "body": "common text"}),
            )
            .await;
    }
    let ada = world.ada.id.to_string();
    let team = world.open.to_string();
    let other = world.private.to_string();
    for (filter, count) in [
        (("author_id", ada.as_str()), 4),
        (("team_id", team.as_str()), 7),
        (("team_id", other.as_str()), 0),
        (("media_kind", "text"), 7),
        (("media_kind", "video"), 0),
        (("comment_kind", "question"), 0),
        (("in", "body,comment"), 7),
        (("in", "title"), 0),
        (("after", "2026-11-02"), 7),
        (("before", "2026-11-02"), 0),
        (("before", "2026-11-03T00:00:00Z"), 7),
    ] {
        let answer = ask(&world, &world.ben, &[("q", "common"), filter]).await.expect(200);
        assert_eq!(answer["items"].as_array().unwrap().len(), count, "{filter:?}");
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let mut query = vec![("q", "common"), ("limit", "3")];
        if !cursor.is_empty() {
            query.push(("cursor", &cursor));
        }
        let answer = ask(&world, &world.ben, &query).await.expect(200);
        seen.extend(answer["items"].as_array().unwrap().iter().map(|item| id(&item["update"])));
        match answer["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
    let first = ask(&world, &world.ben, &[("q", "common"), ("limit", "3")]).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    ask(&world, &world.ben, &[("q", "text"), ("cursor", cursor)]).await.expect_problem(400, "bad_cursor");
    ask(&world, &world.ada, &[("q", "common"), ("cursor", cursor)]).await.expect_problem(400, "bad_cursor");
}

#[tokio::test]
async fn every_input_is_answered_or_refused() {
    let world = World::new().await;
    world.text(&world.ada, world.open, json!({})).await;
    for (query, code) in [
        (("limit", "0"), "malformed"),
        (("limit", "-1"), "malformed"),
        (("limit", "9223372036854775808"), "malformed"),
        (("limit", "101"), "malformed"),
        (("cursor", "broken"), "bad_cursor"),
        (("team_id", "x"), "malformed"),
        (("media_kind", "film"), "malformed"),
        (("in", "titles"), "bad_query"),
        (("after", "yesterday"), "bad_query"),
    ] {
        ask(&world, &world.ada, &[("q", "plan"), query]).await.expect_problem(400, code);
    }
    for q in ["kind:film", "before:soon", "-from:me"] {
        ask(&world, &world.ada, &[("q", q)]).await.expect_problem(400, "bad_query");
    }
    let long = "a b ".repeat(15_000);
    let zero = "plan\0".repeat(3);
    for q in [
        "",
        "\"",
        "\\",
        "'",
        "*",
        "-",
        "plan\"",
        "{body}:x",
        "NEAR(a b)",
        "a AND b OR NOT c",
        "\u{202e}",
        "😀",
        &zero,
        &long,
    ] {
        let status = ask(&world, &world.ada, &[("q", q)]).await.status;
        assert!(status == 200 || status == 400, "{status}: {:?}", q.chars().take(20).collect::<String>());
    }
    let raw = format!("/api/v1/search?workspace_id={}&q=%ff%00%fe+%22", world.workspace);
    assert_eq!(world.ada.get(&raw).await.status, 200);
    let status = status_of_long_query(&world, 100_000).await;
    assert!(status.starts_with("HTTP/1.1 4"), "{status}");
    assert_eq!(world.ada.get("/api/v1/search?q=plan").await.status, 400);
    assert_eq!(ask(&world, &world.ada, &[]).await.expect(200)["items"], json!([]));
}

/// The status line of a query that is longer than the client library sends.
async fn status_of_long_query(world: &World, length: usize) -> String {
    let address = world.ada.base.trim_start_matches("http://").to_owned();
    let (token, workspace, q) = (&world.ada.token, world.workspace, "a".repeat(length));
    let head = format!(
        "GET /api/v1/search?workspace_id={workspace}&q={q} HTTP/1.1\r\nhost: {address}\r\n\
         authorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    );
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

/// What a hit shows is what a reader sees, without Markdown's marks.
#[tokio::test]
async fn hits_in_texts_show_words_instead_of_marks() {
    let world = World::new().await;
    let body = "## Plan\n\nShip the **release** [notes](https://example.org/n) today";
    let update = world.text(&world.ada, world.open, json!({"body": body})).await;
    world
        .ben
        .post(&format!("{}/comments", path(&update)), json!({"body": "_Fine_ `release`"}))
        .await
        .expect(201);
    let answer = ask(&world, &world.ben, &[("q", "release")]).await.expect(200);
    let hits = answer["items"][0]["hits"].as_array().unwrap();
    let of = |source: &str| hits.iter().find(|hit| hit["source"] == source).unwrap().clone();
    assert_eq!(of("body")["text"], "Plan\nShip the release notes today");
    assert_eq!(of("body")["highlights"], json!([[14, 21]]));
    assert_eq!(of("comment")["text"], "Fine release");
}

/// Whoever has left is still found as the author.
#[tokio::test]
async fn people_who_left_are_found_by_name() {
    let world = World::new().await;
    let update = world.text(&world.ben, world.open, json!({"title": "Handover"})).await;
    let gone = format!("/api/v1/workspaces/{}/members/{}", world.workspace, world.ben.id);
    world.olga.delete(&gone).await.expect(204);
    assert_eq!(found(&world, &world.ada, "from:ben handover").await, [id(&update)]);
    assert_eq!(found(&world, &world.ada, "from:gil handover").await, [""; 0]);
}
