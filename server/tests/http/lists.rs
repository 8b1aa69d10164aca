//! Lists that the store reads whole.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn lists_that_are_short_by_nature_come_in_pages_too() {
    let world = World::new().await;
    let (workspace, team) = (world.workspace, world.open);
    let made = world.video(&world.ada, team, json!({})).await;
    let update = made["id"].as_str().unwrap();
    let lists = [
        "/api/v1/workspaces".to_owned(),
        format!("/api/v1/workspaces/{workspace}/teams"),
        format!("/api/v1/workspaces/{workspace}/invites"),
        format!("/api/v1/workspaces/{workspace}/webhooks"),
        format!("/api/v1/teams/{team}/members"),
        format!("/api/v1/teams/{team}/check-ins"),
        format!("/api/v1/updates/{update}/share-links"),
        "/api/v1/me/sessions".to_owned(),
        "/api/v1/me/api-tokens".to_owned(),
        "/api/v1/me/feeds".to_owned(),
    ];
    for list in &lists {
        let managed = list.ends_with("/invites") || list.ends_with("/webhooks");
        let who = if managed { &world.olga } else { &world.ada };
        for (query, code) in
            [("limit=0", "malformed"), ("limit=101", "malformed"), ("cursor=x", "bad_cursor")]
        {
            who.get(&format!("{list}?{query}")).await.expect_problem(400, code);
        }
        let all =
            who.get(&format!("{list}?limit=100")).await.expect(200)["items"].as_array().unwrap().clone();
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = who.get(&format!("{list}?limit=1{cursor}")).await.expect(200);
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 1, "{list}");
            found.extend(items.iter().cloned());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found, all, "{list}");
    }
}

#[tokio::test]
async fn a_page_has_25_where_no_limit_is_given() {
    let world = World::new().await;
    let teams = format!("/api/v1/workspaces/{}/teams", world.workspace);
    for number in 0..28 {
        world.olga.post(&teams, json!({"name": format!("Team {number}")})).await.expect(201);
    }
    let first = world.olga.get(&teams).await.expect(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 25);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = world.olga.get(&format!("{teams}?cursor={cursor}")).await.expect(200);
    assert!(rest["next_cursor"].is_null());
    assert!(rest["items"].as_array().unwrap().len() >= 3);
    // It is a cursor of this list.
    let elsewhere = format!("/api/v1/workspaces?cursor={cursor}");
    world.olga.get(&elsewhere).await.expect_problem(400, "bad_cursor");
}
