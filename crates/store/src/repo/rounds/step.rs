//! One look at an open round: windows that have not opened follow their members, those whose time has come open and
//! freeze, reminders go out, and it closes when the last window that counts has ended.

use std::collections::{HashMap, HashSet};

use meridian_domain::ids::UserId;
use meridian_domain::rounds::{Window, closes_at, due_at};
use meridian_domain::schedule::Rule;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Round, RoundMember, away, close, members, remind, tell};
use crate::entity::{round_members, round_notices, rounds};
use crate::repo::check_ins::{CheckIn, zone_of};
use crate::repo::{users, visibility};
use crate::{Conn, StoreError, Tx};

/// The notice "your window is open" in the table of notices; reminders have their minutes.
pub(super) const OPENED: i64 = -1;

/// Does what is due in a round; answers when to look again.
pub(super) async fn step(
    tx: &Tx,
    check_in: &CheckIn,
    rule: &Rule,
    round: &Round,
    now: i64,
) -> Result<Option<i64>, StoreError> {
    follow(tx, check_in, rule, round, now).await?;
    let answered = super::answers::first_answers(tx, round.id).await?;
    let mut next: Option<i64> = None;
    let mut soon = |at: i64| next = Some(next.map_or(at, |other| other.min(at)));
    for window in members(tx, round.id).await? {
        if window.opens_at > now {
            soon(window.opens_at);
            continue;
        }
        if window.opened_at.is_none() {
            set_opened(tx, round, window.user_id, now).await?;
        }
        let waits = !window.is_out() && !answered.contains_key(&window.user_id) && window.due_at > now;
        notify(tx, check_in, round, &window, waits, now).await?;
        let later = check_in.remind_before_minutes.iter().map(|minutes| remind_at(&window, *minutes));
        if let Some(at) = later.filter(|at| *at > now).min() {
            soon(at);
        }
    }
    let closing = settle_closing(tx, round).await?;
    if closing <= now {
        close(tx, round).await?;
        return Ok(None);
    }
    soon(closing);
    Ok(next)
}

/// Brings windows that have not opened in line with the zones and the rule of now, and who is away with the calendar.
async fn follow(tx: &Tx, check_in: &CheckIn, rule: &Rule, round: &Round, now: i64) -> Result<(), StoreError> {
    let windows = members(tx, round.id).await?;
    let ids: Vec<UserId> = windows.iter().map(|window| window.user_id).collect();
    let zones: HashMap<UserId, String> =
        users::by_ids(tx, &ids).await?.into_iter().map(|user| (user.id, user.time_zone)).collect();
    let sees: HashSet<UserId> = visibility::users_of(tx, round.audience_id).await?.into_iter().collect();
    let away = away::away_on(tx, &ids, round.date).await?;
    for window in windows {
        let user = window.user_id;
        let is_away = away.contains(&user) || !sees.contains(&user);
        let mut change = RoundMember { away: is_away, ..window };
        if window.opened_at.is_none() && window.opens_at > now && rule.runs_on(round.date) {
            let zone = zone_of(zones.get(&user).map_or("UTC", String::as_str));
            let opens_at = rule.opens_at(round.date, &zone).map(jiff::Timestamp::as_millisecond);
            // A move that would put the opening into the past changes nothing: the window stays as it was announced.
            if let Some(opens_at) = opens_at.filter(|at| *at > now) {
                change.opens_at = opens_at;
                change.due_at = due_at(opens_at, check_in.open_for_minutes);
            }
        }
        if change != window {
            put(tx, round, &change).await?;
        }
    }
    Ok(())
}

