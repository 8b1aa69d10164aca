//! Reminding by hand: who is asked once more, who is left alone, and how they are told.

use meridian_domain::enums::{TeamRole, WorkspaceRole};
use meridian_store::repo::rounds;
use serde_json::{Value, json};

use crate::check_ins::{self, of_team, standup, with};
use crate::mails::{Post, header, plain};
use crate::support::Client;
use crate::world::World;

fn names(list: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        list.as_array().unwrap().iter().map(|one| one["display_name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

/// Name, reason and the minute from which on they may be reminded.
fn passed_over(answer: &Value) -> Vec<(&str, &str, Option<&str>)> {
    let mut all: Vec<_> = answer["passed_over"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let again = entry["again_at"].as_str().and_then(|at| at.get(11..16));
            (entry["user"]["display_name"].as_str().unwrap(), entry["reason"].as_str().unwrap(), again)
        })
        .collect();
    all.sort_unstable();
    all
}

/// A stand-up of Ben's from 14:00Z to 20:00Z on a Tuesday, reminded of at 18:30Z. Max is away; in Auckland it is night.
struct Tuesday {
    post: Post,
    tia: Client,
    max: Client,
    check_in: Value,
}

impl Tuesday {
    async fn new() -> Self {
        let post = Post::new(&[]).await;
        let World { server, ben, workspace, open, .. } = &post.world;
        let (tia, max) = (server.user_in("Tia", "Pacific/Auckland").await, server.user("Max").await);
        for who in [&tia, &max] {
            server.add_member(*workspace, who, WorkspaceRole::Member).await;
            server.join(*open, who, TeamRole::Member).await;
        }
        let extra = json!({"schedule": {"days": ["tu"], "at": "14:00", "zone": "UTC"},
            "open_for_minutes": 360, "remind_before_minutes": [90]});
        let check_in = ben.post(&of_team(open), with(standup(), &extra)).await.expect(201);
        max.put("/api/v1/me/away", json!({"from": "2026-11-03", "to": "2026-11-03"})).await.expect(200);
        Self { post, tia, max, check_in }
    }

    /// What the servers do at an instant; how many mails went out.
    async fn at(&self, instant: &str) -> usize {
        let server = &self.post.world.server;
        server.set_clock(instant);
        while rounds::run_due(&server.state.store).await.unwrap() > 0 {}
        self.post.go().await
    }

    /// Somebody with a token of now.
    async fn now(&self, who: &Client) -> Client {
        self.post.world.server.renewed(who).await
    }

    async fn round(&self, who: &Client) -> Value {
        let list = who.get(&format!("{}/rounds", check_ins::at(&self.check_in))).await.expect(200);
        who.get(&format!("/api/v1/rounds/{}", list["items"][0]["id"].as_str().unwrap())).await.expect(200)
    }
}

fn remind(round: &Value) -> String {
    format!("/api/v1/rounds/{}/remind", round["id"].as_str().unwrap())
}

fn reminded_at<'a>(round: &'a Value, name: &str) -> Option<&'a str> {
    let all = round["expected"].as_array().unwrap();
    all.iter().find(|one| one["user"]["display_name"] == name).unwrap()["reminded_at"].as_str()
}

