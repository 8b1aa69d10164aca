//! Reading an inbox: newest first, by key, only what the person may see now.

use std::collections::{HashMap, HashSet};

use meridian_domain::enums::{NotificationKind, SendState};
use meridian_domain::ids::{CommentId, MailId, NotificationId, RoundId, UpdateId, UserId, WorkspaceId};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entity::notifications::{self, Column};
use crate::entity::{mails, notification_items, rounds, updates};
use crate::repo::several;
use crate::repo::visibility;
use crate::{Conn, StoreError, Tx};

/// One thing that happened in a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Why the person is told.
    pub kind: NotificationKind,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// With which comment.
    pub comment_id: Option<CommentId>,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// An entry of an inbox: one thread. Instants are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct Notification {
    pub id: NotificationId,
    pub workspace_id: WorkspaceId,
    pub kind: NotificationKind,
    pub update_id: Option<UpdateId>,
    pub round_id: Option<RoundId>,
    pub last_at: i64,
    pub read_at: Option<i64>,
    /// What is still there, newest first.
    pub items: Vec<Item>,
}

/// A position: when it last grew, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key(pub i64, pub Uuid);

impl Key {
    /// The position of an entry.
    pub fn of(entry: &Notification) -> Self {
        Self(entry.last_at, entry.id.0)
    }
}

/// Which entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Of this workspace.
    pub workspace: Option<WorkspaceId>,
    /// Not read.
    pub unread: bool,
    /// Also those that the person wants by mail only.
    pub hidden: bool,
}

/// Entries that hold something that the person may see now.
fn visible(user: UserId, wanted: Wanted) -> Condition {
    let update = Query::select()
        .expr(Expr::val(1))
        .from(updates::Entity)
        .and_where(Expr::cust("updates.id = notifications.update_id"))
        .and_where(visibility::sees_update(user))
        .to_owned();
    let round = Query::select()
        .expr(Expr::val(1))
        .from(rounds::Entity)
        .and_where(Expr::cust("rounds.id = notifications.round_id"))
        .and_where(visibility::in_audience("rounds.audience_id", user))
        .to_owned();
    let round = Condition::any().add(Column::RoundId.is_null()).add(Expr::exists(round));
    let there: SimpleExpr = Expr::cust(
        "EXISTS (SELECT 1 FROM notification_items i WHERE i.notification_id = notifications.id AND \
         (i.comment_id IS NULL OR EXISTS (SELECT 1 FROM comments c WHERE c.id = i.comment_id \
          AND c.deleted_at IS NULL)))",
    );
    let member: SimpleExpr = Expr::cust_with_values(
        "EXISTS (SELECT 1 FROM members m JOIN workspaces w ON w.id = m.workspace_id AND w.deleted_at IS NULL \
         WHERE m.workspace_id = notifications.workspace_id AND m.user_id = ?)",
        [user.0],
    );
    let mut all = Condition::all()
        .add(Column::UserId.eq(user.0))
        .add(member)
        .add(Condition::any().add(Column::UpdateId.is_null()).add(Expr::exists(update)))
        .add(Condition::any().add(Column::UpdateId.is_not_null()).add(round))
        .add(there);
    if !wanted.hidden {
        all = all.add(Column::Inbox.eq(true));
    }
    if let Some(workspace) = wanted.workspace {
        all = all.add(Column::WorkspaceId.eq(workspace.0));
    }
    if wanted.unread {
        all = all.add(Column::ReadAt.is_null());
    }
    all
}

/// A page of somebody's inbox.
pub async fn list(
    conn: &impl Conn,
    user: UserId,
    wanted: Wanted,
    after: Option<Key>,
    limit: u64,
) -> Result<Vec<Notification>, StoreError> {
    let mut select = notifications::Entity::find()
        .filter(visible(user, wanted))
        .order_by_desc(Column::LastAt)
        .order_by_desc(Column::Id)
        .limit(limit);
    if let Some(Key(at, id)) = after {
        let same = Expr::col(Column::LastAt).eq(at).and(Expr::col(Column::Id).lt(id));
        select = select.filter(Expr::col(Column::LastAt).lt(at).or(same));
    }
    complete(conn, select.all(conn.raw()).await?, None).await
}

/// What a mail about a thread tells of: its part of an entry that is not read and still may be seen.
pub async fn for_mail(
    conn: &impl Conn,
    user: UserId,
    id: NotificationId,
    mail: MailId,
) -> Result<Option<Notification>, StoreError> {
    let wanted = Wanted { workspace: None, unread: true, hidden: true };
    let found = notifications::Entity::find_by_id(id.0).filter(visible(user, wanted)).all(conn.raw()).await?;
    let entry = complete(conn, found, Some(mail)).await?.pop();
    Ok(entry.filter(|entry| !entry.items.is_empty()))
}

