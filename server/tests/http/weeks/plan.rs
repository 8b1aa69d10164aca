//! What is done when: people by the model's times, servers and workers that end and begin, and a look at each instant
//! that matters.

use std::collections::{BTreeMap, BTreeSet};

use super::asks::{ASKED, ASKS};
use super::model::{self, CHECK_INS, DAYS, PEOPLE};

/// Who reads everything at 08:25 each working day, just before the digest.
const EARLY: usize = 7;
/// On whose recordings of which days the worker dies: Tane's.
const WORKER_DIES: [(usize, usize); 3] = [(1, 2), (1, 9), (1, 16)];

/// What is done at a minute, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    Look,
    Answer { day: usize, who: usize },
    Read { who: usize },
    Ask { day: usize, week: usize },
    Urgent,
    Resolve { week: usize },
    WorkerDies,
    Restart,
    Kill,
}

/// Everything that is done, by minute: what people do, and looks at each instant that matters and just before it.
pub(super) fn plan() -> Vec<(i64, Vec<Act>)> {
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
    for (who, day) in WORKER_DIES {
        acts.insert((model::answers_at(0, day, who).unwrap(), Act::WorkerDies));
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

/// People first, then the worker and the servers; a kill comes before the look that makes up for it.
fn ordered(mut acts: Vec<Act>) -> Vec<Act> {
    acts.sort_by_key(|act| match act {
        Act::WorkerDies => 1,
        Act::Restart => 2,
        Act::Kill => 3,
        Act::Look => 4,
        _ => 0,
    });
    acts
}
