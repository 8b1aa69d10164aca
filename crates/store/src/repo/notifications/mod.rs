//! Inboxes: what concerns one person, bundled by thread. Every entry is asked for the right to see it when it is read.

mod backup;
mod consume;
mod list;
mod receivers;
mod rounds;
mod settings;
mod urgent;

pub use backup::{due_backups, plan_backup, tell_backup};
pub use consume::{KINDS, consume};
pub use list::{Item, Key, Notification, Wanted, Which, for_mail, list, mark_read, not_mailed, unread};
pub(crate) use rounds::answered;
pub use settings::{Kept, put_settings, settings, settings_of};
pub use urgent::{about_comment, about_update, may_be_urgent, urgent_wait_ms};

use jiff::SignedDuration;
use meridian_domain::enums::{EventKind, MailKind, NotificationKind};
use meridian_domain::ids::{CommentId, NotificationId, RoundId, UpdateId, UserId, WorkspaceId};
use meridian_domain::notify::{Calendar, NotifySettings, mail_at};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::{mails, users};
use crate::entity::{notification_items, notifications};
use crate::{Conn, NewEvent, StoreError, Tx};

/// How long mail about a thread waits for more of it.
const BUNDLE: SignedDuration = SignedDuration::from_mins(2);

/// Something that concerns one person.
#[derive(Clone, Debug)]
pub(crate) struct New {
    pub(crate) user: UserId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) kind: NotificationKind,
    /// What belongs together; one unread entry each.
    pub(crate) thread_key: String,
    /// The same thing is told once, whatever happens.
    pub(crate) dedupe_key: String,
    pub(crate) actor: Option<UserId>,
    pub(crate) update: Option<UpdateId>,
    pub(crate) comment: Option<CommentId>,
    pub(crate) round: Option<RoundId>,
}

/// Adds to an inbox, tells the person's open pages, and plans the mail, each as the person wishes. The caller has asked
/// whether the person may see it.
pub(crate) async fn add(tx: &Tx, new: &New) -> Result<(), StoreError> {
    let Some(user) = users::by_id(tx, new.user).await?.filter(|user| user.disabled_at.is_none()) else {
        return Ok(());
    };
    let settings = settings(tx, new.user).await?.settings;
    let ways = settings.ways(new.kind);
    let known = notification_items::Entity::find_by_id((new.user.0, new.dedupe_key.clone()));
    if !(ways.inbox || ways.email) || known.one(tx.raw()).await?.is_some() {
        return Ok(());
    }
    let id = bundle(tx, new, ways.inbox).await?;
    let item = notification_items::ActiveModel {
        user_id: Set(new.user.0),
        dedupe_key: Set(new.dedupe_key.clone()),
        notification_id: Set(id.0),
        kind: Set(new.kind.as_str().to_owned()),
        actor_id: Set(new.actor.map(|id| id.0)),
        comment_id: Set(new.comment.map(|id| id.0)),
        at: Set(tx.clock().now_ms()),
        mail_id: Set(None),
    };
    notification_items::Entity::insert(item).exec_without_returning(tx.raw()).await?;
    let calendar = Calendar::new(&user.time_zone, user.working_hours.days);
    if ways.email {
        plan_mail(tx, new, id, &calendar, &settings).await?;
    }
    if ways.inbox {
        tell(tx, new, id, &calendar, &settings);
    }
    Ok(())
}

/// The unread entry of the thread, or a new one.
async fn bundle(tx: &Tx, new: &New, inbox: bool) -> Result<NotificationId, StoreError> {
    use notifications::Column;
    let now = tx.clock().now_ms();
    let open = notifications::Entity::find()
        .filter(Column::UserId.eq(new.user.0))
        .filter(Column::ThreadKey.eq(new.thread_key.as_str()))
        .filter(Column::Inbox.eq(inbox))
        .filter(Column::ReadAt.is_null())
        .order_by_desc(Column::LastAt)
        .one(tx.raw())
        .await?;
    if let Some(row) = open {
        let kind = row.kind.parse::<NotificationKind>()?.max(new.kind);
        notifications::Entity::update_many()
            .col_expr(Column::Kind, Expr::value(kind.as_str()))
            .col_expr(Column::LastAt, Expr::value(now))
            .filter(Column::Id.eq(row.id))
            .exec(tx.raw())
            .await?;
        return Ok(row.id.into());
    }
    let id = NotificationId::new(tx.clock());
    let row = notifications::ActiveModel {
        id: Set(id.0),
        user_id: Set(new.user.0),
        workspace_id: Set(new.workspace.0),
        kind: Set(new.kind.as_str().to_owned()),
        thread_key: Set(new.thread_key.clone()),
        update_id: Set(new.update.map(|id| id.0)),
        comment_id: Set(new.comment.map(|id| id.0)),
        round_id: Set(new.round.map(|id| id.0)),
        inbox: Set(inbox),
        created_at: Set(now),
        last_at: Set(now),
        read_at: Set(None),
    };
    notifications::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    Ok(id)
}

/// Mail about a thread waits two minutes for more; a reminder and what is urgent do not. All but the urgent waits for
/// the end of the quiet hours.
async fn plan_mail(
    tx: &Tx,
    new: &New,
    id: NotificationId,
    calendar: &Calendar,
    settings: &NotifySettings,
) -> Result<(), StoreError> {
    let urgent = new.kind.presses();
    let reminds = new.kind == NotificationKind::Round;
    let now = tx.clock().now();
    let from = if urgent || reminds { now } else { now.checked_add(BUNDLE)? };
    let run_at = mail_at(from, calendar, settings, urgent);
    let kind = if reminds { MailKind::Round } else { MailKind::Thread };
    mails::plan_about(tx, new.user, kind, id, &new.dedupe_key, urgent, run_at).await
}

/// The event names the entry and nothing of its content: that is read with the right of that moment.
fn tell(tx: &Tx, new: &New, id: NotificationId, calendar: &Calendar, settings: &NotifySettings) {
    let now = tx.clock().now();
    let quiet = mail_at(now, calendar, settings, new.kind.presses()) > now;
    tx.event(NewEvent {
        kind: EventKind::NotificationCreated,
        workspace_id: new.workspace,
        audience_id: None,
        user_id: Some(new.user),
        update_id: None,
        data: json!({"id": id, "kind": new.kind, "quiet": quiet}),
    });
}
