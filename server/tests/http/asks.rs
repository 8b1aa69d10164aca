//! Working together: when answers are expected, urgent asks and their backup, answers again, the agreement, goals, talks.

use meridian_domain::enums::TeamRole;
use meridian_server::tell::{backup, notify};
use meridian_store::repo::rounds;
use serde_json::{Value, json};

use crate::check_ins::{of_team, standup};
use crate::support::{Client, TestServer};
use crate::world::{World, ids, path};

fn agreement(world: &World) -> String {
    format!("/api/v1/teams/{}/agreement", world.open)
}

async fn comment(who: &Client, update: &Value, body: Value) -> Value {
    who.post(&format!("{}/comments", path(update)), body).await.expect(201)
}

fn at(comment: &Value) -> String {
    format!("/api/v1/comments/{}", comment["id"].as_str().unwrap())
}

/// What three servers do at an instant.
async fn tell(server: &TestServer, instant: &str) -> usize {
    server.set_clock(instant);
    let state = &server.state;
    // Boxed: three of them are a large future.
    let all = tokio::join!(
        Box::pin(backup::once(state)),
        Box::pin(backup::once(state)),
        Box::pin(backup::once(state))
    );
    Box::pin(notify::once(state)).await.unwrap();
    [all.0, all.1, all.2].into_iter().map(Result::unwrap).sum()
}

async fn kinds(server: &TestServer, who: &Client) -> Vec<String> {
    let list = server.renewed(who).await.get("/api/v1/notifications").await.expect(200);
    list["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_answer_is_expected_when_the_one_asked_is_back_and_ages_in_their_hours() {
    let world = World::new().await;
    let World { server, ada, ben, open, .. } = &world;
    // Monday 04:00 for Ben, who comes back on Thursday, but for a holiday on Friday.
    ben.put("/api/v1/me/away", json!({"from": "2026-11-02", "to": "2026-11-04"})).await.expect(200);
    ben.put("/api/v1/me/holidays", json!({"dates": ["2026-11-06"]})).await.expect(200);
    let update = world.text(ada, *open, json!({})).await;
    let ask = |body: &str| json!({"body": body, "kind": "question", "assignee_id": ben.id});
    let made = comment(ada, &update, ask("Today?")).await;
    assert_eq!(made["expected_by"], "2026-11-05T22:00:00Z");
    ada.put(&agreement(&world), json!({"reply_within_working_hours": 10})).await.expect(200);
    // Two hours are left for Monday.
    assert_eq!(comment(ada, &update, ask("When?")).await["expected_by"], "2026-11-09T16:00:00Z");
    let mine = |who: Client| async move { who.get("/api/v1/me/asks").await.expect(200) };
    server.set_clock("2026-11-05T17:30:00Z");
    let (ada, ben) = (&server.renewed(ada).await, &server.renewed(ben).await);
    let open_asks = mine(ben.clone()).await;
    assert_eq!(open_asks["items"][0]["age_working_minutes"], 210);
    // What is done does not age.
    ben.post(&format!("{}/resolve", at(&made)), json!({})).await.expect(200);
    server.set_clock("2026-11-09T15:00:00Z");
    let (ada, ben) = (&server.renewed(ada).await, &server.renewed(ben).await);
    let of_team = ada.get(&format!("/api/v1/teams/{open}/asks?state=all")).await.expect(200);
    let ages: Vec<_> =
        of_team["items"].as_array().unwrap().iter().map(|one| &one["age_working_minutes"]).collect();
    assert_eq!(ages, [&json!(210), &json!(540)]);
    assert_eq!(ids(&mine(ben.clone()).await).len(), 1);
}

#[tokio::test]
async fn the_backup_is_told_once_of_what_nobody_took_note_of() {
    let world = World::new().await;
    let World { server, ada, ben, gus, olga, open, .. } = &world;
    server.join(*open, olga, TeamRole::Member).await;
    let agreed =
        json!({"acknowledge_within_minutes": 30, "backup_contact": gus.id, "urgent_contact": olga.id});
    ada.put(&agreement(&world), agreed).await.expect(200);
    let update = world.text(ada, *open, json!({})).await;
    let ask = |who: &Client| json!({"body": "Now?", "kind": "question", "assignee_id": who.id, "priority": "urgent"});
    let noted = comment(ada, &update, ask(ben)).await;
    let waits = comment(ada, &update, ask(ben)).await;
    // The backup asked: then the urgent contact is the one to tell.
    let of_gus = comment(ada, &update, ask(gus)).await;
    assert!(waits["acknowledge_by"].as_str().unwrap().starts_with("2026-11-02T09:30:0"), "{waits}");
    let usual = comment(ada, &update, json!({"body": "x", "kind": "question", "assignee_id": ben.id})).await;
    assert_eq!(usual["acknowledge_by"], Value::Null);
    gus.post(&format!("{}/acknowledge", at(&noted)), json!({})).await.expect_problem(403, "forbidden");
    let got_it = ben.post(&format!("{}/acknowledge", at(&noted)), json!({})).await.expect(200);
    assert_eq!(got_it["acknowledge_by"], Value::Null);
    assert_eq!(tell(server, "2026-11-02T09:29:58Z").await, 0);
    assert_eq!(tell(server, "2026-11-02T09:30:30Z").await, 2);
    assert_eq!(tell(server, "2026-11-02T10:30:00Z").await, 0);
    assert_eq!(kinds(server, gus).await, ["backup", "urgent"]);
    assert_eq!(kinds(server, olga).await, ["backup"]);
    let ada = &server.renewed(ada).await;
    let list = ada.get(&format!("{}/comments", path(&update))).await.expect(200);
    let told: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].clone(), one["backup"]["display_name"].clone()))
        .filter(|(_, name)| !name.is_null())
        .collect();
    assert_eq!(told, [(waits["id"].clone(), json!("Gus")), (of_gus["id"].clone(), json!("Olga"))]);
    // Asked of somebody else now: the backup knows already and is not told again.
    ada.patch(&at(&waits), json!({"assignee_id": olga.id})).await.expect(200);
    assert_eq!(tell(server, "2026-11-02T12:30:00Z").await, 0);
    // Resolved, deleted, or nobody named: nobody is told.
    let ada = &server.renewed(ada).await;
    let done = comment(ada, &update, ask(ben)).await;
    ada.post(&format!("{}/resolve", at(&done)), json!({})).await.expect(200);
    let gone = comment(ada, &update, ask(ben)).await;
    assert_eq!(ada.delete(&at(&gone)).await.status, 204);
    assert_eq!(tell(server, "2026-11-02T13:30:00Z").await, 0);
    server.set_clock("2026-11-04T13:00:00Z");
    let ada = &server.renewed(ada).await;
    ada.put(&agreement(&world), json!({})).await.expect(200);
    comment(ada, &update, ask(ben)).await;
    assert_eq!(tell(server, "2026-11-04T15:00:00Z").await, 0);
}

