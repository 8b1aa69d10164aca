//! Questions to people, once a week, and an urgent one that nobody takes note of.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::model::{self, PEOPLE};
use super::run::Run;

/// Who asks, each Tuesday; whom by turns.
pub(super) const ASKS: usize = 4;
pub(super) const ASKED: [usize; 3] = [8, 0, 6];

pub(super) struct Ask {
    pub(super) id: String,
    pub(super) whom: usize,
    pub(super) at: i64,
    pub(super) resolved: Option<i64>,
    pub(super) expected_by: i64,
}

impl Run {
    /// A question on the asker's last update.
    async fn question(&self, by: usize, whom: usize, extra: Value) -> Value {
        let (update, ..) = self.published.iter().rev().find(|(_, author, _)| *author == by).unwrap();
        let mut body =
            json!({"body": "When?", "kind": "question", "assignee_id": self.people[whom].client.id});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.client(by).await.post(&format!("/api/v1/updates/{update}/comments"), body).await.expect(201)
    }

    pub(super) async fn ask(&mut self, at: i64, day: usize, week: usize) {
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
    pub(super) async fn ask_urgently(&mut self, at: i64) {
        let made = self.question(ASKS, 2, json!({"priority": "urgent"})).await;
        self.urgent = Some((made["id"].as_str().unwrap().to_owned(), at));
        self.expected_threads.push((2, model::next_mail(2, at)));
        self.expected_threads.push((5, model::next_mail(5, at + 46)));
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
