//! Updates: finders that need the viewer, writes, feeds, the events that tell of them.

mod access;
mod delete;
mod event;
mod feed;
mod publish;
mod row;
mod summary;
mod write;

pub use access::{TeamAccess, managed_teams, rights, team_access};
pub use delete::{delete, find_deleted, restore};
pub use event::{emit, emit_row, public_json};
pub use feed::{Drafts, FeedFilter, FeedKey, team_feed, workspace_feed};
pub use publish::{publish, publish_due, schedule, unschedule};
pub(crate) use row::from_model as from_row;
pub use row::{Chapter, Link, RowUpdate, Trim, Warning};
pub use summary::{Person, Summary, audience_people, people, summaries};
pub use write::{Audience, Edit, NewUpdate, edit, insert};

use meridian_domain::ids::{UpdateId, UserId};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::visibility;
use crate::entity::updates;
use crate::repo::several;
use crate::{Conn, StoreError};

/// An update that was published. In words, as the partial indexes have it: SQLite looks whether a parameter might make one of
/// them useful, and so plans the statement anew whenever its parameters are set.
pub(crate) fn published() -> SimpleExpr {
    Expr::cust("updates.publish_state = 'published'")
}

/// The update, if the viewer sees it now: not deleted, in its audience, published or one's own.
pub async fn find_visible(
    conn: &impl Conn,
    viewer: UserId,
    id: UpdateId,
) -> Result<Option<RowUpdate>, StoreError> {
    let found =
        updates::Entity::find_by_id(id.0).filter(visibility::sees_update(viewer)).one(conn.raw()).await?;
    found.map(row::from_model).transpose()
}

/// Those of some updates that the viewer sees now, in no order.
pub async fn find_visible_of(
    conn: &impl Conn,
    viewer: UserId,
    ids: &[UpdateId],
) -> Result<Vec<RowUpdate>, StoreError> {
    let found = updates::Entity::find()
        .filter(updates::Column::Id.is_in(several(ids.iter().map(|id| id.0))))
        .filter(visibility::sees_update(viewer))
        .all(conn.raw())
        .await?;
    found.into_iter().map(row::from_model).collect()
}

/// The update if the viewer sees it, and whether the viewer may edit and delete it (its author, a team admin).
pub async fn find_with_rights(
    conn: &impl Conn,
    viewer: UserId,
    id: UpdateId,
) -> Result<Option<(RowUpdate, bool)>, StoreError> {
    let Some(row) = find_visible(conn, viewer, id).await? else { return Ok(None) };
    let manages = rights(conn, viewer, &row).await?;
    Ok(Some((row, manages)))
}

/// The update whoever looks, deleted ones too: for jobs, which act for nobody.
pub async fn find_any(conn: &impl Conn, id: UpdateId) -> Result<Option<RowUpdate>, StoreError> {
    let found = updates::Entity::find_by_id(id.0).one(conn.raw()).await?;
    found.map(row::from_model).transpose()
}

/// Rows of the table as updates.
pub(crate) fn from_models(rows: Vec<updates::Model>) -> Result<Vec<RowUpdate>, StoreError> {
    rows.into_iter().map(row::from_model).collect()
}

/// Updates by id, for lists whose entries were found for the viewer already.
pub async fn find_all(conn: &impl Conn, ids: &[UpdateId]) -> Result<Vec<RowUpdate>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = updates::Entity::find()
        .filter(updates::Column::Id.is_in(several(ids.iter().map(|id| id.0))))
        .all(conn.raw())
        .await?;
    rows.into_iter().map(row::from_model).collect()
}
