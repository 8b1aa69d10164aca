//! The outbox: what happened, numbered, append only. It feeds event streams, notifications and webhooks.

use jiff::Timestamp;
use meridian_domain::enums::EventKind;
use meridian_domain::ids::{AudienceId, CommentId, UpdateId, UserId, WorkspaceId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value;

use crate::entity::events;
use crate::{Conn, StoreError, Tx, json};

/// An event to append.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// In which workspace.
    pub workspace_id: WorkspaceId,
    /// Who may see it; `None`: only `user_id`.
    pub audience_id: Option<AudienceId>,
    /// The one person it is for (a draft's author, a notification's receiver).
    pub user_id: Option<UserId>,
    /// Which update.
    pub update_id: Option<UpdateId>,
    /// The object's JSON.
    pub data: Value,
}

/// An event as read.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its number: grows, with gaps.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// In which workspace.
    pub workspace_id: WorkspaceId,
    /// Who may see it; `None`: only `user_id`.
    pub audience_id: Option<AudienceId>,
    /// The one person it is for.
    pub user_id: Option<UserId>,
    /// Which update.
    pub update_id: Option<UpdateId>,
    /// The object's JSON.
    pub data: Value,
}

/// Appends events; called by [`Tx::commit`] as its last statement.
pub(crate) async fn append(tx: &Tx, new: &[NewEvent]) -> Result<(), StoreError> {
    for event in new {
        let row = events::ActiveModel {
            seq: NotSet,
            kind: Set(event.kind.as_str().to_owned()),
            at: Set(tx.clock().now_ms()),
            workspace_id: Set(event.workspace_id.0),
            audience_id: Set(event.audience_id.map(|id| id.0)),
            user_id: Set(event.user_id.map(|id| id.0)),
            update_id: Set(event.update_id.map(|id| id.0)),
            round_id: Set(round_of(&event.data)),
            data: Set(json::write("events.data", &event.data)?),
        };
        events::Entity::insert(row).exec_without_returning(tx.raw()).await?;
    }
    Ok(())
}

/// The round that an event is about, as its data says.
fn round_of(data: &Value) -> Option<uuid::Uuid> {
    data.get("round_id").and_then(Value::as_str).and_then(|text| text.parse().ok())
}

/// The newest number; 0 when nothing happened yet.
pub async fn newest(conn: &impl Conn) -> Result<i64, StoreError> {
    super::scalar_i64(conn, "SELECT COALESCE(MAX(seq), 0) FROM events").await
}

/// Events after a number, oldest first, at most `limit`. Whoever sends them on asks for the right to see each.
pub async fn after(conn: &impl Conn, seq: i64, limit: u64) -> Result<Vec<Event>, StoreError> {
    let rows = events::Entity::find()
        .filter(events::Column::Seq.gt(seq))
        .order_by_asc(events::Column::Seq)
        .limit(limit)
        .all(conn.raw())
        .await?;
    rows.iter().map(from_row).collect()
}

