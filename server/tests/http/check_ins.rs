//! Check-ins: fields, permissions, next openings, templates.

use meridian_domain::rounds::prompts::asks_for_plans;
use serde_json::{Value, json};

use crate::world::{World, ids};

pub(crate) fn standup() -> Value {
    json!({
        "name": "Stand-up",
        "prompts": ["What did you finish?", "What is next?", "What is in your way?"],
        "schedule": {"days": ["mo", "tu", "we", "th", "fr"], "at": "09:00", "zone": "member"},
        "open_for_minutes": 180,
        "remind_before_minutes": [30],
    })
}

pub(crate) fn with(mut body: Value, extra: &Value) -> Value {
    if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
        body.extend(extra.clone());
    }
    body
}

pub(crate) fn of_team(team: impl std::fmt::Display) -> String {
    format!("/api/v1/teams/{team}/check-ins")
}

pub(crate) fn at(check_in: &Value) -> String {
    format!("/api/v1/check-ins/{}", check_in["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_check_in_is_made_read_changed_and_deleted() {
    let World { ada, ben, cleo, open, .. } = &World::new().await;
    let made = ben.post(&of_team(open), standup()).await;
    assert!(made.headers["location"].to_str().unwrap().starts_with("/api/v1/check-ins/"));
    let made = made.expect(201);
    assert_eq!(
        made["prompts"],
        json!([{"id": "p1", "text": "What did you finish?"}, {"id": "p2", "text": "What is next?"},
               {"id": "p3", "text": "What is in your way?"}])
    );
    assert_eq!(made["schedule"]["every_weeks"], 1);
    assert_eq!(
        (&made["private_to"], &made["expected"], &made["can_edit"]),
        (&json!(null), &json!(null), &json!(true))
    );
    // An open team's check-ins are read by every member, changed by who made it and the team's admins.
    let read = cleo.get(&at(&made)).await;
    let tag = read.etag();
    assert_eq!(read.expect(200)["can_edit"], false);
    assert_eq!(ids(&cleo.get(&of_team(open)).await.expect(200)), [made["id"].as_str().unwrap()]);
    cleo.patch(&at(&made), json!({"name": "Mine"})).await.expect_problem(403, "forbidden");
    let change =
        json!({"prompts": ["What is next?", {"id": "p1", "text": "What is done?"}], "expected": [ben.id]});
    let changed = ada.patch_if(&at(&made), &tag, change).await.expect(200);
    assert_eq!(
        changed["prompts"],
        json!([{"id": "p2", "text": "What is next?"}, {"id": "p1", "text": "What is done?"}])
    );
    assert_eq!(changed["expected"], json!([ben.id]));
    ben.patch_if(&at(&made), &tag, json!({"name": "Late"})).await.expect_problem(412, "edit_race");
    assert_eq!(ben.patch(&at(&made), json!({"expected": null})).await.expect(200)["expected"], json!(null));
    assert_eq!(ben.delete(&at(&made)).await.status, 204);
    ben.delete(&at(&made)).await.expect_problem(404, "not_found");
    assert!(ids(&ben.get(&of_team(open)).await.expect(200)).is_empty());
}

#[tokio::test]
async fn fields_that_are_not_valid_are_named() {
    let World { ada, gil, open, .. } = &World::new().await;
    let schedule = |extra: Value| json!({"schedule": with(standup()["schedule"].clone(), &extra)});
    for (extra, field) in [
        (json!({"name": " "}), "name"),
        (json!({"prompts": []}), "prompts"),
        (json!({"prompts": ["Fine?", " "]}), "prompts[1]"),
        (schedule(json!({"days": []})), "schedule.days"),
        (schedule(json!({"days": ["mo", "mo"]})), "schedule.days"),
        (schedule(json!({"at": "9:00"})), "schedule.at"),
        (schedule(json!({"zone": "Mars/Base"})), "schedule.zone"),
        (schedule(json!({"every_weeks": 0})), "schedule.every_weeks"),
        (schedule(json!({"starts_on": "2026-11-03", "ends_on": "2026-11-02"})), "schedule.ends_on"),
        (schedule(json!({"starts_on": "soon"})), "schedule.starts_on"),
        (json!({"open_for_minutes": 0}), "open_for_minutes"),
        (json!({"remind_before_minutes": [0]}), "remind_before_minutes"),
        (json!({"max_duration_ms": 10}), "max_duration_ms"),
        (json!({"replaces_meeting_minutes": 0}), "replaces_meeting_minutes"),
        (json!({"expected": []}), "expected"),
        (json!({"expected": [gil.id]}), "expected"),
        (json!({"private_to": [gil.id]}), "private_to"),
    ] {
        let problem = ada.post(&of_team(open), with(standup(), &extra)).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{extra}");
    }
    let mut body = standup();
    body.as_object_mut().unwrap().remove("schedule");
    let problem = ada.post(&of_team(open), body).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "schedule");
}

#[tokio::test]
async fn next_openings_are_nine_oclock_where_each_is() {
    let World { ada, ben, gus, open, .. } = &World::new().await;
    let made = ada.post(&of_team(open), standup()).await.expect(201);
    // Monday 09:00 UTC: past nine in Berlin and UTC, before it in New York.
    let next = ada.get(&format!("{}/next?count=2", at(&made))).await.expect(200);
    let items: Vec<(&str, &str, &str)> = next["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |field: &str| one[field].as_str().unwrap();
            (one["user"]["display_name"].as_str().unwrap(), text("opens_at"), text("opens_local"))
        })
        .collect();
    assert_eq!(
        items,
        [
            ("Ben", "2026-11-02T14:00:00Z", "2026-11-02T09:00:00-05:00"),
            ("Ada", "2026-11-03T08:00:00Z", "2026-11-03T09:00:00+01:00"),
            ("Gus", "2026-11-03T09:00:00Z", "2026-11-03T09:00:00+00:00"),
            ("Ben", "2026-11-03T14:00:00Z", "2026-11-03T09:00:00-05:00"),
            ("Ada", "2026-11-04T08:00:00Z", "2026-11-04T09:00:00+01:00"),
            ("Gus", "2026-11-04T09:00:00Z", "2026-11-04T09:00:00+00:00"),
        ]
    );
    assert_eq!(next["items"][0]["due_at"], "2026-11-02T17:00:00Z");
    assert_eq!(next["items"][0]["due_local"], "2026-11-02T12:00:00-05:00");
    for count in ["0", "101", "x"] {
        ada.get(&format!("{}/next?count={count}", at(&made))).await.expect_problem(400, "malformed");
    }
    // Who moves opens elsewhere.
    ben.patch("/api/v1/me", json!({"time_zone": "Pacific/Kiritimati"})).await.expect(200);
    let next = gus.get(&format!("{}/next?count=1", at(&made))).await.expect(200);
    assert_eq!(next["items"][0]["opens_local"], "2026-11-03T09:00:00+14:00");
    // A preview makes nothing.
    let preview = ben.post(&format!("{}/preview", of_team(open)), standup()).await.expect(200);
    assert_eq!(preview["items"].as_array().unwrap().len(), 15);
    assert_eq!(ids(&ada.get(&of_team(open)).await.expect(200)).len(), 1);
}