#[tokio::test]
async fn answers_are_offered_to_who_asks_the_like_and_may_see_them() {
    let world = World::new().await;
    let World { ada, ben, cleo, open, private, .. } = &world;
    let answered = async |team, question: &str, answer: &str| {
        let update = world.text(ada, team, json!({})).await;
        let asked = comment(ben, &update, json!({"body": question, "kind": "question"})).await;
        let said = comment(ada, &update, json!({"body": answer, "parent_id": asked["id"]})).await;
        ben.patch(&at(&asked), json!({"answer_id": said["id"]})).await.expect(200)
    };
    let deploy = answered(*open, "How do we deploy the billing service?", "By the release workflow.").await;
    answered(*open, "Where do holidays go?", "Into your profile.").await;
    answered(*private, "How is billing deployed in secret?", "At night.").await;
    let update = world.text(ada, *open, json!({})).await;
    comment(ben, &update, json!({"body": "How do we deploy billing?", "kind": "question"})).await;
    let like = |who: &Client, team, text: &str| {
        let (who, at) = (who.clone(), format!("/api/v1/teams/{team}/answers?q={}", text.replace(' ', "%20")));
        async move { who.get(&at).await }
    };
    let found = like(cleo, open, "deploying bil").await.expect(200);
    assert_eq!(ids(&found), [deploy["id"].as_str().unwrap()]);
    assert_eq!(found["items"][0]["answer"]["body"], "By the release workflow.");
    assert_eq!(ids(&like(cleo, open, "lunch").await.expect(200)).len(), 0);
    like(cleo, private, "billing").await.expect_problem(404, "not_found");
    assert_eq!(ids(&like(ben, private, "billing").await.expect(200)).len(), 1);
    let whole = cleo.get(&format!("/api/v1/teams/{open}/answers?limit=1")).await.expect(200);
    assert_eq!((ids(&whole).len(), whole["next_cursor"].is_string()), (1, true));
}

