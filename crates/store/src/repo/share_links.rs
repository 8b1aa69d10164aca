//! Share links: each shows one published update to whoever has its address. Only hashes of their tokens are kept; what a
//! link leads to is asked for anew each time, so that a revoked one, or a deleted update, is gone at once.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use meridian_domain::ids::{AudienceId, ShareLinkId, TeamId, UpdateId, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::updates::{self, RowUpdate};
use super::visibility;
use crate::entity::share_links::{self, Column};
use crate::entity::{teams, updates as updates_table, workspaces};
use crate::{Conn, StoreError, Tx, json};

/// Openings of a link are counted once within this time, in milliseconds, so that reloading is no load on the writer.
const COUNTED_EVERY_MS: i64 = 1_000;

/// A share link without its token.
#[derive(Clone, Debug)]
pub struct ShareLink {
    /// Its id.
    pub id: ShareLinkId,
    /// What it shows.
    pub update_id: UpdateId,
    /// Who made it.
    pub created_by: UserId,
    /// Argon2; `None`: it needs no password.
    pub password_hash: Option<String>,
    /// Grows with each change of the password; what was let in by an older one is out.
    pub password_version: i64,
    /// Guests read the comments and write some.
    pub allow_comments: bool,
    /// Guests may have the whole as a file.
    pub allow_download: bool,
    /// How often it was opened, about.
    pub views: i64,
    /// When it was last opened, in milliseconds since 1970.
    pub last_viewed_at: Option<i64>,
    /// From when on it leads nowhere, in milliseconds since 1970.
    pub expires_at: Option<i64>,
    /// Since when it exists.
    pub created_at: Timestamp,
}

/// A link to make.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the link")]
pub struct NewShareLink {
    pub token_hash: String,
    pub password_hash: Option<String>,
    pub allow_comments: bool,
    pub allow_download: bool,
    pub expires_at: Option<i64>,
}

/// What changes; `None` leaves a field alone.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of the link")]
pub struct Edit {
    pub password_hash: Option<Option<String>>,
    pub allow_comments: Option<bool>,
    pub allow_download: Option<bool>,
    pub expires_at: Option<Option<i64>>,
}

fn from_row(row: share_links::Model) -> Result<ShareLink, StoreError> {
    Ok(ShareLink {
        id: row.id.into(),
        update_id: row.update_id.into(),
        created_by: row.created_by.into(),
        password_hash: row.password_hash,
        password_version: row.password_version,
        allow_comments: row.allow_comments,
        allow_download: row.allow_download,
        views: row.views,
        last_viewed_at: row.last_viewed_at,
        expires_at: row.expires_at,
        created_at: json::instant(row.created_at)?,
    })
}

/// Keeps a new link.
pub async fn create(
    tx: &Tx,
    update: UpdateId,
    by: UserId,
    new: NewShareLink,
) -> Result<ShareLink, StoreError> {
    let row = share_links::ActiveModel {
        id: Set(ShareLinkId::new(tx.clock()).0),
        update_id: Set(update.0),
        created_by: Set(by.0),
        token_hash: Set(new.token_hash),
        password_hash: Set(new.password_hash),
        password_version: Set(1),
        allow_comments: Set(new.allow_comments),
        allow_download: Set(new.allow_download),
        views: Set(0),
        last_viewed_at: Set(None),
        expires_at: Set(new.expires_at),
        created_at: Set(tx.clock().now_ms()),
        revoked_at: Set(None),
    };
    from_row(share_links::Entity::insert(row).exec_with_returning(tx.raw()).await?)
}

