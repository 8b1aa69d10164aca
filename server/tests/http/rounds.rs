//! Rounds: windows that follow the sun, answers, what happens once, what is carried over.

use std::collections::BTreeMap;

use meridian_config::Settings;
use meridian_domain::enums::EventKind;
use meridian_server::tell::holidays;
use meridian_server::tell::webhooks::Client as Fetcher;
use meridian_store::repo::{events, rounds};
use meridian_store::{Store, StoreOptions};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::check_ins::{at, of_team, standup, with};
use crate::support::{Answer, Client, TestServer};
use crate::world::{World, path};

async fn tick(server: &TestServer, instant: &str) {
    server.set_clock(instant);
    while rounds::run_due(&server.state.store).await.unwrap() > 0 {}
}

/// The newest round of a check-in, whole.
async fn newest(who: &Client, check_in: &Value) -> Value {
    let list = who.get(&format!("{}/rounds", at(check_in))).await.expect(200);
    who.get(&round_path(&list["items"][0])).await.expect(200)
}

fn round_path(round: &Value) -> String {
    format!("/api/v1/rounds/{}", round["id"].as_str().unwrap())
}

fn states(round: &Value) -> BTreeMap<String, String> {
    let one = |entry: &Value| {
        (
            entry["user"]["display_name"].as_str().unwrap().to_owned(),
            entry["state"].as_str().unwrap().to_owned(),
        )
    };
    round["expected"].as_array().unwrap().iter().map(one).collect()
}

fn state_of(round: &Value, name: &str) -> String {
    states(round).remove(name).unwrap()
}

/// How often each thing about rounds happened: kind, round, person, minutes before.
async fn told(server: &TestServer) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in events::after(server.state.store.reader(), 0, 100_000).await.unwrap() {
        let rounds = [EventKind::RoundOpened, EventKind::RoundClosed, EventKind::RoundDue];
        if rounds.contains(&event.kind) {
            let data = &event.data;
            let key =
                format!("{} {} {} {}", event.kind, data["date"], data["user_id"], data["minutes_before"]);
            *counts.entry(format!("{} {key}", data["id"])).or_default() += 1;
        }
    }
    counts
}

fn of_kind(told: &BTreeMap<String, usize>, kind: &str) -> usize {
    told.iter().filter(|(key, _)| key.contains(&format!(" {kind} "))).map(|(_, count)| count).sum()
}