/// Events of some kinds after a number, oldest first, at most `limit`: for those who make something of them.
pub async fn after_of_kinds(
    conn: &impl Conn,
    seq: i64,
    kinds: &[EventKind],
    limit: u64,
) -> Result<Vec<Event>, StoreError> {
    let rows = events::Entity::find()
        .filter(events::Column::Seq.gt(seq))
        .filter(events::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .order_by_asc(events::Column::Seq)
        .limit(limit)
        .all(conn.raw())
        .await?;
    rows.iter().map(from_row).collect()
}

/// The event with a number, while it is kept.
pub async fn find(conn: &impl Conn, seq: i64) -> Result<Option<Event>, StoreError> {
    events::Entity::find_by_id(seq).one(conn.raw()).await?.as_ref().map(from_row).transpose()
}

/// The oldest number that is kept; 0 when there is none.
pub async fn oldest(conn: &impl Conn) -> Result<i64, StoreError> {
    super::scalar_i64(conn, "SELECT COALESCE(MIN(seq), 0) FROM events").await
}

/// Forgets what happened before an instant (milliseconds since 1970), at most `limit` events; the newest one stays, so
/// that a gap can be told from an empty table. Tells how many are gone.
pub async fn prune(tx: &Tx, before_ms: i64, limit: u64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM events WHERE seq IN (SELECT e.seq FROM events e WHERE e.at < ? \
        AND e.seq < (SELECT MAX(seq) FROM events) ORDER BY e.seq LIMIT ?)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    super::jobs::execute(tx, sql, [before_ms.into(), limit.into()]).await
}

/// What was told about a comment that is deleted now: its text goes from the events too.
pub(crate) async fn forget_comment(tx: &Tx, update: UpdateId, comment: CommentId) -> Result<(), StoreError> {
    let kinds = [EventKind::CommentCreated.as_str(), EventKind::CommentUpdated.as_str()];
    let told = events::Entity::find()
        .filter(events::Column::UpdateId.eq(update.0))
        .filter(events::Column::Kind.is_in(kinds))
        .filter(events::Column::Data.contains(comment.0.to_string()))
        .all(tx.raw())
        .await?;
    let mut about = Vec::new();
    for row in told {
        let data: Value = json::read("events.data", &row.data)?;
        if data.get("id").and_then(Value::as_str) == Some(comment.to_string().as_str()) {
            about.push(row.seq);
        }
    }
    let left = json::write("events.data", &serde_json::json!({"id": comment}))?;
    events::Entity::update_many()
        .col_expr(events::Column::Data, Expr::value(left))
        .filter(events::Column::Seq.is_in(about))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// What was told about an update that is deleted now, its comments and its transcript. Events of its state are
/// completed from the row where it comes back within its grace time; the others are not told again.
pub(crate) async fn forget_update(tx: &Tx, update: UpdateId) -> Result<(), StoreError> {
    events::Entity::update_many()
        .col_expr(events::Column::Data, Expr::value("{}"))
        .filter(events::Column::UpdateId.eq(update.0))
        .exec(tx.raw())
        .await?;
    Ok(())
}

/// What an event tells a client now, or nothing: what was deleted since is not told any more, and what a worker told
/// in part about an update is completed with the update's JSON.
pub async fn told_now(conn: &impl Conn, event: &Event) -> Result<Option<Value>, StoreError> {
    match event.kind {
        EventKind::UpdateDeleted | EventKind::CommentDeleted => Ok(Some(event.data.clone())),
        EventKind::CommentCreated | EventKind::CommentUpdated => {
            let id = event.data.get("id").and_then(Value::as_str).and_then(|text| text.parse().ok());
            let there = match id {
                Some(id) => super::comments::find_any(conn, id).await?.is_some(),
                None => false,
            };
            Ok(if there && live_update(conn, event).await?.is_some() {
                Some(event.data.clone())
            } else {
                None
            })
        }
        _ if event.update_id.is_none() => Ok(Some(event.data.clone())),
        _ => {
            let Some(row) = live_update(conn, event).await? else { return Ok(None) };
            let partial = event.kind.is_update() && event.data.get("id").is_none();
            if !partial {
                let forgotten = event.data.as_object().is_some_and(serde_json::Map::is_empty);
                return Ok((!forgotten).then(|| event.data.clone()));
            }
            let mut whole = super::updates::public_json(conn, &row).await?;
            if let (Value::Object(whole), Value::Object(part)) = (&mut whole, &event.data) {
                whole.extend(part.clone());
            }
            Ok(Some(whole))
        }
    }
}

async fn live_update(
    conn: &impl Conn,
    event: &Event,
) -> Result<Option<super::updates::RowUpdate>, StoreError> {
    let Some(id) = event.update_id else { return Ok(None) };
    let found = super::updates::find_any(conn, id).await?;
    Ok(found.filter(|row| row.deleted_at.is_none()))
}

fn from_row(row: &events::Model) -> Result<Event, StoreError> {
    Ok(Event {
        seq: row.seq,
        kind: row.kind.parse()?,
        at: json::instant(row.at)?,
        workspace_id: row.workspace_id.into(),
        audience_id: row.audience_id.map(Into::into),
        user_id: row.user_id.map(Into::into),
        update_id: row.update_id.map(Into::into),
        data: json::read("events.data", &row.data)?,
    })
}
