//! Three weeks of a team of nine in six zones, over two changes of clocks, with restarts and kills in between. What
//! happened is compared with what `model` says, which knows none of the product's reckoning with time.

mod asks;
mod model;
mod plan;
mod recordings;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use meridian_domain::enums::EventKind;
use meridian_store::repo::{events, notifications};
use serde_json::Value;

use self::model::{CHECK_INS, DAYS, Notice, PEOPLE};
use self::run::Run;
use crate::mails::header;

/// Kind, check-in, date, person and the minute.
type Happened = (String, usize, usize, Option<usize>, i64);

fn minute(at: jiff::Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// Every event of rounds, as the outbox has it.
async fn happened(run: &Run) -> Vec<Happened> {
    let mut all = Vec::new();
    for event in events::after(run.server.state.store.reader(), 0, 1_000_000).await.unwrap() {
        let text = |field: &str| event.data[field].as_str().unwrap_or_default().to_owned();
        if ![EventKind::RoundOpened, EventKind::RoundClosed, EventKind::RoundDue].contains(&event.kind) {
            continue;
        }
        let check_in = CHECK_INS.iter().position(|one| one.name == text("name")).unwrap();
        let kind = match &event.data["minutes_before"] {
            Value::Number(minutes) => format!("reminder {minutes}"),
            _ => event.kind.to_string(),
        };
        let who = run.people.iter().position(|one| one.client.id.to_string() == text("user_id"));
        all.push((kind, check_in, model::day_of(&text("date")), who, minute(event.at)));
    }
    all.sort();
    all
}

fn expected_events() -> Vec<Happened> {
    let mut all = Vec::new();
    for (check_in, rule) in CHECK_INS.iter().enumerate() {
        for day in (0..DAYS).filter(|day| rule.runs_on(*day)) {
            all.push(("round.opened".to_owned(), check_in, day, None, model::first_opening(rule, day)));
            all.push(("round.closed".to_owned(), check_in, day, None, model::closing(rule, day)));
            for who in 0..PEOPLE.len() {
                for Notice { minutes_before, at } in model::notices(check_in, day, who) {
                    let kind = minutes_before
                        .map_or("round.due".to_owned(), |minutes| format!("reminder {minutes}"));
                    all.push((kind, check_in, day, Some(who), at));
                }
            }
        }
    }
    all.sort();
    all
}

/// Says what is in one list and not in the other.
fn same<T: Clone + Ord + std::fmt::Debug>(what: &str, found: &[T], expected: &[T]) {
    let count = |list: &[T]| {
        let mut counts = BTreeMap::new();
        for one in list {
            *counts.entry(one.clone()).or_insert(0_usize) += 1;
        }
        counts
    };
    let (found, expected) = (count(found), count(expected));
    let beyond: Vec<_> = found.iter().filter(|(one, n)| expected.get(*one) != Some(*n)).take(20).collect();
    let missing: Vec<_> = expected.iter().filter(|(one, n)| found.get(*one) != Some(*n)).take(20).collect();
    assert!(
        beyond.is_empty() && missing.is_empty(),
        "{what}\nfound only: {beyond:#?}\nexpected only: {missing:#?}"
    );
}

/// Whom a mail is for, what it is, and its minute.
fn mail(run: &Run, text: &str) -> (usize, String, i64) {
    let to = header(text, "To");
    let who = run.people.iter().position(|one| to.contains(&one.name.to_lowercase())).unwrap();
    let id = header(text, "Message-ID");
    let kind = id.trim_start_matches('<').split('.').next().unwrap().to_owned();
    let date = jiff::fmt::rfc2822::parse(&header(text, "Date")).unwrap();
    (who, kind, minute(date.timestamp()))
}

#[tokio::test]
async fn three_weeks_of_a_team_in_six_zones() {
    let run = Run::of_three_weeks().await;
    let found = happened(&run).await;
    let expected = expected_events();
    same("what rounds told", &found, &expected);
    // Both changes of clocks are within, and something happened in every zone on the days of the changes.
    for day in [model::EUROPE_CHANGES, model::AMERICA_CHANGES] {
        assert_eq!(
            found.iter().filter(|one| one.0 == "round.due" && one.2 == day).count(),
            model::there(day).len()
        );
    }

    let came = run.sink.came.lock().unwrap().clone();
    let mails: Vec<_> = came.iter().map(|text| mail(&run, text)).collect();
    let mut digests: Vec<(usize, i64)> =
        mails.iter().filter(|(_, kind, _)| kind == "digest").map(|(who, _, at)| (*who, *at)).collect();
    // What a kill swallowed came again, under the same id: at most once each, and nothing else came twice.
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for text in &came {
        *ids.entry(header(text, "Message-ID")).or_default() += 1;
    }
    let twice: Vec<_> = ids.iter().filter(|(_, count)| **count > 1).collect();
    assert_eq!(twice.len(), run.kills, "{twice:?}");
    assert!(twice.iter().all(|(_, count)| **count == 2), "{twice:?}");
    digests.sort_unstable();
    digests.dedup();
    same("digests", &digests, &run.expected_digests);
    let mut rounds: Vec<(usize, i64)> =
        mails.iter().filter(|(_, kind, _)| kind == "round").map(|(who, _, at)| (*who, *at)).collect();
    rounds.sort_unstable();
    // As long as no mail is made of them, there is none.
    let mut reminders =
        if notifications::KINDS.contains(&EventKind::RoundDue) { model::round_mails() } else { Vec::new() };
    reminders.sort_unstable();
    same("mails of rounds", &rounds, &reminders);
    let mut threads: Vec<(usize, i64)> =
        mails.iter().filter(|(_, kind, _)| kind == "thread").map(|(who, _, at)| (*who, *at)).collect();
    threads.sort_unstable();
    same("mails of threads", &threads, &run.expected_threads);
    let night: Vec<_> = mails.iter().filter(|(who, _, at)| !model::may_mail(*who, *at)).collect();
    assert!(night.is_empty(), "{night:?}");

    for (who, person) in run.people.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for update in run.updates_of(person).await {
            if update["my_watch"]["seen"] == true {
                seen.insert(update["id"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(seen, run.seen[who], "{}", person.name);
    }
    run.asks_are_right().await;
    run.recordings_are_ready().await;
    eprintln!(
        "{} events of rounds, {} mails ({} digests, {} of rounds, {} of threads), {} recordings, {} restarts, {} kills, {} of the worker",
        found.len(),
        mails.len(),
        digests.len(),
        rounds.len(),
        threads.len(),
        run.recorded.len(),
        run.restarts,
        run.kills,
        run.worker_kills,
    );
}