#[tokio::test]
async fn a_round_follows_the_sun_and_closes_once() {
    let World { ada, ben, gus, server, open, .. } = &World::new().await;
    let check_in = ada.post(&of_team(open), standup()).await.expect(201);
    tick(server, "2026-11-02T09:00:05Z").await;
    assert_eq!(ada.get(&format!("{}/rounds", at(&check_in))).await.expect(200)["items"], json!([]));
    // Of Monday only New York's nine o'clock is still to come.
    tick(server, "2026-11-02T14:00:00Z").await;
    let ada = &server.renewed(ada).await;
    let monday = newest(ada, &check_in).await;
    assert_eq!(states(&monday).into_keys().collect::<Vec<_>>(), ["Ben"]);
    assert_eq!((monday["date"].as_str(), monday["state"].as_str()), (Some("2026-11-02"), Some("open")));
    tick(server, "2026-11-02T17:00:00Z").await;
    // Tuesday begins in Berlin.
    tick(server, "2026-11-03T08:00:00Z").await;
    let (ada, ben, gus) =
        (&server.renewed(ada).await, &server.renewed(ben).await, &server.renewed(gus).await);
    let tuesday = newest(ada, &check_in).await;
    assert_eq!(tuesday["date"], "2026-11-03");
    assert_eq!(tuesday["closes_at"], "2026-11-03T17:00:00Z");
    assert_eq!(ada.get(&round_path(&monday)).await.expect(200)["state"], "closed");
    let answer = json!({"round_id": tuesday["id"], "body": "## What is next?\n- Docs"});
    let world = |who: &Client, extra: Value| {
        let (who, team) = (who.clone(), *open);
        async move {
            let body = with(json!({"kind": "text"}), &extra);
            who.post(&format!("/api/v1/teams/{team}/updates"), body).await
        }
    };
    let answered = world(ada, answer.clone()).await.expect(201);
    // New York moves to Los Angeles before its window opens; Berlin's has opened and stays.
    ben.patch("/api/v1/me", json!({"time_zone": "America/Los_Angeles"})).await.expect(200);
    ada.patch("/api/v1/me", json!({"time_zone": "Asia/Kolkata"})).await.expect(200);
    gus.post(&format!("{}/excuse", round_path(&tuesday)), json!({})).await;
    tick(server, "2026-11-03T08:00:02Z").await;
    let seen = newest(ada, &check_in).await;
    assert_eq!(seen["closes_at"], "2026-11-03T20:00:00Z");
    let opens = |name: &str| {
        let all = seen["expected"].as_array().unwrap();
        all.iter().find(|one| one["user"]["display_name"] == name).unwrap()["opens_at"].clone()
    };
    assert_eq!((opens("Ada"), opens("Ben")), (json!("2026-11-03T08:00:00Z"), json!("2026-11-03T17:00:00Z")));
    assert_eq!(
        (state_of(&seen, "Ada"), state_of(&seen, "Gus")),
        ("answered".to_owned(), "excused".to_owned())
    );
    assert_eq!(seen["responses"][0]["update"]["id"], answered["id"]);
    assert_eq!(
        seen["responses"][0]["by_prompt"],
        json!([{"prompt_id": "p2", "start_ms": 0, "end_ms": 0, "text": "- Docs",
            "html": "<ul>\n<li>Docs</li>\n</ul>\n"}])
    );
    tick(server, "2026-11-03T19:59:58Z").await;
    let ben = &server.renewed(ben).await;
    assert_eq!(newest(ben, &check_in).await["state"], "open");
    tick(server, "2026-11-03T20:00:00Z").await;
    assert_eq!(newest(ben, &check_in).await["state"], "closed");
    // A late answer stays visible as late.
    world(ben, answer).await.expect(201);
    let closed = newest(ben, &check_in).await;
    assert_eq!(state_of(&closed, "Ben"), "late");
    ben.post(&format!("{}/excuse", round_path(&closed)), json!({})).await.expect_problem(409, "conflict");
    let told = told(server).await;
    assert!(told.values().all(|count| *count == 1), "{told:#?}");
    assert_eq!((of_kind(&told, "round.opened"), of_kind(&told, "round.closed")), (2, 2));
}

#[tokio::test]
async fn a_round_is_opened_by_hand_once_instead_of_at_its_time() {
    let World { ada, ben, cleo, server, open, .. } = &World::new().await;
    tick(server, "2026-11-03T06:30:00Z").await;
    let (ada, ben, cleo) =
        (&server.renewed(ada).await, &server.renewed(ben).await, &server.renewed(cleo).await);
    let check_in = ada.post(&of_team(open), standup()).await.expect(201);
    let open_now = format!("{}/open", at(&check_in));
    cleo.post(&open_now, json!({})).await.expect_problem(403, "forbidden");
    let made = ada.post(&open_now, json!({})).await;
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let made = made.expect(201);
    assert_eq!((&made["date"], &made["state"]), (&json!("2026-11-03"), &json!("open")));
    let round = ben.get(&location).await.expect(200);
    for expected in round["expected"].as_array().unwrap() {
        let starts = |field: &str, with: &str| expected[field].as_str().unwrap().starts_with(with);
        assert!(
            starts("opens_at", "2026-11-03T06:30:0") && starts("due_at", "2026-11-03T09:30:0"),
            "{expected}"
        );
    }
    ada.post(&open_now, json!({})).await.expect_problem(409, "conflict");
    // Today's own time does nothing more, neither in Berlin nor in New York.
    let next = ada.get(&format!("{}/next?count=1", at(&check_in))).await.expect(200);
    assert_eq!(next["items"][0]["opens_at"], "2026-11-04T08:00:00Z");
    for instant in ["2026-11-03T08:00:00Z", "2026-11-03T09:01:00Z", "2026-11-03T09:31:00Z"] {
        tick(server, instant).await;
    }
    let ben = &server.renewed(ben).await;
    let upcoming = ben.get("/api/v1/me/rounds").await.expect(200)["upcoming"].clone();
    assert_eq!(upcoming[0]["opens_at"], "2026-11-04T14:00:00Z");
    tick(server, "2026-11-03T14:00:00Z").await;
    let ada = &server.renewed(ada).await;
    assert_eq!(newest(ada, &check_in).await["state"], "closed");
    let told = told(server).await;
    assert!(told.values().all(|count| *count == 1), "{told:#?}");
    let people = round["expected"].as_array().unwrap().len();
    assert_eq!(
        (of_kind(&told, "round.opened"), of_kind(&told, "round.due"), of_kind(&told, "round.closed")),
        (1, 2 * people, 1)
    );
}

