//! The scheduler: makes rounds, opens and reminds and closes. Each check-in is looked at in one transaction that holds
//! the write lock from its start, begins by reading whether there still is something to do, and commits the rows
//! with the events; so everything happens once, however many servers do this, and whatever ends them.
//!
//! After an outage every missed date gets its round, but nobody is told of a window that has ended, and of several
//! missed reminders one is sent.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use meridian_domain::enums::{EventKind, RoundState};
use meridian_domain::ids::{CheckInId, RoundId};
use meridian_domain::rounds;
use meridian_domain::schedule::Rule;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Round, step, tell};
use crate::entity::{check_ins, round_members, rounds as table};
use crate::repo::check_ins::{CheckIn, Member, expected, find_any};
use crate::{Conn, Store, StoreError, Tx, json};

/// How many check-ins are looked at before the caller may be told to stop.
const BATCH: u64 = 100;
/// Rounds that were missed longer ago than this are not made up.
const MADE_UP: SignedDuration = SignedDuration::from_hours(35 * 24);
/// A check-in is looked at this often at least.
const LOOK_EVERY_MS: i64 = 6 * 3_600_000;

/// Does what is due; answers how many check-ins were looked at. Any number of servers may call it.
pub async fn run_due(store: &Store) -> Result<usize, StoreError> {
    let due: Vec<check_ins::Model> = check_ins::Entity::find()
        .filter(check_ins::Column::NextAt.lte(store.clock().now_ms()))
        .filter(check_ins::Column::DeletedAt.is_null())
        .order_by_asc(check_ins::Column::NextAt)
        .limit(BATCH)
        .all(store.reader().raw())
        .await?;
    for row in &due {
        let tx = store.write().await?;
        advance(&tx, row.id.into()).await?;
        tx.commit().await?;
    }
    Ok(due.len())
}

async fn advance(tx: &Tx, id: CheckInId) -> Result<(), StoreError> {
    let now = tx.clock().now();
    let now_ms = now.as_millisecond();
    let Some(check_in) = find_any(tx, id).await?.filter(|found| found.next_at <= now_ms) else {
        return Ok(());
    };
    let Ok(rule) = check_in.schedule.rule(check_in.made_on) else {
        tracing::error!(check_in = %id, "a schedule that was kept cannot be read");
        return look_at(tx, id, now_ms, now_ms.saturating_add(LOOK_EVERY_MS)).await;
    };
    let people = expected(tx, &check_in).await?;
    for date in missed(&check_in, &rule, &people, now)? {
        make(tx, &check_in, &rule, &people, date, now_ms).await?;
    }
    let mut next = now_ms.saturating_add(LOOK_EVERY_MS);
    for round in super::of_check_in(tx, id, Some(RoundState::Open)).await? {
        if let Some(at) = step::step(tx, &check_in, &rule, &round, now_ms).await? {
            next = next.min(at);
        }
    }
    for member in &people {
        if let Some(first) = rule.after(&member.zone, now).next() {
            next = next.min(first.opens_at.as_millisecond());
        }
    }
    look_at(tx, id, now_ms, next.max(now_ms.saturating_add(1))).await
}

