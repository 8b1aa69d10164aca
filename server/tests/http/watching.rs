//! Reactions, and how much of an update was taken in.

use meridian_domain::enums::WorkspaceRole;
use serde_json::{Value, json};

use crate::support::Client;
use crate::world::{World, path};

const THUMB: &str = "%F0%9F%91%8D";
const HEART: &str = "%E2%9D%A4%EF%B8%8F";

/// A video whose visible part is 10 s to 60 s of its source.
async fn minute(world: &World) -> Value {
    let update = world.video(&world.ada, world.open, json!({})).await;
    let trim = json!({"trim": {"start_ms": 10_000, "end_ms": 60_000}});
    world.ada.patch(&path(&update), trim).await.expect(200)
}

#[tokio::test]
async fn reactions_are_counted_each_person_once() {
    let world = World::new().await;
    let update = minute(&world).await;
    let at = |emoji: &str, query: &str| format!("{}/reactions/{emoji}{query}", path(&update));
    let stream = format!("/api/v1/events?workspace_id={}", world.workspace);
    let mut events = world.gus.events(&stream, None).await;
    world.ben.put(&at(THUMB, ""), json!({})).await.expect(200);
    world.ben.put(&at(THUMB, ""), json!({})).await.expect(200);
    world.cleo.put(&at(THUMB, "?at_ms=12000"), json!({})).await.expect(200);
    let list = world.cleo.put(&at(THUMB, ""), json!({})).await.expect(200);
    let expected = json!([
        {"emoji": "👍", "at_ms": null, "count": 2, "mine": true},
        {"emoji": "👍", "at_ms": 12_000, "count": 1, "mine": true}]);
    assert_eq!(list["items"], expected);
    let seen = world.gus.get(&format!("{}/reactions", path(&update))).await.expect(200);
    assert_eq!(seen["items"][0], json!({"emoji": "👍", "at_ms": null, "count": 2, "mine": false}));
    let mut told = Vec::new();
    for _ in 0..3 {
        let event = events.next().await.unwrap();
        assert_eq!((event.kind.as_str(), &event.data["emoji"]), ("reaction.changed", &json!("👍")));
        assert_eq!(event.data.get("mine"), None);
        told.push((event.data["at_ms"].clone(), event.data["count"].clone()));
    }
    assert_eq!(told, [(Value::Null, json!(1)), (json!(12_000), json!(1)), (Value::Null, json!(2))]);
    world.ben.delete(&at(HEART, "")).await.expect_problem(404, "not_found");
    world.ben.delete(&at(THUMB, "?at_ms=12000")).await.expect_problem(404, "not_found");
    world.ben.delete(&at(THUMB, "")).await.expect(204);
    assert_eq!(events.next().await.unwrap().data["count"], 1);
    for bad in ["x", "%3Cscript%3E", "%20"] {
        world.ben.put(&at(bad, ""), json!({})).await.expect_problem(422, "invalid");
    }
    world.ben.put(&at(THUMB, "?at_ms=9999"), json!({})).await.expect_problem(422, "invalid");
    world.ben.put(&at(THUMB, "?at_ms=x"), json!({})).await.expect_problem(400, "malformed");
    for outsider in [&world.gil, &world.sam] {
        outsider.put(&at(THUMB, ""), json!({})).await.expect_problem(404, "not_found");
        outsider.delete(&at(THUMB, "")).await.expect_problem(404, "not_found");
        outsider.get(&format!("{}/reactions", path(&update))).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn ranges_are_united_until_it_is_seen() {
    let world = World::new().await;
    let update = minute(&world).await;
    let watch = format!("{}/watch", path(&update));
    let tell = async |ranges: Value, position: i64| {
        let body = json!({"position_ms": position, "seen_ranges": ranges, "by": "watching"});
        world.ben.put(&watch, body).await.expect(200)
    };
    let first = tell(json!([[30_000, 40_000], [10_000, 20_000]]), 40_000).await;
    assert_eq!(first, json!({"position_ms": 40_000, "seen_ratio": 0.4, "seen": false}));
    // What lies outside of what is shown does not count, nor does what was seen before.
    let second = tell(json!([[0, 20_000], [15_000, 30_000], [59_000, 90_000]]), 0).await;
    assert_eq!((&second["position_ms"], &second["seen"]), (&json!(10_000), &json!(false)));
    assert!((second["seen_ratio"].as_f64().unwrap() - 0.62).abs() < 1e-9, "{second}");
    let third = tell(json!([[40_000, 54_000]]), 54_000).await;
    assert_eq!(third["seen"], true);
    assert_eq!(world.ben.get(&path(&update)).await.expect(200)["my_watch"], third);
    assert_eq!(world.cleo.get(&path(&update)).await.expect(200)["my_watch"]["seen"], false);
    assert_eq!(world.ada.get(&path(&update)).await.expect(200)["counts"]["viewers"], 1);
    for bad in [
        json!({"seen_ranges": []}),
        json!({"by": "smelling"}),
        json!({"by": "watching", "position_ms": -1}),
        json!({"by": "watching", "seen_ranges": [[5, 4]]}),
        json!({"by": "watching", "seen_ranges": [[-5, 4]]}),
        json!({"by": "watching", "seen_ranges": [[5]]}),
        json!({"by": "watching", "seen_ranges": vec![[0, 1]; 1001]}),
        json!({"by": "watching", "played_ranges": [[5, 4]]}),
        json!({"by": "watching", "played_ranges": vec![[0, 1]; 201]}),
    ] {
        world.ben.put(&watch, bad).await.expect_problem(422, "invalid");
    }
    for outsider in [&world.gil, &world.sam] {
        outsider.put(&watch, json!({"by": "watching"})).await.expect_problem(404, "not_found");
        outsider.get(&format!("{}/viewers", path(&update))).await.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn reading_counts_and_the_author_sees_who() {
    let world = World::new().await;
    let update = world.text(&world.ada, world.open, json!({})).await;
    let watch = format!("{}/watch", path(&update));
    world.ada.put(&watch, json!({"by": "reading"})).await.expect(200);
    world.cleo.put(&watch, json!({"by": "watching"})).await.expect(200);
    let read = world.ben.put(&watch, json!({"by": "reading"})).await.expect(200);
    assert_eq!(read, json!({"position_ms": 0, "seen_ratio": 1.0, "seen": true}));
    let viewers = format!("{}/viewers", path(&update));
    assert_eq!(
        world.ben.get(&viewers).await.expect(200),
        json!({"next_cursor": null, "counts": {"viewers": 2, "seen": 1}})
    );
    let names = world.ada.get(&viewers).await.expect(200);
    assert_eq!((&names["counts"], &names["next_cursor"]), (&json!({"viewers": 2, "seen": 1}), &Value::Null));
    let mut shown: Vec<_> = names["items"].as_array().unwrap().iter().collect();
    shown.sort_by_key(|item| item["user"]["display_name"].as_str().unwrap());
    assert_eq!(shown.len(), 2);
    assert_eq!(
        (&shown[0]["user"]["display_name"], &shown[0]["seen"], &shown[0]["by"]),
        (&json!("Ben"), &json!(true), &json!("reading"))
    );
    assert!(shown[0]["last_at"].as_str().unwrap().starts_with("2026-11-02T09:0"));
    assert_eq!((&shown[1]["user"]["display_name"], &shown[1]["seen"]), (&json!("Cleo"), &json!(false)));
    let page = world.ada.get(&format!("{viewers}?limit=1")).await.expect(200);
    let next = format!("{viewers}?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = world.ada.get(&next).await.expect(200);
    assert_ne!(page["items"][0]["user"]["id"], rest["items"][0]["user"]["id"]);
    assert_eq!(rest["next_cursor"], Value::Null);
}

#[tokio::test]
async fn five_viewers_make_a_graph_and_four_none() {
    let world = World::new().await;
    let update = minute(&world).await;
    let graph = format!("{}/engagement", path(&update));
    let watch = async |who: &Client, ranges: Value| {
        let body = json!({"seen_ranges": ranges, "by": "watching"});
        who.put(&format!("{}/watch", path(&update)), body).await.expect(200);
    };
    // The author does not count, nor who has the page open and plays nothing.
    watch(&world.ada, json!([[10_000, 60_000]])).await;
    let fifth = world.server.user("Fay").await;
    world.server.add_member(world.workspace, &fifth, WorkspaceRole::Member).await;
    watch(&fifth, json!([])).await;
    for who in [&world.ben, &world.cleo, &world.olga] {
        watch(who, json!([[10_000, 60_000]])).await;
    }
    watch(&world.gus, json!([[0, 35_000]])).await;
    // Ben plays it twice: once within one visit, then some of it on another day. What he is said to have seen, over and
    // over, is not played again.
    let play = async |ranges: Value| {
        let body = json!({"played_ranges": ranges, "by": "watching"});
        world.ben.put(&format!("{}/watch", path(&update)), body).await.expect(200);
    };
    play(json!([[0, 30_000], [25_000, 40_000]])).await;
    play(json!([[50_000, 70_000]])).await;
    play(json!([[50_000, 55_000]])).await;
    watch(&world.ben, json!([[10_000, 60_000]])).await;
    let none = json!({"points": null, "replayed": null, "least_viewers": 5});
    assert_eq!(world.ada.get(&graph).await.expect(200), none);
    watch(&fifth, json!([[0, 35_000]])).await;
    let made = world.ada.get(&graph).await.expect(200);
    let list = |of: &str| -> Vec<f64> {
        made[of].as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect()
    };
    let (points, replayed) = (list("points"), list("replayed"));
    assert_eq!((points.len(), replayed.len()), (100, 100));
    // Half way two of five left.
    let is = |part: &[f64], value: f64| part.iter().all(|one| (one - value).abs() < 1e-9);
    assert!(is(&points[..50], 1.0) && is(&points[50..], 0.6), "{points:?}");
    // One of five, from 25 s to 30 s and from 50 s to 55 s.
    let again = [(0..30, 0.0), (30..40, 0.2), (40..80, 0.0), (80..90, 0.2), (90..100, 0.0)];
    for (part, value) in again {
        assert!(is(&replayed[part], value), "{replayed:?}");
    }
    // Everybody who sees the update sees its graph, without names; who does not, does not.
    assert_eq!(world.gus.get(&graph).await.expect(200), made);
    world.gil.get(&graph).await.expect_problem(404, "not_found");
    // Admins may turn it off.
    let at = format!("/api/v1/workspaces/{}", world.workspace);
    world.olga.patch(&at, json!({"insights": false})).await.expect(200);
    assert_eq!(world.ada.get(&graph).await.expect(200), none);
}
