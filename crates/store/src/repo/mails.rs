//! The outbox of mail. A mail is a row before it is sent: one a person, local date and kind (digest), or one a thread
//! and bundle. It is claimed under a lease before it is sent, so that a crash in between sends it again under the same
//! Message-ID. What it says is read when it is sent, with the receiver's rights of that moment.

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::Date;
use meridian_domain::enums::{MailKind, SendState};
use meridian_domain::ids::{MailId, NotificationId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::jobs::{database_now_ms, execute};
use super::leases::{self, Ended};
use crate::entity::mails::{self, Column};
use crate::{Conn, Store, StoreError, Tx};

/// A mail as read. Instants are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Mail {
    pub id: MailId,
    pub user_id: UserId,
    pub kind: MailKind,
    /// The Message-ID's part before the `@`.
    pub message_id: String,
    pub notification_id: Option<NotificationId>,
    pub urgent: bool,
    pub from_at: Option<i64>,
    pub until_at: Option<i64>,
    pub state: SendState,
    /// How often it was claimed.
    pub attempt: i64,
    pub last_error: Option<String>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

fn from_row(row: mails::Model) -> Result<Mail, StoreError> {
    Ok(Mail {
        id: row.id.into(),
        user_id: row.user_id.into(),
        kind: row.kind.parse()?,
        message_id: row.message_id,
        notification_id: row.notification_id.map(Into::into),
        urgent: row.urgent,
        from_at: row.from_at,
        until_at: row.until_at,
        state: row.state.parse()?,
        attempt: row.attempt,
        last_error: row.last_error,
        created_at: row.created_at,
        finished_at: row.finished_at,
    })
}

fn blank(id: MailId, user: UserId, kind: MailKind, dedupe_key: String, now: i64) -> mails::ActiveModel {
    mails::ActiveModel {
        id: Set(id.0),
        user_id: Set(user.0),
        kind: Set(kind.as_str().to_owned()),
        dedupe_key: Set(dedupe_key),
        message_id: Set(format!("{kind}.{id}")),
        notification_id: Set(None),
        urgent: Set(false),
        local_date: Set(None),
        from_at: Set(None),
        until_at: Set(None),
        state: Set(SendState::Queued.as_str().to_owned()),
        attempt: Set(0),
        run_at: Set(now),
        lease_until: Set(None),
        last_error: Set(None),
        created_at: Set(now),
        finished_at: Set(None),
    }
}

/// Plans mail about an entry of an inbox, unless one waits that will tell of it too.
pub(crate) async fn plan_about(
    tx: &Tx,
    user: UserId,
    kind: MailKind,
    about: NotificationId,
    because: &str,
    urgent: bool,
    run_at: Timestamp,
) -> Result<(), StoreError> {
    let waiting = mails::Entity::find()
        .filter(Column::NotificationId.eq(about.0))
        .filter(Column::State.eq(SendState::Queued.as_str()))
        .filter(Column::Attempt.eq(0))
        .filter(Column::Urgent.eq(urgent))
        .one(tx.raw())
        .await?;
    if waiting.is_some() {
        return Ok(());
    }
    let key = format!("{kind}/{about}/{because}");
    let row = mails::ActiveModel {
        notification_id: Set(Some(about.0)),
        urgent: Set(urgent),
        run_at: Set(run_at.as_millisecond()),
        ..blank(MailId::new(tx.clock()), user, kind, key, tx.clock().now_ms())
    };
    insert(tx, row).await.map(|_| ())
}

async fn insert(tx: &Tx, row: mails::ActiveModel) -> Result<bool, StoreError> {
    let once = OnConflict::column(Column::DedupeKey).do_nothing().to_owned();
    Ok(mails::Entity::insert(row).on_conflict(once).exec_without_returning(tx.raw()).await? == 1)
}

fn digest_key(user: UserId, date: Date) -> String {
    format!("digest/{user}/{date}")
}

/// Whether the digest of somebody's local date has been decided on.
pub async fn digest_known(conn: &impl Conn, user: UserId, date: Date) -> Result<bool, StoreError> {
    let found = mails::Entity::find().filter(Column::DedupeKey.eq(digest_key(user, date)));
    Ok(found.one(conn.raw()).await?.is_some())
}

/// Claims the digest of somebody's local date; `false` when somebody has. It tells of what came since the last one, at
/// most `most_ms` back.
pub async fn plan_digest(tx: &Tx, user: UserId, date: Date, most_ms: i64) -> Result<bool, StoreError> {
    let now = tx.clock().now_ms();
    let last = mails::Entity::find()
        .filter(Column::UserId.eq(user.0))
        .filter(Column::Kind.eq(MailKind::Digest.as_str()))
        .order_by_desc(Column::UntilAt)
        .one(tx.raw())
        .await?;
    let since = now.saturating_sub(most_ms);
    let from = last.and_then(|row| row.until_at).map_or(since, |until| until.max(since));
    let row = mails::ActiveModel {
        message_id: Set(format!("digest.{date}.{user}")),
        local_date: Set(Some(date.to_string())),
        from_at: Set(Some(from)),
        until_at: Set(Some(now)),
        ..blank(MailId::new(tx.clock()), user, MailKind::Digest, digest_key(user, date), now)
    };
    insert(tx, row).await
}

/// Claims the next mail that is due, or whose sender was lost; a thread's mail takes with it what is not mailed yet.
pub async fn claim(store: &Store) -> Result<Option<Mail>, StoreError> {
    let reader = store.reader();
    let machine_ms = database_now_ms(reader).await?;
    let due = leases::due::<mails::Entity>(store.clock().now_ms(), machine_ms);
    let due = due.order_by_desc(Column::Urgent).order_by_asc(Column::RunAt);
    let Some(row) = due.one(reader.raw()).await? else { return Ok(None) };
    let tx = store.write().await?;
    if !leases::take::<mails::Entity>(&tx, row.id, &row.state, row.attempt, machine_ms).await? {
        tx.rollback().await?;
        return Ok(None);
    }
    if let Some(about) = row.notification_id {
        let sql = if row.urgent {
            "UPDATE notification_items SET mail_id = ? WHERE notification_id = ? AND mail_id IS NULL \
             AND kind IN ('urgent', 'backup')"
        } else {
            "UPDATE notification_items SET mail_id = ? WHERE notification_id = ? AND mail_id IS NULL"
        };
        execute(&tx, sql, [row.id.into(), about.into()]).await?;
    }
    let found = mails::Entity::find_by_id(row.id).one(tx.raw()).await?;
    tx.commit().await?;
    found.map(from_row).transpose()
}

/// How sending ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The mail server has it.
    Sent,
    /// There was nothing to say any more.
    Skipped,
    /// To be tried again at an instant.
    Retry(Timestamp, String),
    /// Given up.
    Dead(String),
}

