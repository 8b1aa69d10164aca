//! The three weeks as they are lived: people act by the model's times, servers end and begin.

use std::collections::{BTreeMap, BTreeSet};

use meridian_domain::enums::{TeamRole, TeamVisibility, WorkspaceRole};
use meridian_domain::ids::TeamId;
use meridian_server::tell::{backup, mail, notify};
use meridian_store::repo::rounds;
use serde_json::{Value, json};

use super::model::{self, AWAY, AWAY_DAYS, CHECK_INS, DAYS, PEOPLE};
use crate::check_ins::of_team;
use crate::smtp::Sink;
use crate::support::{Client, TestServer};

const BEFORE: &str = "2026-10-18T00:00:00Z";
/// Who asks, each Tuesday; whom by turns.
const ASKS: usize = 4;
const ASKED: [usize; 3] = [8, 0, 6];
/// Who reads everything at 08:25 each working day, just before the digest.
const EARLY: usize = 7;

pub(super) struct One {
    pub(super) name: &'static str,
    pub(super) client: Client,
}

/// What is done at a minute, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Look,
    Answer { day: usize, who: usize },
    Read { who: usize },
    Ask { day: usize, week: usize },
    Urgent,
    Resolve { week: usize },
    Restart,
    Kill,
}

struct Ask {
    id: String,
    whom: usize,
    at: i64,
    resolved: Option<i64>,
    expected_by: i64,
}