#[tokio::test]
async fn every_template_makes_a_check_in() {
    let World { ada, open, .. } = &World::new().await;
    let templates = ada.get("/api/v1/check-in-templates").await.expect(200);
    let templates = templates["items"].as_array().unwrap();
    let keys: Vec<&str> = templates.iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(
        keys,
        [
            "standup",
            "weekly-review",
            "demo",
            "retrospective",
            "one-on-one",
            "introduce-yourself",
            "wins-and-thanks"
        ]
    );
    let german = ada.get("/api/v1/check-in-templates?language=de-AT").await.expect(200);
    for (template, german) in templates.iter().zip(german["items"].as_array().unwrap()) {
        ada.post(&of_team(open), template.clone()).await.expect(201);
        ada.post(&of_team(open), german.clone()).await.expect(201);
        assert_eq!((&german["key"], &german["schedule"]), (&template["key"], &template["schedule"]));
        // Every word of it is German, as many questions, and what asks for plans does so in both.
        let asked = |of: &Value| -> Vec<String> {
            of["prompts"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
        };
        let (english, german_asked) = (asked(template), asked(german));
        assert_eq!(english.len(), german_asked.len());
        assert!(english.iter().zip(&german_asked).all(|(one, other)| one != other));
        let plans = |list: &[String]| list.iter().map(|one| asks_for_plans(one)).collect::<Vec<_>>();
        assert_eq!(plans(&english), plans(&german_asked), "{german_asked:?}");
        assert_ne!((&german["name"], &german["description"]), (&template["name"], &template["description"]));
    }
    let other = ada.get("/api/v1/check-in-templates?language=x").await.expect(200);
    assert_eq!(other["items"].as_array().unwrap(), templates);
}

#[tokio::test]
async fn a_private_check_in_is_its_peoples() {
    let World { ada, ben, cleo, olga, gus, open, .. } = &World::new().await;
    let private = with(standup(), &json!({"private_to": [ben.id]}));
    let made = gus.post(&of_team(open), private).await.expect(201);
    let mut people = [gus.id, ben.id];
    people.sort();
    assert_eq!(made["private_to"], json!(people));
    ben.get(&at(&made)).await.expect(200);
    // Neither the team's admin nor the workspace's owner sees it.
    for who in [ada, cleo, olga] {
        who.get(&at(&made)).await.expect_problem(404, "not_found");
        who.patch(&at(&made), json!({"name": "x"})).await.expect_problem(404, "not_found");
        assert!(ids(&who.get(&of_team(open)).await.expect(200)).is_empty());
    }
    ben.patch(&at(&made), json!({"name": "x"})).await.expect_problem(403, "forbidden");
    let next = ben.get(&format!("{}/next?count=1", at(&made))).await.expect(200);
    assert_eq!(next["items"].as_array().unwrap().len(), 2);
    let shared = ada.post(&of_team(open), standup()).await.expect(201);
    let problem =
        ada.patch(&at(&shared), json!({"private_to": [ben.id]})).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "private_to");
}