#[tokio::test]
async fn the_agreement_has_every_field_and_shows_what_one_sees() {
    let world = World::new().await;
    let World { ada, ben, cleo, olga, open, private, .. } = &world;
    let first = cleo.get(&agreement(&world)).await.expect(200);
    assert_eq!(
        (&first["reply_within_working_hours"], &first["acknowledge_within_minutes"]),
        (&json!(8), &json!(60))
    );
    let update = world.text(ada, *open, json!({"title": "Start here"})).await;
    let direct = world.text(ada, *open, json!({"audience": [ben.id]})).await;
    let elsewhere = world.text(ada, *private, json!({})).await;
    let body = json!({"reply_within_working_hours": 6, "acknowledge_within_minutes": 20, "urgent_contact": ben.id,
        "backup_contact": ada.id, "call_url": "https://call.example/room", "goes_async": "*Status*",
        "goes_live": "Quarrels", "text": "<script>x</script> kind", "pinned_update_ids": [direct["id"], update["id"]]});
    let kept = ada.put(&agreement(&world), body.clone()).await.expect(200);
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(&kept[field], value, "{field}");
    }
    assert!(kept["goes_async_html"].as_str().unwrap().contains("<em>Status</em>"), "{kept}");
    assert!(!kept["text_html"].as_str().unwrap().contains("<script"), "{kept}");
    let pinned = |of: &Value| -> Vec<Value> {
        of["pinned"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!(pinned(&kept), [direct["id"].clone(), update["id"].clone()]);
    assert_eq!(pinned(&cleo.get(&agreement(&world)).await.expect(200)), [update["id"].clone()]);
    for (field, value) in [
        ("pinned_update_ids", json!([elsewhere["id"]])),
        ("backup_contact", json!(olga.id)),
        ("call_url", json!("javascript:alert(1)")),
        ("acknowledge_within_minutes", json!(1)),
    ] {
        let problem = ada.put(&agreement(&world), json!({field: value})).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field);
    }
    // What was deleted since is not shown, and does not stand in the way.
    assert_eq!(ada.delete(&path(&update)).await.status, 204);
    let again = ada.put(&agreement(&world), body).await.expect(200);
    assert_eq!(pinned(&again), [direct["id"].clone()]);
}

#[tokio::test]
async fn a_goal_heads_each_round_until_it_is_done() {
    let world = World::new().await;
    let World { server, ada, ben, cleo, open, .. } = &world;
    let check_in = ben.post(&of_team(open), standup()).await.expect(201);
    let list = format!("/api/v1/check-ins/{}/rounds", check_in["id"].as_str().unwrap());
    // The newest round of a day on which everybody's window has opened, read by somebody.
    let newest = async |day: &str, who: &Client| {
        server.set_clock(&format!("{day}T14:00:00Z"));
        while rounds::run_due(&server.state.store).await.unwrap() > 0 {}
        let who = server.renewed(who).await;
        let id = ids(&who.get(&list).await.expect(200)).remove(0);
        let at = format!("/api/v1/rounds/{id}");
        (who.get(&at).await.expect(200), at, who)
    };
    let (round, at, ben) = newest("2026-11-02", ben).await;
    let answer = json!({"kind": "text", "round_id": round["id"], "body": "## What is next?\n- Docs\n- Ship it\n- Rest"});
    ben.post(&format!("/api/v1/teams/{open}/updates"), answer).await.expect(201);
    let round = ben.get(&at).await.expect(200);
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (texts(&round["planned"]), texts(&round["goals"])),
        (vec!["Docs".into(), "Ship it".into(), "Rest".into()], vec![])
    );
    let goal =
        |at: &str, number: usize| format!("{at}/goals/{}", round["planned"][number]["id"].as_str().unwrap());
    ben.put(&goal(&at, 0), json!({})).await.expect_problem(422, "invalid");
    ben.put(&goal(&at, 0), json!({"due_on": "soon"})).await.expect_problem(422, "invalid");
    server
        .renewed(cleo)
        .await
        .put(&goal(&at, 0), json!({"due_on": "2026-11-20"}))
        .await
        .expect_problem(403, "forbidden");
    ben.put(&goal(&at, 0), json!({"due_on": "2026-11-27"})).await.expect(200);
    let pinned =
        server.renewed(ada).await.put(&goal(&at, 1), json!({"due_on": "2026-11-20"})).await.expect(200);
    assert_eq!((&pinned["text"], &pinned["due_on"]), (&json!("Ship it"), &json!("2026-11-20")));
    ben.put(&goal(&at, 2), json!({"due_on": "2026-11-30"})).await.expect(200);
    assert_eq!(ben.delete(&goal(&at, 2)).await.status, 204);
    ben.delete(&goal(&at, 2)).await.expect_problem(404, "not_found");
    // What is due first comes first; it stays in the later rounds.
    for day in ["2026-11-03", "2026-11-05"] {
        let (round, at, _) = newest(day, cleo).await;
        assert_eq!(texts(&round["goals"]), ["Ship it", "Docs"]);
        assert_eq!(texts(&round["carried_over"]), ["Docs", "Ship it", "Rest"]);
        let summary = server.renewed(cleo).await.get(&format!("{at}.md")).await;
        assert!(
            summary.text.contains("## Goals\n\n- [ ] Ben: Ship it (until 2026-11-20)\n"),
            "{}",
            summary.text
        );
    }
    // Done: it is shown as such in the round in which that was, and not in the next.
    let (_, at, ben) = newest("2026-11-05", &ben).await;
    let done = goal(&at, 1).replace("/goals/", "/carried-over/");
    ben.put(&done, json!({"state": "done"})).await.expect(200);
    let round = ben.get(&at).await.expect(200);
    assert_eq!(
        (texts(&round["goals"]), &round["goals"][0]["state"]),
        (vec!["Ship it".into(), "Docs".into()], &json!("done"))
    );
    let (round, ..) = newest("2026-11-06", &ben).await;
    assert_eq!(texts(&round["goals"]), ["Docs"]);
}

