//! The events of rounds. `round_id` stands in their data, from where the event's column takes it.

use jiff::Timestamp;
use meridian_domain::enums::{AnswerState, EventKind};
use meridian_domain::ids::UserId;
use serde_json::{Value, json};

use super::{Round, RoundMember};
use crate::repo::updates::RowUpdate;
use crate::{NewEvent, Tx};

fn instant(ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(ms).ok()
}

fn data(round: &Round) -> Value {
    json!({
        "id": round.id,
        "round_id": round.id,
        "check_in_id": round.check_in_id,
        "team_id": round.team_id,
        "name": round.name,
        "date": round.date,
        "state": round.state,
        "closes_at": instant(round.closes_at),
    })
}

/// `round.opened`, `round.closed`: for everybody who sees the round.
pub(super) fn round(tx: &Tx, kind: EventKind, round: &Round) {
    tx.event(NewEvent {
        kind,
        workspace_id: round.workspace_id,
        audience_id: Some(round.audience_id),
        user_id: None,
        update_id: None,
        data: data(round),
    });
}

/// `round.response`: somebody's answer is published.
pub(super) fn response(tx: &Tx, round: &Round, update: &RowUpdate, state: Option<AnswerState>) {
    let mut data = data(round);
    if let Value::Object(all) = &mut data {
        all.insert("user_id".to_owned(), json!(update.author_id));
        all.insert("answer".to_owned(), json!(state));
    }
    tx.event(NewEvent {
        kind: EventKind::RoundResponse,
        workspace_id: round.workspace_id,
        audience_id: Some(update.audience_id),
        user_id: None,
        update_id: Some(update.id),
        data,
    });
}

/// What one person is told of their window.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    /// It opened.
    Opened,
    /// It ends in so many minutes.
    Reminder(i64),
    /// Somebody asks them once more.
    ByHand(UserId),
}

/// `round.due`: one person's window opened, or it is time to remind them (`minutes_before`, or `by` somebody).
pub(super) fn due(tx: &Tx, round: &Round, user: UserId, window: &RoundMember, notice: Notice) {
    let (word, minutes_before, by) = match notice {
        Notice::Opened => ("opened", None, None),
        Notice::Reminder(minutes) => ("reminder", Some(minutes), None),
        Notice::ByHand(by) => ("reminder", None, Some(by)),
    };
    let mut data = data(round);
    if let Value::Object(all) = &mut data {
        all.insert("user_id".to_owned(), json!(user));
        all.insert("opens_at".to_owned(), json!(instant(window.opens_at)));
        all.insert("due_at".to_owned(), json!(instant(window.due_at)));
        all.insert("minutes_before".to_owned(), json!(minutes_before));
        all.insert("by".to_owned(), json!(by));
        all.insert("notice".to_owned(), json!(word));
    }
    tx.event(NewEvent {
        kind: EventKind::RoundDue,
        workspace_id: round.workspace_id,
        audience_id: None,
        user_id: Some(user),
        update_id: None,
        data,
    });
}
