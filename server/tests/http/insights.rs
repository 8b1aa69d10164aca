//! What a workspace's teams did: totals, nothing about single people.

use meridian_store::repo::rounds;
use serde_json::json;

use crate::check_ins::{of_team, standup, with};
use crate::world::{World, path};

#[tokio::test]
async fn teams_see_totals_and_nobody_by_name() {
    let world = World::new().await;
    let World { ada, ben, cleo, gus, olga, server, workspace, open, private, .. } = &world;
    let at = format!("/api/v1/workspaces/{workspace}/insights");
    let replaces = json!({"replaces_meeting_minutes": 15});
    ada.post(&of_team(open), with(standup(), &replaces)).await.expect(201);
    server.set_clock("2026-11-02T14:00:00Z");
    while rounds::run_due(&server.state.store).await.unwrap() > 0 {}
    let (ada, ben, gus) = (server.renewed(ada).await, server.renewed(ben).await, server.renewed(gus).await);
    let round = ben.get("/api/v1/me/rounds").await.expect(200)["items"][0]["round"]["id"].clone();
    world.text(&ben, *open, json!({"round_id": round, "body": "Done"})).await;
    // Three posts of Ada's, each answered by Ben within the minute; Gus sees one of them.
    for number in 0..3 {
        let update = world.text(&ada, *open, json!({"title": format!("Post {number}")})).await;
        ben.post(&format!("{}/comments", path(&update)), json!({"body": "Good"})).await.expect(201);
        if number == 0 {
            let read = json!({"by": "reading", "position_ms": 0, "seen_ranges": []});
            gus.put(&format!("{}/watch", path(&update)), read).await.expect(200);
        }
    }
    let seen = ada.get(&at).await.expect(200);
    let teams = seen["teams"].as_array().unwrap();
    assert_eq!(teams.len(), 2, "{seen}");
    let team = teams.iter().find(|team| team["team_id"] == json!(open)).unwrap();
    // Four updates, two who may see each; one pair of eight was seen.
    assert_eq!((&team["updates"], &team["coverage"]), (&json!(4), &json!(0.125)), "{team}");
    assert_eq!((&team["rounds"][0]["expected"], &team["rounds"][0]["answered"]), (&json!(1), &json!(1)));
    assert_eq!(team["saved_minutes"], 15);
    assert_eq!(
        seen["first_replies"],
        json!([{"from_zone": "Europe/Berlin", "to_zone": "America/New_York", "median_minutes": 0, "count": 3}])
    );
    // Two people: a share would say what one of them did.
    let small = teams.iter().find(|team| team["team_id"] == json!(private)).unwrap();
    assert!(small["coverage"].is_null());
    let text = seen.to_string();
    assert!(!text.contains("Gus") && !text.contains(&gus.id.to_string()), "{text}");
    // In no team: nothing. A guest: their team.
    assert_eq!(server.renewed(cleo).await.get(&at).await.expect(200)["teams"], json!([]));
    assert_eq!(gus.get(&at).await.expect(200)["teams"].as_array().unwrap().len(), 1);
    ada.get(&format!("{at}?days=0")).await.expect_problem(400, "malformed");
    let olga = server.renewed(olga).await;
    let off = json!({"insights": false});
    ada.patch(&format!("/api/v1/workspaces/{workspace}"), off.clone()).await.expect_problem(403, "forbidden");
    assert_eq!(
        olga.patch(&format!("/api/v1/workspaces/{workspace}"), off).await.expect(200)["insights"],
        false
    );
    ada.get(&at).await.expect_problem(403, "forbidden");
}
