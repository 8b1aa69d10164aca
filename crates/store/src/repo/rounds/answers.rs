//! What came in for a round.

use std::collections::HashMap;

use meridian_domain::enums::UpdateKind;
use meridian_domain::ids::{RoundId, UpdateId, UserId};
use meridian_domain::ranges;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Round;
use crate::entity::{comments, updates as table, watches};
use crate::repo::comments::RowComment;
use crate::repo::several;
use crate::repo::updates::{self, RowUpdate};
use crate::repo::visibility;
use crate::{Conn, StoreError, json};

/// Published answers of a round, oldest first.
pub type Answers = Vec<RowUpdate>;

/// The answers that the viewer sees.
pub async fn answers(conn: &impl Conn, viewer: UserId, round: RoundId) -> Result<Answers, StoreError> {
    let rows = published(round).filter(visibility::sees_update(viewer)).all(conn.raw()).await?;
    rows.into_iter().map(updates::from_row).collect()
}

/// The answers of several rounds as `(round, author, update, published_at)`, for lists of rounds.
pub async fn answers_of(
    conn: &impl Conn,
    rounds: &[RoundId],
) -> Result<Vec<(RoundId, UserId, UpdateId, i64)>, StoreError> {
    if rounds.is_empty() {
        return Ok(Vec::new());
    }
    let rows = table::Entity::find()
        .filter(table::Column::RoundId.is_in(several(rounds.iter().map(|id| id.0))))
        .filter(updates::published())
        .filter(table::Column::DeletedAt.is_null())
        .order_by_asc(table::Column::PublishedAt)
        .all(conn.raw())
        .await?;
    let one = |row: table::Model| {
        Some((row.round_id?.into(), row.author_id.into(), row.id.into(), row.published_at?))
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

fn published(round: RoundId) -> sea_orm::Select<table::Entity> {
    table::Entity::find()
        .filter(table::Column::RoundId.eq(round.0))
        .filter(updates::published())
        .filter(table::Column::DeletedAt.is_null())
        .order_by_asc(table::Column::PublishedAt)
        .order_by_asc(table::Column::Id)
}

/// When each of those who answered did so first.
pub(super) async fn first_answers(
    conn: &impl Conn,
    round: RoundId,
) -> Result<HashMap<UserId, i64>, StoreError> {
    let mut first = HashMap::new();
    for row in published(round).all(conn.raw()).await? {
        if let Some(at) = row.published_at {
            first.entry(row.author_id.into()).or_insert(at);
        }
    }
    Ok(first)
}

/// How long people spent on some updates, but their authors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WatchTime {
    /// Media that was taken in, in milliseconds of the source's time line.
    pub media_ms: i64,
    /// Words of texts that were read.
    pub words: i64,
}

/// See [`WatchTime`].
pub async fn watched(conn: &impl Conn, rows: &[RowUpdate]) -> Result<WatchTime, StoreError> {
    let by_id: HashMap<UpdateId, &RowUpdate> = rows.iter().map(|row| (row.id, row)).collect();
    let found = watches::Entity::find()
        .filter(watches::Column::UpdateId.is_in(several(by_id.keys().map(|id| id.0))))
        .all(conn.raw())
        .await?;
    let mut time = WatchTime::default();
    for watch in found {
        let Some(update) = by_id.get(&watch.update_id.into()).filter(|row| row.author_id.0 != watch.user_id)
        else {
            continue;
        };
        if update.kind == UpdateKind::Text {
            let words = update.body.split_whitespace().count();
            time.words += if watch.seen { i64::try_from(words).unwrap_or(0) } else { 0 };
        } else {
            let seen: Vec<ranges::Range> = json::read("watches.seen_ranges", &watch.seen_ranges)?;
            time.media_ms += ranges::length(&ranges::unite(seen));
        }
    }
    Ok(time)
}

/// Comments of a kind that matters on a round's answers that the viewer sees, and open asks on answers to earlier
/// rounds of the same check-in for the same people: they stay open across rounds. Oldest first.
pub async fn marks(conn: &impl Conn, viewer: UserId, round: &Round) -> Result<Vec<RowComment>, StoreError> {
    let this = Expr::cust_with_values(
        "comments.update_id IN (SELECT u.id FROM updates u WHERE u.round_id = ?)",
        [round.id.0],
    );
    let here =
        marked(viewer, ["question", "decision", "action", "blocker"]).filter(this).all(conn.raw()).await?;
    let (check_in, date) = (round.check_in_id.0, round.date.to_string());
    let rounds = Expr::cust_with_values(
        "EXISTS (SELECT 1 FROM updates u JOIN rounds r ON r.id = u.round_id WHERE u.id = comments.update_id \
            AND r.check_in_id = ? AND r.held_on < ?)",
        [sea_orm::Value::from(check_in), date.into()],
    );
    let earlier = marked(viewer, ["question", "action", "blocker"])
        .filter(comments::Column::ResolvedAt.is_null())
        .filter(comments::Column::AssigneeId.is_not_null())
        // By the few that are open, not through all that was ever answered.
        .filter(comments::Column::AudienceId.eq(round.audience_id.0))
        .filter(rounds)
        .all(conn.raw())
        .await?;
    let mut rows: Vec<comments::Model> = here.into_iter().chain(earlier).collect();
    rows.sort_by_key(|row| (row.created_at, row.id));
    rows.into_iter().map(crate::repo::comments::from_row).collect()
}

/// Comments of these kinds on updates that the viewer sees.
fn marked<const N: usize>(viewer: UserId, kinds: [&str; N]) -> sea_orm::Select<comments::Entity> {
    let seen = Query::select()
        .expr(Expr::val(1))
        .from(table::Entity)
        .and_where(Expr::cust("updates.id = comments.update_id"))
        .and_where(visibility::sees_update(viewer))
        .to_owned();
    comments::Entity::find()
        .filter(comments::Column::DeletedAt.is_null())
        .filter(comments::Column::Kind.is_in(kinds))
        .filter(Expr::exists(seen))
}
