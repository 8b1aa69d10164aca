//! The three weeks as they are lived: people act by the model's times, servers end and begin.

use std::collections::BTreeSet;

use meridian_domain::enums::{TeamRole, TeamVisibility, WorkspaceRole};
use meridian_domain::ids::TeamId;
use meridian_server::tell::{backup, mail, notify};
use meridian_store::repo::rounds;
use serde_json::{Value, json};

use super::asks::Ask;
use super::model::{self, AWAY, AWAY_DAYS, CHECK_INS, DAYS, PEOPLE};
use super::plan::{Act, plan};
use super::recordings::{self, Worker};
use crate::check_ins::of_team;
use crate::smtp::Sink;
use crate::support::{Client, TestServer};

const BEFORE: &str = "2026-10-18T00:00:00Z";

pub(super) struct One {
    pub(super) name: &'static str,
    pub(super) client: Client,
}

pub(super) struct Run {
    pub(super) server: TestServer,
    pub(super) sink: Sink,
    pub(super) people: Vec<One>,
    pub(super) team: TeamId,
    stand_up: String,
    /// Of published updates: id, author, minute.
    pub(super) published: Vec<(String, usize, i64)>,
    /// By person.
    pub(super) seen: Vec<BTreeSet<String>>,
    pub(super) asks: Vec<Ask>,
    pub(super) urgent: Option<(String, i64)>,
    last_digest: Vec<i64>,
    pub(super) expected_digests: Vec<(usize, i64)>,
    pub(super) expected_threads: Vec<(usize, i64)>,
    /// Who processes recordings; `None` where the program is not built.
    pub(super) worker: Option<Worker>,
    /// Updates that were uploaded.
    pub(super) recorded: Vec<String>,
    pub(super) restarts: usize,
    pub(super) kills: usize,
    pub(super) worker_kills: usize,
}

fn text(at: i64) -> String {
    jiff::Timestamp::from_second(at * 60).unwrap().to_string()
}

impl Run {
    pub(super) async fn of_three_weeks() -> Self {
        let mut run = Self::begin().await;
        for (at, acts) in plan() {
            run.server.set_clock(&text(at));
            for act in acts {
                run.act(at, act).await;
            }
        }
        run.expected_digests.sort_unstable();
        run.expected_threads.sort_unstable();
        run
    }

    async fn begin() -> Self {
        let sink = Sink::start(&[]).await;
        let url = sink.url.clone();
        let server = TestServer::start_with(|settings| settings.smtp_url = Some(url)).await;
        server.set_clock(BEFORE);
        let mut people = Vec::new();
        for person in &PEOPLE {
            people.push(One { name: person.name, client: server.user_in(person.name, person.zone).await });
        }
        let workspace = server.workspace(&people[0].client).await;
        let team = server.team(workspace, TeamVisibility::Private, &people[0].client).await;
        for one in &people[1..] {
            server.add_member(workspace, &one.client, WorkspaceRole::Member).await;
            server.join(team, &one.client, TeamRole::Member).await;
        }
        let mut stand_up = String::new();
        for (number, rule) in CHECK_INS.iter().enumerate() {
            let names = ["mo", "tu", "we", "th", "fr", "sa", "su"];
            let days: Vec<_> = rule.weekdays.iter().map(|day| names[*day]).collect();
            let body = json!({
                "name": rule.name, "prompts": ["What did you finish?", "What is next?"],
                "schedule": {"days": days, "at": format!("{:02}:{:02}", rule.at.0, rule.at.1),
                    "zone": if rule.one_zone { "Europe/Berlin" } else { "member" },
                    "starts_on": model::date(0), "ends_on": model::date(DAYS - 1)},
                "open_for_minutes": rule.open_for, "remind_before_minutes": rule.remind,
            });
            let made = people[0].client.post(&of_team(team), body).await.expect(201);
            if number == 0 {
                made["id"].as_str().unwrap().clone_into(&mut stand_up);
            }
        }
        let away = json!({"from": model::date(*AWAY_DAYS.start()), "to": model::date(*AWAY_DAYS.end())});
        people[AWAY].client.put("/api/v1/me/away", away).await.expect(200);
        let agreed = json!({"acknowledge_within_minutes": 45, "backup_contact": people[5].client.id});
        people[0].client.put(&format!("/api/v1/teams/{team}/agreement"), agreed).await.expect(200);
        let worker = Worker::start(&server);
        Self {
            server,
            sink,
            people,
            team,
            stand_up,
            published: Vec::new(),
            seen: vec![BTreeSet::new(); PEOPLE.len()],
            asks: Vec::new(),
            urgent: None,
            last_digest: vec![0; PEOPLE.len()],
            expected_digests: Vec::new(),
            expected_threads: Vec::new(),
            worker,
            recorded: Vec::new(),
            restarts: 0,
            kills: 0,
            worker_kills: 0,
        }
    }

    /// Somebody with a token of now, at the server of now.
    pub(super) async fn client(&self, who: usize) -> Client {
        let renewed = self.server.renewed(&self.people[who].client).await;
        Client { base: self.server.base.clone(), ..renewed }
    }