#[tokio::test]
async fn a_talk_has_a_time_a_place_and_an_outcome() {
    let world = World::new().await;
    let World { server, ada, ben, cleo, open, .. } = &world;
    ada.put(&agreement(&world), json!({"call_url": "https://call.example/room"})).await.expect(200);
    let update = world.text(ada, *open, json!({})).await;
    let asked =
        comment(ada, &update, json!({"body": "Which one?", "kind": "question", "assignee_id": ben.id})).await;
    let reply = comment(ben, &update, json!({"body": "Hm", "parent_id": asked["id"]})).await;
    let talk = format!("{}/talk", at(&asked));
    let close = format!("{talk}/close");
    ben.post(&close, json!({"outcome": "x"})).await.expect_problem(409, "conflict");
    let read = ada.get(&talk).await.expect(200);
    // Ada works from 08:00Z to 16:00Z, Ben from 14:00Z to 22:00Z.
    assert_eq!(
        (&read["starts_at"], &read["ends_at"]),
        (&json!("2026-11-02T14:00:00Z"), &json!("2026-11-02T16:00:00Z"))
    );
    assert_eq!((&read["call_url"], &read["opened_at"]), (&json!("https://call.example/room"), &Value::Null));
    let mut local: Vec<_> = read["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["user"]["display_name"].as_str().unwrap(), one["starts_local"].as_str().unwrap()))
        .collect();
    local.sort_unstable();
    assert_eq!(local, [("Ada", "2026-11-02T15:00:00+01:00"), ("Ben", "2026-11-02T09:00:00-05:00")]);
    // From a reply it is the thread's; who looks on is asked about too.
    let seen = cleo.get(&format!("{}/talk", at(&reply))).await.expect(200);
    assert_eq!(seen["people"].as_array().unwrap().len(), 3);
    assert!(ben.post(&talk, json!({})).await.expect(200)["opened_at"].is_string());
    ben.post(&talk, json!({})).await.expect(200);
    notify::once(&server.state).await.unwrap();
    assert!(kinds(server, ada).await.contains(&"talk".to_owned()));
    let shown = ada.get(&format!("{}/comments", path(&update))).await.expect(200);
    assert!(shown["items"][0]["talk_opened_at"].is_string());
    ada.post(&close, json!({"outcome": "  "})).await.expect_problem(422, "invalid");
    let decision = ada.post(&close, json!({"outcome": "The **blue** one"})).await.expect(201);
    assert_eq!((&decision["kind"], &decision["parent_id"]), (&json!("decision"), &asked["id"]));
    ada.post(&close, json!({"outcome": "Again"})).await.expect_problem(409, "conflict");
    let decided = cleo.get(&format!("/api/v1/teams/{open}/decisions")).await.expect(200);
    assert_eq!(ids(&decided), [decision["id"].as_str().unwrap()]);
    // Nobody ever works at the same time.
    ben.patch("/api/v1/me", json!({"working_hours": {"days": ["sa"], "start": "09:00", "end": "17:00"}}))
        .await
        .expect(200);
    let never = ada.get(&talk).await.expect(200);
    assert_eq!((&never["starts_at"], &never["within_days"]), (&Value::Null, &json!(14)));
}