async fn look_at(tx: &Tx, id: CheckInId, checked: i64, next: i64) -> Result<(), StoreError> {
    check_ins::Entity::update_many()
        .col_expr(check_ins::Column::CheckedAt, Expr::value(checked))
        .col_expr(check_ins::Column::NextAt, Expr::value(next))
        .filter(check_ins::Column::Id.eq(id.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// Dates whose first window opened since the last look, oldest first.
fn missed(
    check_in: &CheckIn,
    rule: &Rule,
    people: &[Member],
    now: Timestamp,
) -> Result<Vec<Date>, StoreError> {
    let since = json::instant(check_in.checked_at.max(check_in.floor_at))?;
    let since = since.max(now.checked_sub(MADE_UP)?);
    let mut dates: Vec<Date> = people
        .iter()
        .flat_map(|member| rule.after(&member.zone, since).take_while(|found| found.opens_at <= now))
        .map(|found| found.date)
        .collect();
    dates.sort_unstable();
    dates.dedup();
    Ok(dates)
}

/// Makes the round of a date, unless there is one, with everybody's window.
async fn make(
    tx: &Tx,
    check_in: &CheckIn,
    rule: &Rule,
    people: &[Member],
    date: Date,
    now_ms: i64,
) -> Result<(), StoreError> {
    let windows: Vec<(&Member, i64)> = people
        .iter()
        .filter_map(|member| Some((member, rule.opens_at(date, &member.zone)?.as_millisecond())))
        .filter(|(_, opens_at)| *opens_at > check_in.floor_at)
        .collect();
    insert(tx, check_in, &windows, date, now_ms).await?;
    Ok(())
}

/// Opens a date's round now, for everybody who is expected; the date's own opening then does nothing more. `None`: the
/// date has a round, or nobody is expected.
pub async fn open_now(tx: &Tx, check_in: &CheckIn, date: Date) -> Result<Option<Round>, StoreError> {
    let now = tx.clock().now_ms();
    let people = expected(tx, check_in).await?;
    let windows: Vec<(&Member, i64)> = people.iter().map(|member| (member, now)).collect();
    let Some(round) = insert(tx, check_in, &windows, date, now).await? else { return Ok(None) };
    if let Ok(rule) = check_in.schedule.rule(check_in.made_on) {
        step::step(tx, check_in, &rule, &round, now).await?;
    }
    // The scheduler reminds and closes.
    look_at(tx, check_in.id, check_in.checked_at, 0).await?;
    super::find_any(tx, round.id).await
}

/// A round with windows that open at these instants; `None`: the date has one, or there are no windows.
async fn insert(
    tx: &Tx,
    check_in: &CheckIn,
    windows: &[(&Member, i64)],
    date: Date,
    now_ms: i64,
) -> Result<Option<Round>, StoreError> {
    let closes_at = windows.iter().map(|(_, at)| rounds::due_at(*at, check_in.open_for_minutes)).max();
    let (Some(first), Some(closes_at)) = (windows.iter().map(|(_, at)| *at).min(), closes_at) else {
        return Ok(None);
    };
    let row = table::Model {
        id: RoundId::new(tx.clock()).0,
        check_in_id: check_in.id.0,
        workspace_id: check_in.workspace_id.0,
        team_id: check_in.team_id.0,
        audience_id: check_in.audience_id.0,
        held_on: date.to_string(),
        state: RoundState::Open.as_str().to_owned(),
        name: check_in.name.clone(),
        prompts: json::write("rounds.prompts", &check_in.prompts)?,
        replaces_meeting_minutes: check_in.replaces_meeting_minutes,
        opened_at: first.min(now_ms),
        closes_at,
        closed_at: None,
    };
    let active: table::ActiveModel = row.clone().into();
    let unless_there =
        OnConflict::columns([table::Column::CheckInId, table::Column::HeldOn]).do_nothing().to_owned();
    let made =
        table::Entity::insert(active).on_conflict(unless_there).exec_without_returning(tx.raw()).await?;
    if made == 0 {
        return Ok(None);
    }
    let rows = windows.iter().map(|(member, opens_at)| round_members::ActiveModel {
        round_id: Set(row.id),
        user_id: Set(member.user_id.0),
        opens_at: Set(*opens_at),
        due_at: Set(rounds::due_at(*opens_at, check_in.open_for_minutes)),
        opened_at: Set(None),
        excused_at: Set(None),
        away: Set(false),
    });
    round_members::Entity::insert_many(rows).exec_without_returning(tx.raw()).await?;
    let round: Round = super::from_row(row)?;
    tell::round(tx, EventKind::RoundOpened, &round);
    Ok(Some(round))
}