pub(super) struct Run {
    pub(super) server: TestServer,
    pub(super) sink: Sink,
    pub(super) people: Vec<One>,
    team: TeamId,
    stand_up: String,
    /// Of published updates: id, author, minute.
    published: Vec<(String, usize, i64)>,
    /// By person.
    pub(super) seen: Vec<BTreeSet<String>>,
    asks: Vec<Ask>,
    urgent: Option<(String, i64)>,
    last_digest: Vec<i64>,
    pub(super) expected_digests: Vec<(usize, i64)>,
    pub(super) expected_threads: Vec<(usize, i64)>,
    pub(super) restarts: usize,
    pub(super) kills: usize,
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
            restarts: 0,
            kills: 0,
        }
    }

    /// Somebody with a token of now, at the server of now.
    async fn client(&self, who: usize) -> Client {
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
        let body = json!({"kind": "text", "title": format!("{} on {date}", PEOPLE[who].name), "round_id": round["id"],
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

    /// A question on the asker's last update.
    async fn question(&self, by: usize, whom: usize, extra: Value) -> Value {
        let (update, ..) = self.published.iter().rev().find(|(_, author, _)| *author == by).unwrap();
        let mut body =
            json!({"body": "When?", "kind": "question", "assignee_id": self.people[whom].client.id});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.client(by).await.post(&format!("/api/v1/updates/{update}/comments"), body).await.expect(201)
    }

    async fn ask(&mut self, at: i64, day: usize, week: usize) {
        let whom = ASKED[week];
        assert_eq!(day % 7, 1);
        let made = self.question(ASKS, whom, json!({})).await;
        let expected_by = model::after_work(whom, at, 8 * 60);
        let by: jiff::Timestamp = made["expected_by"].as_str().unwrap().parse().unwrap();
        // What runs on of the minute is less than one.
        assert!((0..60).contains(&(by.as_second() - expected_by * 60)), "{made}");
        self.asks.push(Ask {
            id: made["id"].as_str().unwrap().to_owned(),
            whom,
            at,
            resolved: None,
            expected_by,
        });
        // Two minutes for more of the thread; then as soon as mail may come.
        self.expected_threads.push((whom, model::next_mail(whom, at + 2)));
    }

    /// Nobody takes note: the backup is told after three quarters of an hour.
    async fn ask_urgently(&mut self, at: i64) {
        let made = self.question(ASKS, 2, json!({"priority": "urgent"})).await;
        self.urgent = Some((made["id"].as_str().unwrap().to_owned(), at));
        self.expected_threads.push((2, model::next_mail(2, at)));
        self.expected_threads.push((5, model::next_mail(5, at + 46)));
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

    /// Their times and ages, as the model counts them, and who is still asked.
    pub(super) async fn asks_are_right(&self) {
        assert_eq!(self.asks.len(), 3);
        let client = self.client(ASKS).await;
        let now = jiff::Timestamp::from_millisecond(self.server.state.clock().now_ms()).unwrap();
        let now = now.as_second().div_euclid(60);
        let list = client.get(&format!("/api/v1/teams/{}/asks?state=all", self.team)).await.expect(200);
        let items: BTreeMap<&str, &Value> =
            list["items"].as_array().unwrap().iter().map(|one| (one["id"].as_str().unwrap(), one)).collect();
        for ask in &self.asks {
            let shown = items[ask.id.as_str()];
            assert_eq!(shown["resolved_at"].is_null(), ask.resolved.is_none(), "{shown}");
            let age = model::work_between(ask.whom, ask.at, ask.resolved.unwrap_or(now));
            let shown_age = usize::try_from(shown["age_working_minutes"].as_u64().unwrap()).unwrap();
            assert!(age.abs_diff(shown_age) <= 1, "{age} {shown}");
            let by: jiff::Timestamp = shown["expected_by"].as_str().unwrap().parse().unwrap();
            assert_eq!(by.as_second().div_euclid(60), ask.expected_by);
            let mine = self.client(ask.whom).await.get("/api/v1/me/asks").await.expect(200);
            let mine = crate::world::ids(&mine);
            assert_eq!(mine.contains(&ask.id), ask.resolved.is_none());
        }
        let (urgent, _) = self.urgent.as_ref().unwrap();
        let shown = items[urgent.as_str()];
        assert_eq!(shown["backup"]["display_name"], PEOPLE[5].name);
        assert_eq!(shown["acknowledged_at"], Value::Null);
    }
}

/// Everything that is done, by minute: what people do, and looks at each instant that matters and just before it.
fn plan() -> Vec<(i64, Vec<Act>)> {
    let mut acts: BTreeSet<(i64, Act)> = BTreeSet::new();
    let mut look = |at: i64| {
        acts.insert((at - 1, Act::Look));
        acts.insert((at, Act::Look));
    };
    for (check_in, rule) in CHECK_INS.iter().enumerate() {
        for day in (0..DAYS).filter(|day| rule.runs_on(*day)) {
            look(model::closing(rule, day));
            for who in 0..PEOPLE.len() {
                for notice in model::notices(check_in, day, who) {
                    look(notice.at);
                }
            }
        }
    }
    for who in 0..PEOPLE.len() {
        for day in (0..=DAYS).filter(|day| day % 7 < 5) {
            look(model::wall(who, day, 8, 0));
            look(model::wall(who, day, 8, 30));
        }
    }
    for day in (0..DAYS).filter(|day| day % 7 < 5) {
        for who in 0..PEOPLE.len() {
            acts.extend(model::answers_at(0, day, who).map(|at| (at, Act::Answer { day, who })));
            if who == EARLY {
                acts.insert((model::wall(who, day, 8, 25), Act::Read { who }));
            } else if (day + who) % 2 == 0 {
                acts.insert((model::wall(who, day, 13, 7), Act::Read { who }));
            }
        }
        if day % 2 == 0 {
            acts.insert((model::wall(4, day, 14, 10), Act::Restart));
        }
    }
    for (week, whom) in ASKED.into_iter().enumerate() {
        let day = week * 7 + 1;
        let at = model::wall(ASKS, day, 11, 3);
        acts.insert((at, Act::Ask { day, week }));
        let mail = model::next_mail(whom, at + 2);
        acts.insert((at, Act::Look));
        acts.insert((mail, Act::Look));
    }
    acts.insert((model::wall(ASKED[0], 3, 12, 0), Act::Resolve { week: 0 }));
    let urgent = model::wall(ASKS, 9, 10, 41);
    acts.insert((urgent, Act::Urgent));
    // What runs on of the minute before the ask comes, runs on of the last one.
    for at in [urgent, urgent + 44, urgent + 46] {
        acts.insert((at, Act::Look));
    }
    // Each time a digest is on its way.
    for (who, day) in [(2, 2), (4, 9), (8, 17)] {
        acts.insert((model::wall(who, day, 8, 30), Act::Kill));
    }
    let mut by_minute: BTreeMap<i64, Vec<Act>> = BTreeMap::new();
    for (at, act) in acts {
        by_minute.entry(at).or_default().push(act);
    }
    by_minute.into_iter().map(|(at, acts)| (at, ordered(acts))).collect()
}

/// People first, then the servers; a kill comes before the look that makes up for it.
fn ordered(mut acts: Vec<Act>) -> Vec<Act> {
    acts.sort_by_key(|act| match act {
        Act::Restart => 1,
        Act::Kill => 2,
        Act::Look => 3,
        _ => 0,
    });
    acts
}
