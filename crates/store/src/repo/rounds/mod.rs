//! Rounds: one occurrence of a check-in, with everybody's window. Windows freeze when they open.

mod answers;
mod away;
pub mod holiday_feeds;
mod mine;
mod plans;
mod remind;
mod respond;
mod step;
mod tell;
mod tick;

use jiff::civil::Date;
use meridian_domain::enums::RoundState;
use meridian_domain::ids::{AudienceId, CheckInId, RoundId, TeamId, UserId, WorkspaceId};
use meridian_domain::rounds::prompts::Prompt;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use answers::{Answers, WatchTime, answers, answers_of, marks, watched};
pub use away::{Absence, AbsenceKind, absences, put_away, put_holidays};
pub use mine::{Mine, begun, mine, open_of_user};
pub use plans::{
    PlanItem, carried_over, goals, pin_plan, plan_from_suggestion, plan_item, plans, settle_plan,
};
pub use remind::{Reminded, remind, reminded};
pub(crate) use respond::responded;
pub use tick::{open_now, run_due};

use super::visibility;
use crate::entity::{round_members, rounds};
use crate::{Conn, StoreError, Tx, json};

/// A round. Instants are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table and of api.md")]
pub struct Round {
    pub id: RoundId,
    pub check_in_id: CheckInId,
    pub workspace_id: WorkspaceId,
    pub team_id: TeamId,
    pub audience_id: AudienceId,
    /// The date of the rule.
    pub date: Date,
    pub state: RoundState,
    /// The check-in's name when the round was made.
    pub name: String,
    /// Its prompts then.
    pub prompts: Vec<Prompt>,
    pub replaces_meeting_minutes: Option<i64>,
    pub opened_at: i64,
    pub closes_at: i64,
    pub closed_at: Option<i64>,
}

/// Somebody's window in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct RoundMember {
    pub user_id: UserId,
    pub opens_at: i64,
    pub due_at: i64,
    /// When it was opened; from then on it is frozen.
    pub opened_at: Option<i64>,
    pub excused_at: Option<i64>,
    pub away: bool,
}

impl RoundMember {
    /// Excused or away.
    pub fn is_out(&self) -> bool {
        self.excused_at.is_some() || self.away
    }
}

pub(super) fn from_row(row: rounds::Model) -> Result<Round, StoreError> {
    Ok(Round {
        id: row.id.into(),
        check_in_id: row.check_in_id.into(),
        workspace_id: row.workspace_id.into(),
        team_id: row.team_id.into(),
        audience_id: row.audience_id.into(),
        date: row.held_on.parse()?,
        state: row.state.parse()?,
        name: row.name,
        prompts: json::read("rounds.prompts", &row.prompts)?,
        replaces_meeting_minutes: row.replaces_meeting_minutes,
        opened_at: row.opened_at,
        closes_at: row.closes_at,
        closed_at: row.closed_at,
    })
}

fn member(row: &round_members::Model) -> RoundMember {
    RoundMember {
        user_id: row.user_id.into(),
        opens_at: row.opens_at,
        due_at: row.due_at,
        opened_at: row.opened_at,
        excused_at: row.excused_at,
        away: row.away,
    }
}

/// A round, whoever looks.
pub async fn find_any(conn: &impl Conn, id: RoundId) -> Result<Option<Round>, StoreError> {
    rounds::Entity::find_by_id(id.0).one(conn.raw()).await?.map(from_row).transpose()
}

/// A round, if the viewer sees it.
pub async fn find(conn: &impl Conn, viewer: UserId, id: RoundId) -> Result<Option<Round>, StoreError> {
    let Some(found) = find_any(conn, id).await? else { return Ok(None) };
    Ok(visibility::is_in(conn, viewer, found.audience_id).await?.then_some(found))
}

