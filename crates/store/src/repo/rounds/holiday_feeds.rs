//! Calendars that tell of people's holidays: which are to be read again, and what was in them.

use jiff::SignedDuration;
use jiff::civil::Date;
use meridian_domain::ids::UserId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::away::put_of_feed;
use crate::entity::holiday_feeds::{self, Column};
use crate::{Conn, Store, StoreError, Tx};

/// How often a calendar is read.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// When it is tried again after it could not be read.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Somebody's calendar of holidays. Instants are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayFeed {
    /// Whose.
    pub user_id: UserId,
    /// Where it is.
    pub url: String,
    /// When it was read last.
    pub read_at: Option<i64>,
    /// Why the last try failed.
    pub error: Option<String>,
}

fn from_row(row: holiday_feeds::Model) -> HolidayFeed {
    HolidayFeed { user_id: row.user_id.into(), url: row.url, read_at: row.read_at, error: row.error }
}

/// Somebody's calendar.
pub async fn find(conn: &impl Conn, user: UserId) -> Result<Option<HolidayFeed>, StoreError> {
    Ok(holiday_feeds::Entity::find_by_id(user.0).one(conn.raw()).await?.map(from_row))
}

/// Sets or takes away somebody's calendar; a new one is read at once, and what the old one said goes.
pub async fn put(tx: &Tx, user: UserId, url: Option<&str>) -> Result<(), StoreError> {
    let before = find(tx, user).await?;
    if before.as_ref().map(|feed| feed.url.as_str()) == url {
        return Ok(());
    }
    put_of_feed(tx, user, &[]).await?;
    holiday_feeds::Entity::delete_by_id(user.0).exec(tx.raw()).await?;
    let Some(url) = url else { return Ok(()) };
    let row = holiday_feeds::ActiveModel {
        user_id: Set(user.0),
        url: Set(url.to_owned()),
        next_at: Set(0),
        read_at: Set(None),
        error: Set(None),
    };
    let once = OnConflict::column(Column::UserId).do_nothing().to_owned();
    holiday_feeds::Entity::insert(row).on_conflict(once).exec_without_returning(tx.raw()).await?;
    Ok(())
}

/// Claims the calendar that is due longest, by setting when it is tried again: of several servers one reads it.
pub async fn claim(store: &Store) -> Result<Option<HolidayFeed>, StoreError> {
    let now = store.clock().now_ms();
    let due = holiday_feeds::Entity::find().filter(Column::NextAt.lte(now)).order_by_asc(Column::NextAt);
    let Some(row) = due.one(store.reader().raw()).await? else { return Ok(None) };
    let tx = store.write().await?;
    let taken = holiday_feeds::Entity::update_many()
        .col_expr(Column::NextAt, Expr::value(now.saturating_add(ms(AGAIN))))
        .filter(Column::UserId.eq(row.user_id))
        .filter(Column::NextAt.eq(row.next_at))
        .exec(tx.raw())
        .await?;
    tx.commit().await?;
    Ok((taken.rows_affected == 1).then(|| from_row(row)))
}

/// Keeps what was in a calendar, or why it could not be read: then the last days stay. Nothing once it is another one.
pub async fn settle(tx: &Tx, feed: &HolidayFeed, read: Result<&[Date], &str>) -> Result<(), StoreError> {
    let now = tx.clock().now_ms();
    let mut update = holiday_feeds::Entity::update_many().col_expr(Column::Error, Expr::value(read.err()));
    if read.is_ok() {
        update = update
            .col_expr(Column::ReadAt, Expr::value(now))
            .col_expr(Column::NextAt, Expr::value(now.saturating_add(ms(EVERY))));
    }
    let same = update.filter(Column::UserId.eq(feed.user_id.0)).filter(Column::Url.eq(feed.url.as_str()));
    let changed = same.exec(tx.raw()).await?;
    match read {
        Ok(dates) if changed.rows_affected == 1 => put_of_feed(tx, feed.user_id, dates).await,
        _ => Ok(()),
    }
}

fn ms(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
