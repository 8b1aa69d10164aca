//! Feeds: newest first, by key, so that no page costs more than its entries.

use meridian_domain::enums::{UpdateKind, UpdateStatus};
use meridian_domain::ids::{RoundId, TeamId, UpdateId, UserId, WorkspaceId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{RowUpdate, row};
use crate::entity::updates::{self, Column};
use crate::repo::visibility;
use crate::{Conn, StoreError};

/// Whether the viewer's drafts and scheduled updates are in the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drafts {
    /// Published only.
    #[default]
    None,
    /// Published, and mine that are not yet.
    Mine,
    /// Mine that are not published yet, nothing else.
    Only,
}

/// What a feed is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeedFilter {
    /// By this person.
    pub author: Option<UserId>,
    /// In this round.
    pub round: Option<RoundId>,
    /// Answering this update.
    pub reply_to: Option<UpdateId>,
    /// This far.
    pub status: Option<UpdateStatus>,
    /// Of this kind.
    pub kind: Option<UpdateKind>,
    /// With my drafts.
    pub drafts: Drafts,
}

/// A position: when it was published (a draft: made), in milliseconds since 1970, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FeedKey(pub i64, pub Uuid);

impl FeedKey {
    /// The position of an update.
    pub fn of(update: &RowUpdate) -> Self {
        Self(update.published_at.unwrap_or(update.created_at), update.id.0)
    }
}

/// The team's updates that the viewer sees.
pub async fn team_feed(
    conn: &impl Conn,
    viewer: UserId,
    team: TeamId,
    filter: &FeedFilter,
    after: Option<FeedKey>,
    limit: u64,
) -> Result<Vec<RowUpdate>, StoreError> {
    page(conn, viewer, Column::TeamId.eq(team.0), filter, after, limit).await
}

/// The workspace's updates that the viewer sees.
pub async fn workspace_feed(
    conn: &impl Conn,
    viewer: UserId,
    workspace: WorkspaceId,
    filter: &FeedFilter,
    after: Option<FeedKey>,
    limit: u64,
) -> Result<Vec<RowUpdate>, StoreError> {
    page(conn, viewer, Column::WorkspaceId.eq(workspace.0), filter, after, limit).await
}

async fn page(
    conn: &impl Conn,
    viewer: UserId,
    place: sea_orm::sea_query::SimpleExpr,
    filter: &FeedFilter,
    after: Option<FeedKey>,
    limit: u64,
) -> Result<Vec<RowUpdate>, StoreError> {
    let mut rows = Vec::new();
    let select = || narrowed(place.clone(), viewer, filter).limit(limit);
    if filter.drafts != Drafts::Only {
        let published = before(select(), Column::PublishedAt, after)
            .filter(super::published())
            .filter(Column::PublishedAt.is_not_null());
        rows.extend(published.all(conn.raw()).await?);
    }
    if filter.drafts != Drafts::None {
        // In words, as the index of what is not published yet has it.
        let mine = before(select(), Column::CreatedAt, after)
            .filter(Expr::cust("updates.publish_state <> 'published'"))
            .filter(Column::AuthorId.eq(viewer.0));
        rows.extend(mine.all(conn.raw()).await?);
    }
    let mut rows = rows.into_iter().map(row::from_model).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|row| std::cmp::Reverse(FeedKey::of(row)));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

fn narrowed(
    place: sea_orm::sea_query::SimpleExpr,
    viewer: UserId,
    filter: &FeedFilter,
) -> Select<updates::Entity> {
    let mut condition = Condition::all().add(place).add(visibility::sees_update(viewer));
    if let Some(author) = filter.author {
        condition = condition.add(Column::AuthorId.eq(author.0));
    }
    if let Some(round) = filter.round {
        condition = condition.add(Column::RoundId.eq(round.0));
    }
    if let Some(answered) = filter.reply_to {
        condition = condition.add(Column::ReplyToId.eq(answered.0));
    }
    if let Some(status) = filter.status {
        condition = condition.add(Column::Status.eq(status.as_str()));
    }
    if let Some(kind) = filter.kind {
        condition = condition.add(Column::Kind.eq(kind.as_str()));
    }
    updates::Entity::find().filter(condition)
}

fn before(select: Select<updates::Entity>, key: Column, after: Option<FeedKey>) -> Select<updates::Entity> {
    let select = select.order_by_desc(key).order_by_desc(Column::Id);
    match after {
        None => select,
        // The first half is what an index is entered by: without it a page reads all that come before it.
        Some(FeedKey(at, id)) => select
            .filter(Expr::col(key).lte(at))
            .filter(Expr::col(key).lt(at).or(Expr::col(Column::Id).lt(id))),
    }
}