#[tokio::test]
async fn everything_happens_once_on_three_servers() {
    let World { ada, ben, gus, server, open, .. } = &World::new().await;
    for number in 0..4 {
        let extra = json!({"name": format!("Stand-up {number}"), "remind_before_minutes": [30, 60]});
        ada.post(&of_team(open), with(standup(), &extra)).await.expect(201);
    }
    let options = StoreOptions { url: server.state.settings.database_url.clone(), max_readers: 2 };
    let mut servers = vec![server.state.store.clone()];
    for _ in 0..2 {
        servers.push(Store::open(&options, server.state.clock().clone()).await.unwrap());
    }
    // Two weeks of half hours, with a night of nothing in the middle of each.
    let mut at: jiff::Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
    let end: jiff::Timestamp = "2026-11-14T09:00:00Z".parse().unwrap();
    while at < end {
        server.set_clock(&at.to_string());
        let runs =
            servers.iter().map(|store| async move { while rounds::run_due(store).await.unwrap() > 0 {} });
        futures::future::join_all(runs).await;
        at += jiff::SignedDuration::from_mins(30);
    }
    let told = told(server).await;
    let twice: Vec<_> = told.iter().filter(|(_, count)| **count != 1).collect();
    assert!(twice.is_empty(), "{twice:#?}");
    // Monday (Ben only) to Friday of the second week: ten dates, four check-ins.
    assert_eq!((of_kind(&told, "round.opened"), of_kind(&told, "round.closed")), (40, 40));
    // Ben ten times, Ada and Gus nine times; each opened, and reminded twice.
    let of = |who: &Client, minutes: &str| {
        let mine = |key: &String| {
            key.contains(" round.due ")
                && key.contains(&who.id.to_string())
                && key.ends_with(&format!(" {minutes}"))
        };
        told.keys().filter(|key| mine(key)).count()
    };
    for (who, dates) in [(ben, 10), (ada, 9), (gus, 9)] {
        assert_eq!((of(who, "null"), of(who, "60"), of(who, "30")), (dates * 4, dates * 4, dates * 4));
    }
}

