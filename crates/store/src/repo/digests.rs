//! What a digest tells of: what one person has not seen, with the rights of the moment that it is read.

use meridian_domain::enums::UpdateStatus;
use meridian_domain::ids::{TeamId, UserId};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::comments::{AskFilter, AskState, Order, RowComment, asks};
use super::updates::{self, RowUpdate};
use super::visibility;
use crate::entity::updates::{self as table, Column};
use crate::entity::users;
use crate::{Conn, StoreError};

/// The most updates and asks that one digest lists.
const MOST: u64 = 50;

/// Somebody who may get a digest.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who.
    pub user: UserId,
    /// IANA name.
    pub time_zone: String,
    /// `mo` to `su`.
    pub working_days: Vec<String>,
    /// Such as `08:30`.
    pub digest_at: String,
    /// In milliseconds since 1970.
    pub created_at: i64,
}

/// Everybody whose account is open.
pub async fn readers(conn: &impl Conn) -> Result<Vec<Reader>, StoreError> {
    let rows = users::Entity::find().filter(users::Column::DisabledAt.is_null()).all(conn.raw()).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Reader {
                user: row.id.into(),
                time_zone: row.time_zone,
                working_days: crate::json::read("users.working_days", &row.working_days)?,
                digest_at: row.digest_at,
                created_at: row.created_at,
            })
        })
        .collect()
}

/// A condition on `updates`: for a team that somebody has joined, or for named people with them. Open teams that they
/// have not joined they may read, but nobody tells them. It names audiences, so that an index leads from them to what
/// was published there.
pub(super) fn concerns(user: UserId) -> SimpleExpr {
    Expr::cust_with_values(
        "updates.audience_id IN (SELECT a.id FROM team_members tm JOIN audiences a ON a.team_id = tm.team_id \
            WHERE tm.user_id = ? UNION ALL SELECT am.audience_id FROM audience_members am WHERE am.user_id = ?)",
        [user.0, user.0],
    )
}

/// What was published in a span (milliseconds since 1970, the end included) in teams that somebody has joined, or for
/// them alone, and that they neither made nor saw; oldest first.
pub async fn unseen(
    conn: &impl Conn,
    user: UserId,
    after: i64,
    until: i64,
) -> Result<Vec<RowUpdate>, StoreError> {
    let unseen =
        "NOT EXISTS (SELECT 1 FROM watches w WHERE w.update_id = updates.id AND w.user_id = ? AND w.seen)";
    let rows = table::Entity::find()
        .filter(visibility::sees_update(user))
        .filter(updates::published())
        .filter(Column::PublishedAt.gt(after))
        .filter(Column::PublishedAt.lte(until))
        .filter(Column::AuthorId.ne(user.0))
        .filter(
            Column::Status.is_not_in([UpdateStatus::Failed.as_str(), UpdateStatus::AwaitingUpload.as_str()]),
        )
        .filter(concerns(user))
        .filter(Expr::cust_with_values(unseen, [user.0]))
        .order_by_asc(Column::PublishedAt)
        .order_by_asc(Column::Id)
        .limit(MOST)
        .all(conn.raw())
        .await?;
    updates::from_models(rows)
}

/// Open asks of somebody that were made in a span, what waits longest first.
pub async fn new_asks(
    conn: &impl Conn,
    user: UserId,
    after: i64,
    until: i64,
) -> Result<Vec<RowComment>, StoreError> {
    use meridian_domain::enums::CommentKind::{Action, Blocker, Question};
    let filter = AskFilter {
        team: None,
        assignee: Some(user),
        addressed: true,
        kinds: vec![Question, Action, Blocker],
        state: AskState::Open,
        answered: false,
        order: Order::NewestFirst,
    };
    let mut found = asks(conn, user, &filter, None, MOST).await?;
    found.retain(|ask| ask.created_at > after && ask.created_at <= until && ask.author_id != user);
    found.reverse();
    Ok(found)
}

/// The sound of a team that somebody may hear now, newest first: for podcast players.
pub async fn with_sound(
    conn: &impl Conn,
    user: UserId,
    team: TeamId,
    limit: u64,
) -> Result<Vec<RowUpdate>, StoreError> {
    let rows = table::Entity::find()
        .filter(visibility::sees_update(user))
        .filter(Column::TeamId.eq(team.0))
        .filter(updates::published())
        .filter(Column::GenerationId.is_not_null())
        .order_by_desc(Column::PublishedAt)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(conn.raw())
        .await?;
    updates::from_models(rows)
}