    async fn act(&mut self, at: i64, act: Act) {
        match act {
            Act::Look => self.look(at).await,
            Act::Answer { day, who } => self.answer(at, day, who).await,
            Act::Read { who } => self.read(at, who).await,
            Act::Ask { day, week } => self.ask(at, day, week).await,
            Act::Urgent => self.ask_urgently(at).await,
            Act::Resolve { week } => {
                let ask = &mut self.asks[week];
                ask.resolved = Some(at);
                let path = format!("/api/v1/comments/{}/resolve", ask.id);
                let whom = ask.whom;
                self.client(whom).await.post(&path, json!({})).await.expect(200);
            }
            Act::Restart => {
                self.server.restart().await;
                self.restarts += 1;
            }
            Act::Kill => self.kill().await,
            Act::WorkerDies => self.worker_dies().await,
        }
    }

    /// What a server does in the background, as often as there is something to do.
    async fn look(&mut self, at: i64) {
        self.expect_digests(at);
        let state = &self.server.state;
        while rounds::run_due(&state.store).await.unwrap() > 0 {}
        backup::once(state).await.unwrap();
        notify::once(state).await.unwrap();
        Box::pin(mail::once(state, true)).await.unwrap();
    }

    /// Whose digest is due at this minute, and whether it has anything to tell.
    fn expect_digests(&mut self, at: i64) {
        for who in 0..PEOPLE.len() {
            // The last one is on the Monday after.
            let due = (0..=DAYS).any(|day| day % 7 < 5 && model::wall(who, day, 8, 30) == at);
            if !due || self.last_digest[who] == at {
                continue;
            }
            let from = self.last_digest[who].max(at - 7 * 1440);
            let updates = self.published.iter().any(|(id, author, published)| {
                *author != who && from < *published && *published <= at && !self.seen[who].contains(id)
            });
            let asks = self.asks.iter().any(|ask| ask.whom == who && ask.resolved.is_none() && from < ask.at);
            let urgent = self.urgent.as_ref().is_some_and(|(_, asked)| who == 2 && from < *asked);
            if updates || asks || urgent {
                self.expected_digests.push((who, at));
            }
            self.last_digest[who] = at;
        }
    }

    async fn answer(&mut self, at: i64, day: usize, who: usize) {
        let client = self.client(who).await;
        let list =
            client.get(&format!("/api/v1/check-ins/{}/rounds?limit=100", self.stand_up)).await.expect(200);
        let date = model::date(day);
        let round =
            list["items"].as_array().unwrap().iter().find(|round| round["date"] == date.as_str()).unwrap();
        let title = format!("{} on {date}", PEOPLE[who].name);
        if self.worker.is_some() && recordings::RECORD.contains(&who) {
            let id = recordings::upload(&client, self.team, round["id"].as_str().unwrap(), &title).await;
            self.recorded.push(id.clone());
            self.published.push((id, who, at));
            return;
        }
        let body = json!({"kind": "text", "title": title, "round_id": round["id"],
            "body": "## What did you finish?\nThe tests.\n## What is next?\n- More tests"});
        let made = client.post(&format!("/api/v1/teams/{}/updates", self.team), body).await.expect(201);
        self.published.push((made["id"].as_str().unwrap().to_owned(), who, at));
    }

    /// Reads everything that is there.
    async fn read(&mut self, at: i64, who: usize) {
        let new: Vec<String> = self
            .published
            .iter()
            .filter(|(id, author, published)| {
                *author != who && *published <= at && !self.seen[who].contains(id)
            })
            .map(|(id, ..)| id.clone())
            .collect();
        if new.is_empty() {
            return;
        }
        let body = json!({"update_ids": new, "by": "reading"});
        let done = self.client(who).await.post("/api/v1/me/catch-up/seen", body).await;
        assert!(done.status < 300, "{}", done.text);
        self.seen[who].extend(new);
    }

    /// The server dies between a mail's taking and the note of it; another one takes over when the lease has run out.
    async fn kill(&mut self) {
        let before = self.sink.came.lock().unwrap().len();
        self.sink.swallow_the_next();
        {
            let state = self.server.state.clone();
            let sending = Box::pin(async move {
                notify::once(&state).await.unwrap();
                mail::once(&state, true).await.unwrap()
            });
            tokio::select! {
                sent = sending => panic!("nothing was swallowed, {sent} were sent"),
                () = self.sink.swallowed() => {}
            }
        }
        assert!(self.sink.came.lock().unwrap().len() > before);
        self.server.restart().await;
        let ended = "UPDATE mails SET lease_until = 1 WHERE lease_until IS NOT NULL RETURNING lease_until";
        assert_eq!(meridian_testbed::sql(&self.server.state.settings.database_url, ended), "1");
        self.restarts += 1;
        self.kills += 1;
    }

    /// Every update that somebody sees, with their mark.
    pub(super) async fn updates_of(&self, person: &One) -> Vec<Value> {
        let who = self.people.iter().position(|one| one.name == person.name).unwrap();
        let client = self.client(who).await;
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/teams/{}/updates?limit=100{cursor}", self.team);
            let page = client.get(&path).await.expect(200);
            all.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }
}