#[tokio::test]
async fn an_outage_is_made_up_without_a_storm() {
    let World { ada, server, open, .. } = &World::new().await;
    let extra = json!({"remind_before_minutes": [170, 60, 30], "expected": [ada.id]});
    let check_in = ada.post(&of_team(open), with(standup(), &extra)).await.expect(201);
    // Nobody ran from Monday to the next Monday, 10:20 in Berlin.
    tick(server, "2026-11-09T09:20:00Z").await;
    let ada = &server.renewed(ada).await;
    let list = ada.get(&format!("{}/rounds", at(&check_in))).await.expect(200);
    let dates: Vec<(&str, &str)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["date"].as_str().unwrap(), one["state"].as_str().unwrap()))
        .collect();
    assert_eq!(
        dates,
        [
            ("2026-11-09", "open"),
            ("2026-11-06", "closed"),
            ("2026-11-05", "closed"),
            ("2026-11-04", "closed"),
            ("2026-11-03", "closed")
        ]
    );
    let told = told(server).await;
    assert!(told.values().all(|count| *count == 1), "{told:#?}");
    // One notice, of the window that is open, not of the four that have ended.
    assert_eq!(of_kind(&told, "round.due"), 1);
    // What was missed is not sent later; what is still to come is.
    tick(server, "2026-11-09T10:00:00Z").await;
    tick(server, "2026-11-09T10:30:00Z").await;
    tick(server, "2026-11-09T11:00:00Z").await;
    assert_eq!(of_kind(&self::told(server).await, "round.due"), 3);
}

#[tokio::test]
async fn who_is_away_or_answered_is_not_nagged() {
    let World { ada, ben, gus, server, open, .. } = &World::new().await;
    let extra = json!({"schedule": {"days": ["tu"], "at": "09:00", "zone": "UTC"}});
    let check_in = ada.post(&of_team(open), with(standup(), &extra)).await.expect(201);
    ben.put("/api/v1/me/away", json!({"from": "2026-11-01", "to": "2026-11-03"})).await.expect(200);
    gus.put("/api/v1/me/holidays", json!({"dates": ["2026-11-03", "2026-12-25"]})).await.expect(200);
    for (body, field) in [
        (json!({"from": "2026-11-05", "to": "2026-11-03"}), "to"),
        (json!({"from": "2026-11-05"}), "to"),
        (json!({"to": "2026-11-05"}), "from"),
    ] {
        let problem = ben.put("/api/v1/me/away", body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field);
    }
    assert_eq!(ben.get("/api/v1/me/away").await.expect(200)["to"], "2026-11-03");
    tick(server, "2026-11-03T09:00:00Z").await;
    let ada = &server.renewed(ada).await;
    let round = newest(ada, &check_in).await;
    assert_eq!((state_of(&round, "Ben"), state_of(&round, "Gus")), ("away".to_owned(), "away".to_owned()));
    let mine = ada.get("/api/v1/me/rounds").await.expect(200);
    assert_eq!(
        (&mine["items"][0]["round"]["id"], &mine["items"][0]["state"]),
        (&round["id"], &json!("waiting"))
    );
    assert_eq!(mine["items"][0]["round"]["expected_count"], 1);
    assert_eq!(mine["upcoming"][0]["opens_at"], "2026-11-10T09:00:00Z");
    let body = json!({"kind": "text", "body": "Done", "round_id": round["id"]});
    ada.post(&format!("/api/v1/teams/{open}/updates"), body).await.expect(201);
    tick(server, "2026-11-03T11:30:00Z").await;
    // Ada's opening, and nothing else.
    assert_eq!(of_kind(&told(server).await, "round.due"), 1);
    // Back early: the window counts again.
    let ben = &server.renewed(ben).await;
    ben.put("/api/v1/me/away", json!({})).await.expect(200);
    assert_eq!(state_of(&newest(ben, &check_in).await, "Ben"), "waiting");
}