/// Notes how sending ended; `false` when somebody else has claimed the mail since.
pub async fn settle(tx: &Tx, mail: &Mail, outcome: &Outcome) -> Result<bool, StoreError> {
    let (ended, error) = match outcome {
        Outcome::Sent => (Ended::In(SendState::Sent), None),
        Outcome::Skipped => (Ended::In(SendState::Skipped), None),
        Outcome::Retry(at, error) => (Ended::Again(*at), Some(error.as_str())),
        Outcome::Dead(error) => (Ended::In(SendState::Dead), Some(error.as_str())),
    };
    let more = mails::Entity::update_many().col_expr(Column::LastError, Expr::value(error));
    leases::settle(tx, mail.id.0, mail.attempt, &ended, more).await
}

/// Mails in a state, newest first: the dead-letter list.
pub async fn in_state(
    conn: &impl Conn,
    state: SendState,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Mail>, StoreError> {
    let rows = mails::Entity::find().filter(Column::State.eq(state.as_str()));
    let page = leases::newest_first(rows, after, limit).all(conn.raw()).await?;
    page.into_iter().map(from_row).collect()
}

/// Sends a given-up mail again; `false` when there is none.
pub async fn revive(tx: &Tx, id: MailId) -> Result<bool, StoreError> {
    let changed = mails::Entity::update_many()
        .col_expr(Column::State, Expr::value(SendState::Queued.as_str()))
        .col_expr(Column::RunAt, Expr::value(tx.clock().now_ms()))
        .col_expr(Column::FinishedAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id.0))
        .filter(Column::State.eq(SendState::Dead.as_str()))
        .exec(tx.raw())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Forgets settled mails from before an instant (milliseconds since 1970); the newest digest of a person stays, since
/// the next one begins where it ended.
pub async fn prune(tx: &Tx, before_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM mails WHERE finished_at < ? AND (kind <> 'digest' OR until_at < \
        (SELECT MAX(m.until_at) FROM mails m WHERE m.user_id = mails.user_id AND m.kind = 'digest'))";
    execute(tx, sql, [before_ms.into()]).await
}