/// A check-in's rounds that the viewer sees, newest first, before a date.
pub async fn list(
    conn: &impl Conn,
    viewer: UserId,
    check_in: CheckInId,
    before: Option<Date>,
    limit: u64,
) -> Result<Vec<Round>, StoreError> {
    let mut select = rounds::Entity::find()
        .filter(rounds::Column::CheckInId.eq(check_in.0))
        .filter(visibility::in_audience("rounds.audience_id", viewer))
        .order_by_desc(rounds::Column::HeldOn)
        .limit(limit);
    if let Some(before) = before {
        select = select.filter(rounds::Column::HeldOn.lt(before.to_string()));
    }
    select.all(conn.raw()).await?.into_iter().map(from_row).collect()
}

/// The rounds of the same check-in before and after a round that the viewer sees.
pub async fn neighbours(
    conn: &impl Conn,
    viewer: UserId,
    round: &Round,
) -> Result<(Option<RoundId>, Option<RoundId>), StoreError> {
    let before = list(conn, viewer, round.check_in_id, Some(round.date), 1).await?;
    let after = rounds::Entity::find()
        .filter(rounds::Column::CheckInId.eq(round.check_in_id.0))
        .filter(rounds::Column::HeldOn.gt(round.date.to_string()))
        .filter(visibility::in_audience("rounds.audience_id", viewer))
        .order_by_asc(rounds::Column::HeldOn)
        .one(conn.raw())
        .await?;
    Ok((before.first().map(|found| found.id), after.map(|row| row.id.into())))
}

/// A check-in's rounds in a state, oldest first.
pub async fn of_check_in(
    conn: &impl Conn,
    check_in: CheckInId,
    state: Option<RoundState>,
) -> Result<Vec<Round>, StoreError> {
    let mut select = rounds::Entity::find()
        .filter(rounds::Column::CheckInId.eq(check_in.0))
        .order_by_asc(rounds::Column::HeldOn);
    if let Some(state) = state {
        select = select.filter(rounds::Column::State.eq(state.as_str()));
    }
    select.all(conn.raw()).await?.into_iter().map(from_row).collect()
}

/// Those who are expected, by window, then id.
pub async fn members(conn: &impl Conn, id: RoundId) -> Result<Vec<RoundMember>, StoreError> {
    let rows = round_members::Entity::find()
        .filter(round_members::Column::RoundId.eq(id.0))
        .order_by_asc(round_members::Column::OpensAt)
        .order_by_asc(round_members::Column::UserId)
        .all(conn.raw())
        .await?;
    Ok(rows.iter().map(member).collect())
}

/// Excuses somebody from a round, or takes it back; the closing follows. `false` where they are not expected.
pub async fn excuse(tx: &Tx, round: &Round, user: UserId, excused: bool) -> Result<bool, StoreError> {
    let at = excused.then(|| tx.clock().now_ms());
    let changed = round_members::Entity::update_many()
        .col_expr(round_members::Column::ExcusedAt, Expr::value(at))
        .filter(round_members::Column::RoundId.eq(round.id.0))
        .filter(round_members::Column::UserId.eq(user.0))
        .exec(tx.raw())
        .await?;
    if changed.rows_affected == 0 {
        return Ok(false);
    }
    super::jobs::execute(tx, "UPDATE check_ins SET next_at = 0 WHERE id = ?", [round.check_in_id.0.into()])
        .await?;
    if excused {
        super::notifications::answered(tx, user, round.id).await?;
    }
    step::settle_closing(tx, round).await?;
    Ok(true)
}

/// Closes a round now, with its event; `false` when it was closed already.
pub(crate) async fn close(tx: &Tx, round: &Round) -> Result<bool, StoreError> {
    let now = tx.clock().now_ms();
    let changed = rounds::Entity::update_many()
        .col_expr(rounds::Column::State, Expr::value(RoundState::Closed.as_str()))
        .col_expr(rounds::Column::ClosedAt, Expr::value(now))
        .filter(rounds::Column::Id.eq(round.id.0))
        .filter(rounds::Column::State.ne(RoundState::Closed.as_str()))
        .exec(tx.raw())
        .await?;
    if changed.rows_affected == 1 {
        let closed = Round { state: RoundState::Closed, closed_at: Some(now), ..round.clone() };
        tell::round(tx, meridian_domain::enums::EventKind::RoundClosed, &closed);
    }
    Ok(changed.rows_affected == 1)
}