#[tokio::test]
async fn holidays_come_out_of_a_calendar() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for body in [
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261103\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            "<html>gone</html>",
        ] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            assert!(stream.read(&mut head).await.unwrap() > 0);
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let own = |settings: &mut Settings| settings.webhook_allow = vec!["127.0.0.1/32".to_owned()];
    let World { ada, gus, server, open, .. } = &World::with(own).await;
    let client = Fetcher::new(&server.state.settings);
    let check_in = ada.post(&of_team(open), standup()).await.expect(201);
    let private = json!({"dates": [], "feed_url": "http://10.0.0.1/h.ics"});
    gus.put("/api/v1/me/holidays", private).await.expect_problem(422, "invalid");
    let url = format!("http://127.0.0.1:{port}/holidays.ics");
    let put =
        gus.put("/api/v1/me/holidays", json!({"dates": ["2026-12-25"], "feed_url": url})).await.expect(200);
    assert_eq!((&put["feed_dates"], &put["feed_read_at"]), (&json!([]), &Value::Null));
    assert_eq!(holidays::once(&server.state, &client).await.unwrap(), 1);
    assert_eq!(holidays::once(&server.state, &client).await.unwrap(), 0);
    let read = gus.get("/api/v1/me/holidays").await.expect(200);
    assert_eq!(
        (&read["dates"], &read["feed_dates"]),
        (&json!(["2026-12-25"]), &json!(["2026-11-03"])),
        "{read}"
    );
    tick(server, "2026-11-03T09:00:00Z").await;
    let ada = &server.renewed(ada).await;
    assert_eq!(state_of(&newest(ada, &check_in).await, "Gus"), "away");
    // A day later it is no calendar: the last days stay, and the page says so.
    tick(server, "2026-11-03T09:10:00Z").await;
    assert_eq!(holidays::once(&server.state, &client).await.unwrap(), 1);
    let gus = &server.renewed(gus).await;
    let read = gus.get("/api/v1/me/holidays").await.expect(200);
    assert_eq!(
        (&read["feed_dates"], &read["feed_error"]),
        (&json!(["2026-11-03"]), &json!("What is there is no calendar."))
    );
    gus.put("/api/v1/me/holidays", json!({"dates": []})).await.expect(200);
    assert_eq!(state_of(&newest(ada, &check_in).await, "Gus"), "waiting");
}

#[tokio::test]
async fn plans_are_carried_over_and_asks_stay_open() {
    let World { ada, ben, server, open, .. } = &World::new().await;
    let extra = json!({"schedule": {"days": ["tu", "we"], "at": "09:00", "zone": "UTC"},
        "replaces_meeting_minutes": 15});
    let check_in = ada.post(&of_team(open), with(standup(), &extra)).await.expect(201);
    tick(server, "2026-11-03T09:00:00Z").await;
    let (ada, ben) = (&server.renewed(ada).await, &server.renewed(ben).await);
    let tuesday = newest(ada, &check_in).await;
    let body = "## What did you finish?\nAll of it.\n## What is next?\n- Docs\n- Rest\n";
    let update = json!({"kind": "text", "body": body, "round_id": tuesday["id"]});
    let update = ada.post(&format!("/api/v1/teams/{open}/updates"), update).await.expect(201);
    let ask = json!({"body": "When?", "kind": "question", "assignee_id": ada.id});
    ben.post(&format!("{}/comments", path(&update)), ask).await.expect(201);
    let decided = json!({"body": "We wait.", "kind": "decision"});
    ben.post(&format!("{}/comments", path(&update)), decided).await.expect(201);
    let seen = newest(ada, &check_in).await;
    assert_eq!(seen["decisions"][0]["body"], "We wait.");
    assert_eq!(seen["carried_over"], json!([]));
    assert_eq!(seen["playlist"]["items"][0]["reason"], "ask");
    assert_eq!(seen["saved"]["meeting_minutes"], 45);
    // Wednesday, one working day later.
    tick(server, "2026-11-04T09:00:00Z").await;
    let (ada, ben) = (&server.renewed(ada).await, &server.renewed(ben).await);
    let wednesday = newest(ada, &check_in).await;
    assert_eq!(wednesday["previous_id"], tuesday["id"]);
    let texts: Vec<&str> = wednesday["carried_over"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["Docs", "Rest"]);
    assert_eq!(wednesday["open_asks"][0]["body"], "When?");
    // Berlin works from 09:00 to 17:00, which is 08:00Z to 16:00Z: asked at 09:00Z, eight hours ago.
    let age = wednesday["open_asks"][0]["age_working_minutes"].as_i64().unwrap();
    assert!((479..=480).contains(&age), "{age}");
    assert_eq!(wednesday["decisions"], json!([]));
    let item = format!(
        "{}/carried-over/{}",
        round_path(&wednesday),
        wednesday["carried_over"][0]["id"].as_str().unwrap()
    );
    ben.put(&item, json!({"state": "done"})).await.expect_problem(403, "forbidden");
    ada.put(&item, json!({"state": "later"})).await.expect_problem(422, "invalid");
    assert_eq!(ada.put(&item, json!({"state": "done"})).await.expect(200)["state"], "done");
    assert_eq!(newest(ada, &check_in).await["carried_over"][0]["state"], "done");
    // The next round begins with what is still open.
    tick(server, "2026-11-10T09:00:00Z").await;
    let ada = &server.renewed(ada).await;
    let next = newest(ada, &check_in).await;
    assert_eq!(next["carried_over"].as_array().unwrap().len(), 1);
    assert_eq!(next["carried_over"][0]["text"], "Rest");
    let text = ada.get(&format!("{}.md", round_path(&tuesday))).await;
    assert_eq!(text.headers["content-type"], "text/markdown; charset=utf-8");
    for part in ["# Stand-up, 2026-11-03", "**What is next?**", "## Decided", "No answer: "] {
        assert!(text.text.contains(part), "{part} in {}", text.text);
    }
}

