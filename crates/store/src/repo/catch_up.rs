//! What somebody has not taken in yet, with what makes it matter.

use std::collections::HashMap;

use meridian_domain::enums::{CommentKind, Reason, UpdateStatus};
use meridian_domain::ids::{UpdateId, UserId};
use meridian_domain::ranges::Range;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::digests::concerns;
use super::updates::{self, RowUpdate};
use super::visibility;
use crate::entity::{comments, updates as table, watches};
use crate::repo::several;
use crate::{Conn, StoreError, json};

/// Most updates that are looked at; the newest.
const MAX: u64 = 300;

/// An update that the viewer has not taken in.
#[derive(Clone, Debug)]
pub struct Unseen {
    /// The update.
    pub update: RowUpdate,
    /// What the viewer took in of it: united ranges.
    pub seen: Vec<Range>,
    /// Why it matters most.
    pub reason: Reason,
}

/// What others published since an instant (milliseconds since 1970) in the viewer's teams, or for them alone, and the
/// viewer has not taken in; newest first.
pub async fn unseen(conn: &impl Conn, viewer: UserId, since_ms: i64) -> Result<Vec<Unseen>, StoreError> {
    let playable = [UpdateStatus::Playable.as_str(), UpdateStatus::Ready.as_str()];
    let rows = table::Entity::find()
        .filter(visibility::sees_update(viewer))
        .filter(concerns(viewer))
        .filter(updates::published())
        // With an end, though none is needed: a database that plans before it knows the instant takes few rows to lie
        // between two, and a third of all behind one (it would read the whole table).
        .filter(table::Column::PublishedAt.between(since_ms, i64::MAX))
        .filter(table::Column::AuthorId.ne(viewer.0))
        .filter(table::Column::Status.is_in(playable))
        .filter(Expr::cust_with_values(
            "NOT EXISTS (SELECT 1 FROM watches w WHERE w.update_id = updates.id AND w.user_id = ? AND w.seen)",
            [viewer.0],
        ))
        .order_by_desc(table::Column::PublishedAt)
        .order_by_desc(table::Column::Id)
        .limit(MAX)
        .all(conn.raw())
        .await?;
    let rows = rows.into_iter().map(updates::from_row).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<UpdateId> = rows.iter().map(|row| row.id).collect();
    let mut seen = seen(conn, viewer, &ids).await?;
    let reasons = reasons(conn, viewer, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|update| {
            let plain = if update.round_id.is_some() { Reason::Answer } else { Reason::Update };
            Unseen {
                seen: seen.remove(&update.id).unwrap_or_default(),
                reason: reasons.get(&update.id).copied().unwrap_or(plain),
                update,
            }
        })
        .collect())
}

async fn seen(
    conn: &impl Conn,
    viewer: UserId,
    ids: &[UpdateId],
) -> Result<HashMap<UpdateId, Vec<Range>>, StoreError> {
    let rows = watches::Entity::find()
        .filter(watches::Column::UserId.eq(viewer.0))
        .filter(watches::Column::UpdateId.is_in(several(ids.iter().map(|id| id.0))))
        .all(conn.raw())
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.update_id.into(), json::read("watches.seen_ranges", &row.seen_ranges)?)))
        .collect()
}

/// The strongest reason of each update: an ask to the viewer, an open blocker, a decision.
async fn reasons(
    conn: &impl Conn,
    viewer: UserId,
    ids: &[UpdateId],
) -> Result<HashMap<UpdateId, Reason>, StoreError> {
    let rows = comments::Entity::find()
        .filter(comments::Column::UpdateId.is_in(several(ids.iter().map(|id| id.0))))
        .filter(comments::Column::DeletedAt.is_null())
        .filter(comments::Column::Kind.ne(CommentKind::Comment.as_str()))
        .all(conn.raw())
        .await?;
    // An ask to oneself goes before everybody's blockers.
    let rank = |reason: Reason| match reason {
        Reason::Ask => 0,
        Reason::Blocker => 1,
        _ => 2,
    };
    let mut found: HashMap<UpdateId, Reason> = HashMap::new();
    for row in rows {
        let kind: CommentKind = row.kind.parse()?;
        let open = row.resolved_at.is_none();
        let reason = match kind {
            CommentKind::Decision => Reason::Decision,
            _ if open && row.assignee_id == Some(viewer.0) => Reason::Ask,
            CommentKind::Blocker if open => Reason::Blocker,
            _ => continue,
        };
        let best = found.entry(row.update_id.into()).or_insert(reason);
        if rank(reason) < rank(*best) {
            *best = reason;
        }
    }
    Ok(found)
}