#[tokio::test]
async fn who_is_missing_is_reminded_once_an_hour_and_not_at_night() {
    let day = Tuesday::new().await;
    let World { ada, ben, gus, cleo, open, .. } = &day.post.world;
    // Ada, Ben and Gus are called; in Auckland it is three in the morning.
    assert_eq!(day.at("2026-11-03T14:00:00Z").await, 3);
    let ben_now = day.now(ben).await;
    let path = remind(&day.round(&ben_now).await);
    // The window has just opened.
    let early = ben_now.post(&path, json!({})).await.expect(200);
    assert_eq!(
        (names(&early["reminded"]).len(), early["passed_over"][0]["reason"].as_str()),
        (0, Some("recent"))
    );
    assert_eq!(day.at("2026-11-03T14:20:00Z").await, 0);
    let (ada_now, ben_now, gus_now) = (day.now(ada).await, day.now(ben).await, day.now(gus).await);
    gus_now.post(&path, json!({})).await.expect_problem(403, "forbidden");
    let done = ben_now.post(&path, json!({})).await.expect(200);
    assert_eq!(names(&done["reminded"]), ["Ada", "Gus"]);
    assert_eq!(passed_over(&done), [("Tia", "quiet_hours", Some("19:00"))]);
    // By mail at once, and as the same entry of the inbox.
    assert_eq!(day.post.go().await, 2);
    let mail = day.post.came().last().unwrap().clone();
    assert_eq!(header(&mail, "References"), header(&day.post.came()[0], "References"));
    assert!(plain(&mail).contains("Ben asks for your answer"), "{mail}");
    let inbox = ada_now.get("/api/v1/notifications").await.expect(200);
    assert_eq!((&inbox["items"][0]["count"], inbox["items"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(inbox["items"][0]["actors"][0]["display_name"], "Ben");
    // Who reminds sees whom; nobody else does.
    let round = day.round(&ada_now).await;
    assert!(reminded_at(&round, "Gus").unwrap().starts_with("2026-11-03T14:20:"), "{round}");
    assert_eq!(reminded_at(&day.round(&gus_now).await, "Gus"), None);
    // Not twice within the hour, whoever asks.
    let again = ada_now.post(&path, json!({"user_ids": [gus.id, day.max.id, day.tia.id]})).await.expect(200);
    assert_eq!(names(&again["reminded"]).len(), 0);
    assert_eq!(
        passed_over(&again),
        [("Gus", "recent", Some("15:20")), ("Max", "away", None), ("Tia", "quiet_hours", Some("19:00"))]
    );
    let stranger = ada_now.post(&path, json!({"user_ids": [cleo.id]})).await;
    assert_eq!(stranger.expect_problem(422, "invalid")["errors"][0]["field"], "user_ids");
    assert_eq!(day.post.go().await, 0);
    // Gus answers; an hour later only Ada is missing.
    let answer = json!({"round_id": round["id"], "body": "Done"});
    day.post.world.text(&gus_now, *open, answer).await;
    assert_eq!(day.at("2026-11-03T15:21:00Z").await, 0);
    let done = day.now(ben).await.post(&path, json!({})).await.expect(200);
    assert_eq!((names(&done["reminded"]), day.post.go().await), (vec!["Ada"], 1));
}

#[tokio::test]
async fn the_clock_does_not_remind_whom_somebody_just_has() {
    let day = Tuesday::new().await;
    let World { ada, ben, .. } = &day.post.world;
    day.at("2026-11-03T14:00:00Z").await;
    day.at("2026-11-03T18:10:00Z").await;
    let ada_now = day.now(ada).await;
    let path = remind(&day.round(&ada_now).await);
    let excused = path.replace("/remind", "/excuse");
    ada_now.post(&excused, json!({"user_id": day.tia.id})).await.expect(204);
    let everybody = json!({"user_ids": [ben.id, day.tia.id]});
    let done = ada_now.post(&path, everybody).await.expect(200);
    assert_eq!((names(&done["reminded"]), passed_over(&done)), (vec!["Ben"], vec![("Tia", "excused", None)]));
    assert_eq!(day.post.go().await, 1);
    // The check-in's own reminder is due; to Ben it would be the second of the half hour. In Berlin it is evening.
    let before = day.post.came().len();
    day.at("2026-11-03T18:30:00Z").await;
    let later = day.post.came()[before..].to_vec();
    assert!(later.iter().all(|mail| !header(mail, "To").contains("ben")), "{later:?}");
    // Gus, in London, gets it as ever.
    assert_eq!(later.iter().filter(|mail| header(mail, "To").contains("gus")).count(), 1);
    day.at("2026-11-03T20:00:00Z").await;
    day.now(ada).await.post(&path, json!({})).await.expect_problem(409, "conflict");
}

#[tokio::test]
async fn the_digest_names_the_rounds_that_wait() {
    let day = Tuesday::new().await;
    let World { server, ada, gus, open, .. } = &day.post.world;
    day.post.world.text(ada, *open, json!({"title": "Plan of the week"})).await;
    // Gus answers before his digest is made; New York's and London's are both due at five past.
    server.set_clock("2026-11-03T14:00:00Z");
    while rounds::run_due(&server.state.store).await.unwrap() > 0 {}
    let gus = day.now(gus).await;
    let round = day.round(&gus).await;
    day.post.world.text(&gus, *open, json!({"round_id": round["id"], "body": "Done"})).await;
    day.at("2026-11-03T14:05:00Z").await;
    let came = day.post.came();
    let digest = |name: &str| {
        let is = |mail: &&String| {
            header(mail, "To").contains(name) && header(mail, "Message-ID").starts_with("<digest.")
        };
        plain(came.iter().find(is).unwrap())
    };
    let (ben, gus) = (digest("ben"), digest("gus"));
    assert!(ben.contains("Waiting for your answer:") && ben.contains("- Stand-up, until 15:00"), "{ben}");
    assert!(ben.contains(&format!("/r/{}", round["id"].as_str().unwrap())), "{ben}");
    assert!(gus.contains("Plan of the week") && !gus.contains("Waiting for your answer"), "{gus}");
}
