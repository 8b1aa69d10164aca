//! Reminding by hand: those who are missing are asked once more. Nobody is who is not waited for, who is away, has a
//! day off or quiet hours, and nobody twice within an hour.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use meridian_domain::enums::{NotificationKind, PassedOver};
use meridian_domain::ids::{RoundId, UserId};
use meridian_domain::notify::{Calendar, NotifySettings, mail_at};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::step::OPENED;
use super::{Round, RoundMember, away, members, tell};
use crate::entity::round_notices::{self, Column};
use crate::repo::users::User;
use crate::repo::{notifications, users};
use crate::{Conn, StoreError, Tx};

/// A person's last reminder by hand, in the table of notices.
const BY_HAND: i64 = -2;
/// Within this time nobody is reminded of the same window again.
const AGAIN_MS: i64 = 3_600_000;
/// So long the opening itself is as good as a reminder.
const OPENING_MS: i64 = 15 * 60_000;

/// Somebody who was to be reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminded {
    /// Who.
    pub user_id: UserId,
    /// Why they were not; `None`: they were.
    pub passed_over: Option<PassedOver>,
    /// From when on they may be, where that is known; in milliseconds since 1970.
    pub again_at: Option<i64>,
}

/// Reminds those of some people who are waited for now; `whom` `None`: everybody but `by` who has not answered and is
/// expected. Who is not in the round is left out of the answer.
pub async fn remind(
    tx: &Tx,
    round: &Round,
    by: UserId,
    whom: Option<&[UserId]>,
) -> Result<Vec<Reminded>, StoreError> {
    let now = tx.clock().now();
    let answered = super::answers::first_answers(tx, round.id).await?;
    let missing =
        |one: &RoundMember| one.user_id != by && !one.is_out() && !answered.contains_key(&one.user_id);
    let mut windows = members(tx, round.id).await?;
    windows.retain(|one| whom.map_or_else(|| missing(one), |these| these.contains(&one.user_id)));
    let ids: Vec<UserId> = windows.iter().map(|one| one.user_id).collect();
    let people: HashMap<UserId, User> =
        users::by_ids(tx, &ids).await?.into_iter().map(|user| (user.id, user)).collect();
    let mut wishes = notifications::settings_of(tx, &ids).await?;
    let told = reminded(tx, round.id).await?;
    let away = away_now(tx, people.values(), now).await?;
    let mut all = Vec::new();
    for window in windows {
        let id = window.user_id;
        let settled = answered.contains_key(&id).then_some((PassedOver::Answered, None));
        let mut passed = settled.or_else(|| by_window(&window, told.get(&id).copied(), now.as_millisecond()));
        if passed.is_none() {
            passed = match people.get(&id) {
                Some(user) => {
                    by_person(user, &wishes.remove(&id).unwrap_or_default(), away.contains(&id), now)
                }
                None => Some((PassedOver::Unwanted, None)),
            };
        }
        if passed.is_none() {
            note(tx, round, id, now.as_millisecond()).await?;
            tell::due(tx, round, id, &window, tell::Notice::ByHand(by));
        }
        let (passed_over, again_at) = passed.unzip();
        all.push(Reminded { user_id: id, passed_over, again_at: again_at.flatten() });
    }
    Ok(all)
}

type Passed = Option<(PassedOver, Option<i64>)>;

/// What the window and the last reminder (`told`) say against one.
fn by_window(window: &RoundMember, told: Option<i64>, now: i64) -> Passed {
    let after_reminder = told.map(|at| at.saturating_add(AGAIN_MS));
    let after_opening = window.opened_at.map(|at| at.saturating_add(OPENING_MS));
    let again = after_reminder.max(after_opening).filter(|at| *at > now);
    if window.excused_at.is_some() {
        Some((PassedOver::Excused, None))
    } else if window.away {
        Some((PassedOver::Away, None))
    } else if window.opens_at > now {
        Some((PassedOver::NotOpen, Some(window.opens_at)))
    } else if window.due_at <= now {
        Some((PassedOver::Ended, None))
    } else {
        again.map(|at| (PassedOver::Recent, Some(at)))
    }
}

/// What the person's day and wishes say against it.
fn by_person(user: &User, wishes: &NotifySettings, is_away: bool, now: Timestamp) -> Passed {
    let ways = wishes.ways(NotificationKind::Round);
    if user.disabled_at.is_some() || !(ways.inbox || ways.email) {
        return Some((PassedOver::Unwanted, None));
    }
    if is_away {
        return Some((PassedOver::Away, None));
    }
    let from = mail_at(now, &calendar(user), wishes, false);
    (from > now).then_some((PassedOver::Quiet, Some(from.as_millisecond())))
}

fn calendar(user: &User) -> Calendar {
    Calendar::new(&user.time_zone, user.working_hours.days.clone())
}

/// Who of these is away today, each by their own zone's date: at one instant there are three of them at most.
async fn away_now(
    conn: &impl Conn,
    people: impl Iterator<Item = &User>,
    now: Timestamp,
) -> Result<HashSet<UserId>, StoreError> {
    let mut by_date: HashMap<Date, Vec<UserId>> = HashMap::new();
    for user in people {
        by_date.entry(now.to_zoned(calendar(user).zone).date()).or_default().push(user.id);
    }
    let mut all = HashSet::new();
    for (date, ids) in by_date {
        all.extend(away::away_on(conn, &ids, date).await?);
    }
    Ok(all)
}

async fn note(tx: &Tx, round: &Round, user: UserId, now: i64) -> Result<(), StoreError> {
    let row = round_notices::ActiveModel {
        round_id: Set(round.id.0),
        user_id: Set(user.0),
        minutes_before: Set(BY_HAND),
        at: Set(now),
        told: Set(true),
    };
    let again = OnConflict::columns([Column::RoundId, Column::UserId, Column::MinutesBefore])
        .update_column(Column::At)
        .to_owned();
    round_notices::Entity::insert(row).on_conflict(again).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// When each was last reminded of a round, by the clock or by hand; in milliseconds since 1970.
pub async fn reminded(conn: &impl Conn, round: RoundId) -> Result<HashMap<UserId, i64>, StoreError> {
    let rows = round_notices::Entity::find()
        .filter(Column::RoundId.eq(round.0))
        .filter(Column::Told.eq(true))
        .filter(Column::MinutesBefore.ne(OPENED))
        .all(conn.raw())
        .await?;
    let mut last: HashMap<UserId, i64> = HashMap::new();
    for row in rows {
        let at = last.entry(row.user_id.into()).or_insert(row.at);
        *at = row.at.max(*at);
    }
    Ok(last)
}

/// Whether somebody was reminded by hand within the hour.
pub(super) async fn lately(
    conn: &impl Conn,
    round: RoundId,
    user: UserId,
    now: i64,
) -> Result<bool, StoreError> {
    let found = round_notices::Entity::find_by_id((round.0, user.0, BY_HAND)).one(conn.raw()).await?;
    Ok(found.is_some_and(|row| row.at.saturating_add(AGAIN_MS) > now))
}