/// Entries with something, but asks, that came after an instant (milliseconds since 1970) and that no mail tells of, nor is
/// about to.
pub async fn not_mailed(
    conn: &impl Conn,
    user: UserId,
    after: i64,
) -> Result<HashSet<NotificationId>, StoreError> {
    use notification_items::Column;
    let rows = notification_items::Entity::find()
        .filter(Column::UserId.eq(user.0))
        .filter(Column::At.gt(after))
        .filter(Column::MailId.is_null())
        .filter(Column::Kind.ne(NotificationKind::Ask.as_str()))
        .all(conn.raw())
        .await?;
    let about = mails_under_way(conn, user).await?;
    Ok(rows.into_iter().map(|row| row.notification_id.into()).filter(|id| !about.contains(id)).collect())
}

/// What the mails that wait for somebody, or are being sent, are about.
async fn mails_under_way(conn: &impl Conn, user: UserId) -> Result<HashSet<NotificationId>, StoreError> {
    use mails::Column;
    let states = [SendState::Queued, SendState::Sending].map(SendState::as_str);
    let about: Vec<Option<Uuid>> = mails::Entity::find()
        .select_only()
        .column(Column::NotificationId)
        .filter(Column::UserId.eq(user.0))
        .filter(Column::State.is_in(states))
        .into_tuple()
        .all(conn.raw())
        .await?;
    Ok(about.into_iter().flatten().map(Into::into).collect())
}

async fn complete(
    conn: &impl Conn,
    rows: Vec<notifications::Model>,
    mail: Option<MailId>,
) -> Result<Vec<Notification>, StoreError> {
    let mut items = items(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>(), mail).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Notification {
                id: row.id.into(),
                workspace_id: row.workspace_id.into(),
                kind: row.kind.parse()?,
                update_id: row.update_id.map(Into::into),
                round_id: row.round_id.map(Into::into),
                last_at: row.last_at,
                read_at: row.read_at,
                items: items.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

async fn items(
    conn: &impl Conn,
    of: &[Uuid],
    mail: Option<MailId>,
) -> Result<HashMap<Uuid, Vec<Item>>, StoreError> {
    use notification_items::Column;
    let mut select = notification_items::Entity::find();
    if let Some(mail) = mail {
        select = select.filter(Column::MailId.eq(mail.0));
    }
    let rows = select
        .filter(Column::NotificationId.is_in(several(of.iter().copied())))
        .filter(Expr::cust(
            "comment_id IS NULL OR EXISTS (SELECT 1 FROM comments c \
             WHERE c.id = notification_items.comment_id AND c.deleted_at IS NULL)",
        ))
        .order_by_desc(Column::At)
        .order_by_desc(Column::DedupeKey)
        .all(conn.raw())
        .await?;
    let mut all: HashMap<Uuid, Vec<Item>> = HashMap::new();
    for row in rows {
        all.entry(row.notification_id).or_default().push(Item {
            kind: row.kind.parse()?,
            actor_id: row.actor_id.map(Into::into),
            comment_id: row.comment_id.map(Into::into),
            at: row.at,
        });
    }
    Ok(all)
}

/// How many entries wait.
pub async fn unread(
    conn: &impl Conn,
    user: UserId,
    workspace: Option<WorkspaceId>,
) -> Result<u64, StoreError> {
    let wanted = Wanted { workspace, unread: true, hidden: false };
    Ok(notifications::Entity::find().filter(visible(user, wanted)).count(conn.raw()).await?)
}

/// Which entries to mark.
#[derive(Clone, Debug)]
pub enum Which {
    /// These.
    These(Vec<NotificationId>),
    /// Those about an update.
    About(UpdateId),
    /// Those of a thread.
    Thread(String),
    /// All that were there at an instant (milliseconds since 1970), of one workspace or of all.
    Until(i64, Option<WorkspaceId>),
}

impl Which {
    fn condition(&self) -> Condition {
        match self {
            Self::These(ids) => Condition::all().add(Column::Id.is_in(several(ids.iter().map(|id| id.0)))),
            Self::About(update) => Condition::all().add(Column::UpdateId.eq(update.0)),
            Self::Thread(key) => Condition::all().add(Column::ThreadKey.eq(key.as_str())),
            Self::Until(at, workspace) => Condition::all()
                .add(Column::LastAt.lte(*at))
                .add_option(workspace.map(|id| Column::WorkspaceId.eq(id.0))),
        }
    }
}

/// Marks some of somebody's entries as read; says how many were not.
pub async fn mark_read(tx: &Tx, user: UserId, which: &Which) -> Result<u64, StoreError> {
    let done = notifications::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(tx.clock().now_ms()))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::ReadAt.is_null())
        .filter(which.condition())
        .exec(tx.raw())
        .await?;
    Ok(done.rows_affected)
}
