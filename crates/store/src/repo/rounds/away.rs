//! Days away: one range of dates a person, and holidays one by one.

use std::collections::HashSet;

use jiff::civil::Date;
use meridian_domain::ids::UserId;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::absences::{self, Column};
use crate::repo::check_ins::{Changed, look_again};
use crate::repo::jobs;
use crate::repo::several;
use crate::{Conn, StoreError, Tx};

const AWAY: &str = "away";
const HOLIDAY: &str = "holiday";
const OF_FEED: &str = "feed";

/// Days on which somebody is not expected; both ends count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What it is.
    pub kind: AbsenceKind,
}

/// Where a day away comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsenceKind {
    /// The range.
    Away,
    /// A holiday that the person named.
    Named,
    /// A holiday out of their calendar.
    OfFeed,
}

/// Somebody's days away, in order.
pub async fn absences(conn: &impl Conn, user: UserId) -> Result<Vec<Absence>, StoreError> {
    let rows = absences::Entity::find()
        .filter(Column::UserId.eq(user.0))
        .order_by_asc(Column::FromOn)
        .all(conn.raw())
        .await?;
    rows.into_iter()
        .map(|row| {
            let kind = match row.kind.as_str() {
                HOLIDAY => AbsenceKind::Named,
                OF_FEED => AbsenceKind::OfFeed,
                _ => AbsenceKind::Away,
            };
            Ok(Absence { from: row.from_on.parse()?, to: row.to_on.parse()?, kind })
        })
        .collect()
}

/// Sets the range in which somebody is away; `None` takes it away.
pub async fn put_away(tx: &Tx, user: UserId, range: Option<(Date, Date)>) -> Result<(), StoreError> {
    replace(tx, user, AWAY, range.into_iter().collect()).await
}

/// Replaces somebody's holidays.
pub async fn put_holidays(tx: &Tx, user: UserId, dates: &[Date]) -> Result<(), StoreError> {
    replace(tx, user, HOLIDAY, dates.iter().map(|date| (*date, *date)).collect()).await
}

/// Replaces the holidays out of somebody's calendar.
pub(super) async fn put_of_feed(tx: &Tx, user: UserId, dates: &[Date]) -> Result<(), StoreError> {
    replace(tx, user, OF_FEED, dates.iter().map(|date| (*date, *date)).collect()).await
}

async fn replace(tx: &Tx, user: UserId, kind: &str, ranges: Vec<(Date, Date)>) -> Result<(), StoreError> {
    absences::Entity::delete_many()
        .filter(Column::UserId.eq(user.0))
        .filter(Column::Kind.eq(kind))
        .exec(tx.raw())
        .await?;
    let rows: Vec<absences::ActiveModel> = ranges
        .into_iter()
        .map(|(from, to)| absences::ActiveModel {
            user_id: Set(user.0),
            kind: Set(kind.to_owned()),
            from_on: Set(from.to_string()),
            to_on: Set(to.to_string()),
        })
        .collect();
    if !rows.is_empty() {
        absences::Entity::insert_many(rows).exec_without_returning(tx.raw()).await?;
    }
    mark(tx, user).await?;
    look_again(tx, Changed::Person(user)).await
}

/// Brings the windows of open rounds in line at once; the scheduler does the rest.
async fn mark(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    let sql = "UPDATE round_members SET away = (EXISTS (SELECT 1 FROM absences a JOIN rounds r \
          ON r.id = round_members.round_id WHERE a.user_id = round_members.user_id \
          AND a.from_on <= r.held_on AND r.held_on <= a.to_on)) \
        WHERE user_id = ? AND round_id IN (SELECT r.id FROM rounds r WHERE r.state = 'open')";
    jobs::execute(tx, sql, [user.0.into()]).await?;
    Ok(())
}

/// Those of some people who are away on a date.
pub(super) async fn away_on(
    conn: &impl Conn,
    people: &[UserId],
    date: Date,
) -> Result<HashSet<UserId>, StoreError> {
    // Dates are kept as 2026-11-18, so that their order as texts is theirs in time.
    let rows = absences::Entity::find()
        .filter(Column::UserId.is_in(several(people.iter().map(|user| user.0))))
        .filter(Column::FromOn.lte(date.to_string()))
        .filter(Column::ToOn.gte(date.to_string()))
        .all(conn.raw())
        .await?;
    Ok(rows.into_iter().map(|row| row.user_id.into()).collect())
}