async fn put(tx: &Tx, round: &Round, window: &RoundMember) -> Result<(), StoreError> {
    round_members::Entity::update_many()
        .col_expr(round_members::Column::OpensAt, Expr::value(window.opens_at))
        .col_expr(round_members::Column::DueAt, Expr::value(window.due_at))
        .col_expr(round_members::Column::Away, Expr::value(window.away))
        .filter(round_members::Column::RoundId.eq(round.id.0))
        .filter(round_members::Column::UserId.eq(window.user_id.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

async fn set_opened(tx: &Tx, round: &Round, user: UserId, now: i64) -> Result<(), StoreError> {
    round_members::Entity::update_many()
        .col_expr(round_members::Column::OpenedAt, Expr::value(now))
        .filter(round_members::Column::RoundId.eq(round.id.0))
        .filter(round_members::Column::UserId.eq(user.0))
        .filter(round_members::Column::OpenedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// A reminder never comes before the window opens.
fn remind_at(window: &RoundMember, minutes: i64) -> i64 {
    window.due_at.saturating_sub(minutes.saturating_mul(60_000)).max(window.opens_at)
}

/// Claims the notices whose time has come. Only the last of them is told, and only to somebody who is waited for.
async fn notify(
    tx: &Tx,
    check_in: &CheckIn,
    round: &Round,
    window: &RoundMember,
    waits: bool,
    now: i64,
) -> Result<(), StoreError> {
    let mut due: Vec<(i64, i64)> = check_in
        .remind_before_minutes
        .iter()
        .map(|minutes| (remind_at(window, *minutes), *minutes))
        .filter(|(at, _)| *at <= now)
        .collect();
    due.push((window.opens_at, OPENED));
    // What was last to come is told; what stands before it was missed, or comes at the same moment.
    due.sort_by_key(|(at, minutes)| (*at, *minutes != OPENED, std::cmp::Reverse(*minutes)));
    let mut fresh = Vec::new();
    for (_, minutes) in due {
        if claim(tx, round, window.user_id, minutes, now).await? {
            fresh.push(minutes);
        }
    }
    let Some(last) = fresh.last().copied().filter(|_| waits) else { return Ok(()) };
    // A window that opens and is reminded of at once opens.
    let told =
        if fresh.contains(&OPENED) && now.saturating_sub(window.opens_at) < 60_000 { OPENED } else { last };
    if told == OPENED {
        tell::due(tx, round, window.user_id, window, tell::Notice::Opened);
    } else if remind::lately(tx, round.id, window.user_id, now).await? {
        // They were just reminded by hand.
        return Ok(());
    } else {
        tell::due(tx, round, window.user_id, window, tell::Notice::Reminder(told));
    }
    round_notices::Entity::update_many()
        .col_expr(round_notices::Column::Told, Expr::value(true))
        .filter(round_notices::Column::RoundId.eq(round.id.0))
        .filter(round_notices::Column::UserId.eq(window.user_id.0))
        .filter(round_notices::Column::MinutesBefore.eq(told))
        .exec(tx.raw())
        .await?;
    Ok(())
}

async fn claim(tx: &Tx, round: &Round, user: UserId, minutes: i64, now: i64) -> Result<bool, StoreError> {
    let row = round_notices::ActiveModel {
        round_id: Set(round.id.0),
        user_id: Set(user.0),
        minutes_before: Set(minutes),
        at: Set(now),
        told: Set(false),
    };
    let key =
        [round_notices::Column::RoundId, round_notices::Column::UserId, round_notices::Column::MinutesBefore];
    let unless_there = OnConflict::columns(key).do_nothing().to_owned();
    let made =
        round_notices::Entity::insert(row).on_conflict(unless_there).exec_without_returning(tx.raw()).await?;
    Ok(made == 1)
}

/// Keeps when the round closes by the windows of now; answers it.
pub(super) async fn settle_closing(tx: &Tx, round: &Round) -> Result<i64, StoreError> {
    let windows: Vec<Window> = members(tx, round.id)
        .await?
        .iter()
        .map(|window| Window { opens_at: window.opens_at, due_at: window.due_at, out: window.is_out() })
        .collect();
    let at = closes_at(&windows).unwrap_or(round.closes_at);
    if at != round.closes_at {
        rounds::Entity::update_many()
            .col_expr(rounds::Column::ClosesAt, Expr::value(at))
            .filter(rounds::Column::Id.eq(round.id.0))
            .exec(tx.raw())
            .await?;
    }
    Ok(at)
}
