//! A person's own windows in rounds.

use std::collections::HashSet;

use jiff::civil::Date;
use meridian_domain::enums::{AnswerState, RoundState};
use meridian_domain::ids::{CheckInId, RoundId, UserId};
use meridian_domain::rounds::answer_state;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use super::{Round, RoundMember, answers_of, find, member, members};
use crate::entity::round_members::{self, Column};
use crate::entity::rounds;
use crate::repo::several;
use crate::{Conn, StoreError};

/// A round in which somebody is expected.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The round.
    pub round: Round,
    /// Their window.
    pub window: RoundMember,
    /// Where they stand.
    pub state: AnswerState,
}

impl Mine {
    /// Whether the round waits for them at an instant (milliseconds since 1970).
    pub fn waits(&self, now: i64) -> bool {
        self.state == AnswerState::Waiting && self.round.state == RoundState::Open && now < self.window.due_at
    }
}

/// Open rounds in which somebody is expected, by due time.
pub async fn open_of_user(conn: &impl Conn, user: UserId) -> Result<Vec<Mine>, StoreError> {
    let open = Expr::cust(
        "EXISTS (SELECT 1 FROM rounds r WHERE r.id = round_members.round_id AND r.state = 'open')",
    );
    read(conn, user, round_members::Entity::find().filter(open)).await
}

/// Those of some rounds in which somebody is expected, by due time.
pub async fn mine(conn: &impl Conn, user: UserId, rounds: &[RoundId]) -> Result<Vec<Mine>, StoreError> {
    let these = Column::RoundId.is_in(several(rounds.iter().map(|id| id.0)));
    read(conn, user, round_members::Entity::find().filter(these)).await
}

async fn read(
    conn: &impl Conn,
    user: UserId,
    select: Select<round_members::Entity>,
) -> Result<Vec<Mine>, StoreError> {
    let rows = select.filter(Column::UserId.eq(user.0)).order_by_asc(Column::DueAt).all(conn.raw()).await?;
    let ids: Vec<RoundId> = rows.iter().map(|row| row.round_id.into()).collect();
    let answers = answers_of(conn, &ids).await?;
    let mut found = Vec::new();
    for row in rows {
        let Some(round) = find(conn, user, row.round_id.into()).await? else { continue };
        let window = member(&row);
        let theirs = answers.iter().filter(|(id, author, ..)| *id == round.id && *author == user);
        let first = theirs.map(|(.., at)| *at).min();
        let state = answer_state(first, window.due_at, window.excused_at.is_some(), window.away);
        found.push(Mine { round, window, state });
    }
    Ok(found)
}

/// Whose window of which date, from a date on, has begun: a date that was opened by hand is not to open again.
pub async fn begun(
    conn: &impl Conn,
    check_in: CheckInId,
    since: Date,
    now: i64,
) -> Result<HashSet<(UserId, Date)>, StoreError> {
    let found = rounds::Entity::find()
        .filter(rounds::Column::CheckInId.eq(check_in.0))
        .filter(rounds::Column::HeldOn.gte(since.to_string()))
        .all(conn.raw())
        .await?;
    let mut begun = HashSet::new();
    for row in found {
        let date = row.held_on.parse()?;
        let windows = members(conn, row.id.into()).await?;
        begun.extend(windows.iter().filter(|one| one.opens_at <= now).map(|one| (one.user_id, date)));
    }
    Ok(begun)
}