#[tokio::test]
async fn a_private_rounds_answers_are_its_peoples() {
    let World { ada, ben, gus, olga, server, open, private, .. } = &World::new().await;
    let extra = json!({"private_to": [ben.id], "schedule": {"days": ["tu"], "at": "09:00", "zone": "UTC"}});
    let check_in = gus.post(&of_team(open), with(standup(), &extra)).await.expect(201);
    tick(server, "2026-11-03T09:00:00Z").await;
    let (ada, ben, gus, olga) = (
        &server.renewed(ada).await,
        &server.renewed(ben).await,
        &server.renewed(gus).await,
        &server.renewed(olga).await,
    );
    let round = newest(gus, &check_in).await;
    assert_eq!(round["private"], true);
    let answer = json!({"kind": "text", "body": "Between us", "round_id": round["id"]});
    let made = ben.post(&format!("/api/v1/teams/{open}/updates"), answer.clone()).await.expect(201);
    assert_eq!(made["audience"]["kind"], "people");
    assert_eq!(newest(gus, &check_in).await["responses"][0]["update"]["id"], made["id"]);
    for who in [ada, olga] {
        who.get(&round_path(&round)).await.expect_problem(404, "not_found");
        who.get(&format!("{}.md", round_path(&round))).await.expect_problem(404, "not_found");
        who.get(&path(&made)).await.expect_problem(404, "not_found");
        let refused = who.post(&format!("/api/v1/teams/{open}/updates"), answer.clone()).await;
        assert!([403, 422].contains(&refused.status), "{}", refused.text);
    }
    // A round of another team is none here, and an audience of one's own choice is refused.
    let elsewhere = ben.post(&format!("/api/v1/teams/{private}/updates"), answer.clone()).await;
    assert_eq!(elsewhere.expect_problem(422, "invalid")["errors"][0]["field"], "round_id");
    let wider = with(answer, &json!({"audience": [ada.id]}));
    let wider = ben.post(&format!("/api/v1/teams/{open}/updates"), wider).await;
    assert_eq!(wider.expect_problem(422, "invalid")["errors"][0]["field"], "audience");
}