/// The links of an update that are not revoked, newest first; those whose time is over too.
pub async fn list(conn: &impl Conn, update: UpdateId) -> Result<Vec<ShareLink>, StoreError> {
    let rows = share_links::Entity::find()
        .filter(Column::UpdateId.eq(update.0))
        .filter(Column::RevokedAt.is_null())
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(conn.raw())
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// A position in a list of links: when it was made (milliseconds since 1970) and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkKey(i64, Uuid);

impl LinkKey {
    /// The position of a link.
    pub fn of(link: &ShareLink) -> Self {
        Self(link.created_at.as_millisecond(), link.id.0)
    }
}

/// The links to a team's updates that are not revoked, newest first, as far as the viewer sees the updates.
pub async fn list_of_team(
    conn: &impl Conn,
    viewer: UserId,
    team: TeamId,
    after: Option<LinkKey>,
    limit: u64,
) -> Result<Vec<ShareLink>, StoreError> {
    let seen = Query::select()
        .column(updates_table::Column::Id)
        .from(updates_table::Entity)
        .and_where(updates_table::Column::TeamId.eq(team.0))
        .and_where(visibility::sees_update(viewer))
        .to_owned();
    let mut select = share_links::Entity::find()
        .filter(Column::UpdateId.in_subquery(seen))
        .filter(Column::RevokedAt.is_null())
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(limit);
    if let Some(LinkKey(at, id)) = after {
        let same = Expr::col(Column::CreatedAt).eq(at).and(Expr::col(Column::Id).lt(id));
        select = select.filter(Expr::col(Column::CreatedAt).lt(at).or(same));
    }
    select.all(conn.raw()).await?.into_iter().map(from_row).collect()
}

/// Of these links, those whose makers no longer see the updates: they lead nowhere.
pub async fn forsaken(conn: &impl Conn, links: &[ShareLink]) -> Result<HashSet<ShareLinkId>, StoreError> {
    let ids: Vec<UpdateId> = links.iter().map(|link| link.update_id).collect();
    let audiences: HashMap<UpdateId, AudienceId> =
        updates::find_all(conn, &ids).await?.into_iter().map(|row| (row.id, row.audience_id)).collect();
    let mut people: HashMap<AudienceId, Vec<UserId>> = HashMap::new();
    let mut found = HashSet::new();
    for link in links {
        let Some(audience) = audiences.get(&link.update_id) else { continue };
        if !people.contains_key(audience) {
            people.insert(*audience, visibility::users_of(conn, *audience).await?);
        }
        if people.get(audience).is_some_and(|people| !people.contains(&link.created_by)) {
            found.insert(link.id);
        }
    }
    Ok(found)
}

/// The link, unless it is revoked. Who asks has to be asked for the right to its update.
pub async fn find(conn: &impl Conn, id: ShareLinkId) -> Result<Option<ShareLink>, StoreError> {
    let found = share_links::Entity::find_by_id(id.0).filter(Column::RevokedAt.is_null());
    found.one(conn.raw()).await?.map(from_row).transpose()
}

/// Changes a link; `None` when it is revoked.
pub async fn edit(tx: &Tx, id: ShareLinkId, edit: Edit) -> Result<Option<ShareLink>, StoreError> {
    let mut update = share_links::Entity::update_many()
        // Something has to be set even where nothing changes.
        .col_expr(Column::Views, Expr::col(Column::Views));
    if let Some(hash) = edit.password_hash {
        update = update
            .col_expr(Column::PasswordHash, Expr::value(hash))
            .col_expr(Column::PasswordVersion, Expr::col(Column::PasswordVersion).add(1));
    }
    if let Some(allowed) = edit.allow_comments {
        update = update.col_expr(Column::AllowComments, Expr::value(allowed));
    }
    if let Some(allowed) = edit.allow_download {
        update = update.col_expr(Column::AllowDownload, Expr::value(allowed));
    }
    if let Some(at) = edit.expires_at {
        update = update.col_expr(Column::ExpiresAt, Expr::value(at));
    }
    update.filter(Column::Id.eq(id.0)).filter(Column::RevokedAt.is_null()).exec(tx.raw()).await?;
    find(tx, id).await
}

/// Ends a link; `false` when it has ended already.
pub async fn revoke(tx: &Tx, id: ShareLinkId) -> Result<bool, StoreError> {
    let changed = share_links::Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(tx.clock().now_ms()))
        .filter(Column::Id.eq(id.0))
        .filter(Column::RevokedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// The link with a token's hash and what it shows at `now_ms`.
pub async fn open_by_hash(
    conn: &impl Conn,
    hash: &str,
    now_ms: i64,
) -> Result<Option<(ShareLink, RowUpdate)>, StoreError> {
    let found = share_links::Entity::find().filter(Column::TokenHash.eq(hash)).one(conn.raw()).await?;
    open_row(conn, found, now_ms).await
}

/// A link and what it shows at `now_ms`.
pub async fn open(
    conn: &impl Conn,
    id: ShareLinkId,
    now_ms: i64,
) -> Result<Option<(ShareLink, RowUpdate)>, StoreError> {
    let found = share_links::Entity::find_by_id(id.0).one(conn.raw()).await?;
    open_row(conn, found, now_ms).await
}

/// Nothing where the link is revoked or its time over, the update deleted, not published, or its team gone, or where who
/// made the link no longer sees the update.
async fn open_row(
    conn: &impl Conn,
    found: Option<share_links::Model>,
    now_ms: i64,
) -> Result<Option<(ShareLink, RowUpdate)>, StoreError> {
    let ended =
        |row: &share_links::Model| row.revoked_at.is_some() || row.expires_at.is_some_and(|at| at <= now_ms);
    let Some(row) = found.filter(|row| !ended(row)) else { return Ok(None) };
    let update = updates::find_any(conn, row.update_id.into()).await?;
    let Some(update) = update.filter(|update| update.deleted_at.is_none() && update.is_published()) else {
        return Ok(None);
    };
    let team = teams::Entity::find_by_id(update.team_id.0).filter(teams::Column::DeletedAt.is_null());
    let workspace =
        workspaces::Entity::find_by_id(update.workspace_id.0).filter(workspaces::Column::DeletedAt.is_null());
    if team.one(conn.raw()).await?.is_none() || workspace.one(conn.raw()).await?.is_none() {
        return Ok(None);
    }
    // A link is its maker's sight of the update, lent to others.
    if !visibility::is_in(conn, row.created_by.into(), update.audience_id).await? {
        return Ok(None);
    }
    Ok(Some((from_row(row)?, update)))
}

/// Whether an opening at `now_ms` is to be counted.
pub fn counts(link: &ShareLink, now_ms: i64) -> bool {
    link.last_viewed_at.is_none_or(|at| at.saturating_add(COUNTED_EVERY_MS) <= now_ms)
}

/// Counts an opening.
pub async fn viewed(tx: &Tx, id: ShareLinkId) -> Result<(), StoreError> {
    let now = tx.clock().now_ms();
    let before = now.saturating_sub(COUNTED_EVERY_MS);
    share_links::Entity::update_many()
        .col_expr(Column::Views, Expr::col(Column::Views).add(1))
        .col_expr(Column::LastViewedAt, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .filter(Condition::any().add(Column::LastViewedAt.is_null()).add(Column::LastViewedAt.lte(before)))
        .exec(tx.raw())
        .await?;
    Ok(())
}
