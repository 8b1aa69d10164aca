//! Totals of what a workspace's teams did. Nothing here says what one person saw or when they were there.

use std::collections::{BTreeMap, HashMap, HashSet};

use meridian_domain::ids::{TeamId, UserId, WorkspaceId};
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use super::rounds::{self, Round};
use super::{users, visibility};
use crate::entity::{comments, rounds as round_table, updates};
use crate::{Conn, StoreError};

/// Most rows of a kind that are looked at; the newest.
const MOST: u64 = 5_000;
/// Most rounds; the newest.
const MOST_ROUNDS: u64 = 200;

/// How much of what a team published its members have taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many updates.
    pub updates: i64,
    /// Pairs of an update and a member, but its author.
    pub pairs: i64,
    /// Those that were seen.
    pub seen: i64,
}

/// By team: what was published to it since an instant (milliseconds since 1970). Rights are the caller's to ask.
pub async fn coverage(
    conn: &impl Conn,
    workspace: WorkspaceId,
    since_ms: i64,
) -> Result<HashMap<TeamId, Coverage>, StoreError> {
    let raw = conn.raw();
    let sql = "SELECT u.team_id, COUNT(DISTINCT u.id), COUNT(*), SUM(CASE WHEN w.seen THEN 1 ELSE 0 END) \
        FROM updates u JOIN audiences a ON a.id = u.audience_id AND a.kind = 'team' \
        JOIN team_members tm ON tm.team_id = u.team_id AND tm.user_id <> u.author_id \
        LEFT JOIN watches w ON w.update_id = u.id AND w.user_id = tm.user_id \
        WHERE u.workspace_id = ? AND u.publish_state = 'published' AND u.deleted_at IS NULL \
        AND u.published_at >= ? GROUP BY u.team_id";
    let values = [workspace.0.into(), since_ms.into()];
    let statement = Statement::from_sql_and_values(raw.get_database_backend(), sql, values);
    let mut found = HashMap::new();
    for row in raw.query_all_raw(statement).await? {
        let team: Uuid = row.try_get_by_index(0)?;
        let coverage = Coverage {
            updates: row.try_get_by_index(1)?,
            pairs: row.try_get_by_index(2)?,
            seen: row.try_get_by_index(3)?,
        };
        found.insert(team.into(), coverage);
    }
    Ok(found)
}

/// The rounds that the viewer sees and that opened since an instant, newest first.
pub async fn recent_rounds(
    conn: &impl Conn,
    viewer: UserId,
    workspace: WorkspaceId,
    since_ms: i64,
) -> Result<Vec<Round>, StoreError> {
    let rows = round_table::Entity::find()
        .filter(round_table::Column::WorkspaceId.eq(workspace.0))
        .filter(round_table::Column::OpenedAt.gte(since_ms))
        .filter(visibility::in_audience("rounds.audience_id", viewer))
        .order_by_desc(round_table::Column::OpenedAt)
        .limit(MOST_ROUNDS)
        .all(conn.raw())
        .await?;
    rows.into_iter().map(rounds::from_row).collect()
}

/// How long it took from a post to the first reply of somebody else, in milliseconds, by the zones of both: of what the
/// viewer sees and was published since an instant.
pub async fn first_replies(
    conn: &impl Conn,
    viewer: UserId,
    workspace: WorkspaceId,
    since_ms: i64,
) -> Result<BTreeMap<(String, String), Vec<i64>>, StoreError> {
    let posts = updates::Entity::find()
        .filter(visibility::sees_update(viewer))
        .filter(updates::Column::WorkspaceId.eq(workspace.0))
        .filter(super::updates::published())
        .filter(updates::Column::PublishedAt.gte(since_ms))
        .order_by_desc(updates::Column::PublishedAt)
        .limit(MOST)
        .all(conn.raw())
        .await?;
    let by_id: HashMap<Uuid, &updates::Model> = posts.iter().map(|row| (row.id, row)).collect();
    let said = comments::Entity::find()
        .filter(comments::Column::UpdateId.is_in(by_id.keys().copied()))
        .filter(comments::Column::DeletedAt.is_null())
        .order_by_asc(comments::Column::CreatedAt)
        .limit(MOST)
        .all(conn.raw())
        .await?;
    let said = said.iter().map(|row| (row.update_id, row.author_id, row.created_at));
    let replied = posts.iter().filter_map(|row| Some((row.reply_to_id?, row.author_id, row.published_at?)));
    let mut first: HashMap<Uuid, (Uuid, i64)> = HashMap::new();
    for (update, who, at) in said.chain(replied) {
        if by_id.get(&update).is_none_or(|post| post.author_id == who) {
            continue;
        }
        let best = first.entry(update).or_insert((who, at));
        if at < best.1 {
            *best = (who, at);
        }
    }
    let people: HashSet<Uuid> =
        posts.iter().map(|row| row.author_id).chain(first.values().map(|one| one.0)).collect();
    let ids: Vec<UserId> = people.into_iter().map(Into::into).collect();
    let zones: HashMap<UserId, String> =
        users::by_ids(conn, &ids).await?.into_iter().map(|user| (user.id, user.time_zone)).collect();
    let zone = |id: Uuid| zones.get(&id.into()).cloned();
    let mut found: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
    for (update, (who, at)) in first {
        let Some(post) = by_id.get(&update) else { continue };
        let (Some(from), Some(to), Some(posted)) = (zone(post.author_id), zone(who), post.published_at)
        else {
            continue;
        };
        found.entry((from, to)).or_default().push(at.saturating_sub(posted).max(0));
    }
    Ok(found)
}