#[tokio::test]
async fn stock_clients_answer_by_metadata() {
    use base64::Engine as _;
    let World { ada, server, open, .. } = &World::new().await;
    let extra =
        json!({"max_duration_ms": 60_000, "schedule": {"days": ["tu"], "at": "09:00", "zone": "UTC"}});
    let check_in = ada.post(&of_team(open), with(standup(), &extra)).await.expect(201);
    tick(server, "2026-11-03T09:00:00Z").await;
    let ada = &server.renewed(ada).await;
    let round = newest(ada, &check_in).await;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let upload = async |round: &str| {
        let metadata = format!("team_id {},round_id {}", encode(&open.to_string()), encode(round));
        let request = ada
            .request(Method::POST, "/api/v1/uploads")
            .header("tus-resumable", "1.0.0")
            .header("upload-length", "100")
            .header("upload-metadata", metadata);
        Answer::of(request).await
    };
    let made = upload(round["id"].as_str().unwrap()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let update = made.headers["meridian-update-id"].to_str().unwrap();
    let update = ada.get(&format!("/api/v1/updates/{update}")).await.expect(200);
    assert_eq!(update["round_id"], round["id"]);
    assert_eq!(upload("00000000-0000-7000-8000-000000000000").await.status, 422);
    // As long as the check-in lets it be; elsewhere the team says how long.
    assert_eq!(round["max_duration_ms"], 60_000);
    let post = async |length: i64, round: &Value| {
        let body = json!({"kind": "video", "client_duration_ms": length, "round_id": round});
        ada.post(&format!("/api/v1/teams/{open}/updates"), body).await
    };
    post(60_000, &round["id"]).await.expect(201);
    let problem = post(60_001, &round["id"]).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "too_long");
    post(60_001, &Value::Null).await.expect(201);
}

#[tokio::test]
async fn the_transcript_suggests_and_an_accepted_plan_is_carried_over() {
    let World { ada, server, open, .. } = &World::new().await;
    let extra = json!({"schedule": {"days": ["tu", "we"], "at": "09:00", "zone": "UTC"}});
    let check_in = ada.post(&of_team(open), with(standup(), &extra)).await.expect(201);
    tick(server, "2026-11-03T09:00:00Z").await;
    let ada = &server.renewed(ada).await;
    let round = newest(ada, &check_in).await;
    let update = json!({"kind": "video", "title": "Tuesday", "round_id": round["id"], "language": "en"});
    let update = ada.post(&format!("/api/v1/teams/{open}/updates"), update).await.expect(201);
    let vtt = "WEBVTT\n\n00:01.000 --> 00:04.000\nI am blocked by the firewall.\n\n\
        00:05.000 --> 00:08.000\nWe decided to keep the old checkout.\n\n\
        00:09.000 --> 00:12.000\nTomorrow I will write the docs.\n\n\
        00:13.000 --> 00:15.000\nThe weather is fine.\n";
    let at_transcript = format!("{}/transcript", path(&update));
    let put = ada
        .request(Method::PUT, &format!("{at_transcript}?language=en"))
        .header("content-type", "text/vtt")
        .body(vtt);
    Answer::of(put).await.expect(200);
    let read = ada.get(&at_transcript).await.expect(200);
    let kinds: Vec<&str> =
        read["suggestions"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["blocker", "decision", "plan"], "{read:#}");
    let accept = async |index: usize| {
        let id = read["suggestions"][index]["id"].as_str().unwrap();
        ada.post(&format!("/api/v1/transcript/suggestions/{id}/accept"), json!({})).await
    };
    assert_eq!(accept(0).await.expect(201)["kind"], "blocker");
    let action = accept(2).await.expect(201);
    assert_eq!((action["kind"].as_str(), action["at_ms"].as_i64()), (Some("action"), Some(9_000)));
    accept(2).await.expect_problem(409, "conflict");
    tick(server, "2026-11-04T09:00:00Z").await;
    let ada = &server.renewed(ada).await;
    let next = newest(ada, &check_in).await;
    assert_eq!(next["carried_over"][0]["text"], "Tomorrow I will write the docs.");
    // Done here is done there.
    let item =
        format!("{}/carried-over/{}", round_path(&next), next["carried_over"][0]["id"].as_str().unwrap());
    ada.put(&item, json!({"state": "done"})).await.expect(200);
    let comments = ada.get(&format!("{}/comments", path(&update))).await.expect(200);
    let action = comments["items"].as_array().unwrap().iter().find(|one| one["kind"] == "action").unwrap();
    assert!(action["resolved_at"].is_string());
}
