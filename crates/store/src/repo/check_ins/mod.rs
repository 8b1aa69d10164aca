//! Check-ins: recurring prompts for a team or for named people. Rounds are made from them by [`super::rounds::tick`].

mod expected;
mod write;

use jiff::civil::Date;
use meridian_domain::ids::{AudienceId, CheckInId, RoundId, TeamId, UserId, WorkspaceId};
use meridian_domain::rounds::prompts::Prompt;
use meridian_domain::schedule::Schedule;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

pub use expected::{Member, expected, expected_of_new, zone_of};
pub use write::{Changed, NewCheckIn, create, delete, look_again, update};

use super::visibility;
use crate::entity::check_ins::{self, Column};
use crate::{Conn, StoreError, json};

/// A check-in. Instants are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table and of api.md")]
pub struct CheckIn {
    pub id: CheckInId,
    pub workspace_id: WorkspaceId,
    pub team_id: TeamId,
    /// Who sees it, its rounds and the answers.
    pub audience_id: AudienceId,
    /// The people of a private one.
    pub private_to: Option<Vec<UserId>>,
    pub name: String,
    pub prompts: Vec<Prompt>,
    pub schedule: Schedule,
    /// When it was made, where its author was.
    pub made_on: Date,
    pub open_for_minutes: i64,
    pub remind_before_minutes: Vec<i64>,
    /// Who is expected; `None`: everybody.
    pub expected: Option<Vec<UserId>>,
    pub max_duration_ms: Option<i64>,
    pub replaces_meeting_minutes: Option<i64>,
    pub created_by: UserId,
    pub created_at: i64,
    pub version: i64,
    /// Openings count from here on: when it was made, or its schedule last changed.
    pub floor_at: i64,
    /// Up to here openings were looked at.
    pub checked_at: i64,
    /// When the scheduler has to look again.
    pub next_at: i64,
}

pub(super) fn from_row(row: check_ins::Model) -> Result<CheckIn, StoreError> {
    let people = |text: Option<String>| text.map(|text| json::read("check_ins people", &text)).transpose();
    Ok(CheckIn {
        id: row.id.into(),
        workspace_id: row.workspace_id.into(),
        team_id: row.team_id.into(),
        audience_id: row.audience_id.into(),
        private_to: people(row.private_to)?,
        name: row.name,
        prompts: json::read("check_ins.prompts", &row.prompts)?,
        schedule: json::read("check_ins.schedule", &row.schedule)?,
        made_on: row.made_on.parse()?,
        open_for_minutes: row.open_for_minutes,
        remind_before_minutes: json::read("check_ins.remind_before", &row.remind_before)?,
        expected: people(row.expected)?,
        max_duration_ms: row.max_duration_ms,
        replaces_meeting_minutes: row.replaces_meeting_minutes,
        created_by: row.created_by.into(),
        created_at: row.created_at,
        version: row.version,
        floor_at: row.floor_at,
        checked_at: row.checked_at,
        next_at: row.next_at,
    })
}

/// A check-in that is not deleted, whoever looks.
pub async fn find_any(conn: &impl Conn, id: CheckInId) -> Result<Option<CheckIn>, StoreError> {
    let found =
        check_ins::Entity::find_by_id(id.0).filter(Column::DeletedAt.is_null()).one(conn.raw()).await?;
    found.map(from_row).transpose()
}

/// The longest recording, in milliseconds, that answers a round by its check-in's wish, also once that is deleted.
pub async fn longest_answer(conn: &impl Conn, round: RoundId) -> Result<Option<i64>, StoreError> {
    let of_round = Expr::cust_with_values(
        "check_ins.id IN (SELECT r.check_in_id FROM rounds r WHERE r.id = ?)",
        [round.0],
    );
    let found = check_ins::Entity::find().filter(of_round).one(conn.raw()).await?;
    Ok(found.and_then(|row| row.max_duration_ms))
}

/// A check-in, if the viewer sees it.
pub async fn find(conn: &impl Conn, viewer: UserId, id: CheckInId) -> Result<Option<CheckIn>, StoreError> {
    let Some(found) = find_any(conn, id).await? else { return Ok(None) };
    Ok(visibility::is_in(conn, viewer, found.audience_id).await?.then_some(found))
}

/// The team's check-ins that the viewer sees, by name.
pub async fn list(conn: &impl Conn, viewer: UserId, team: TeamId) -> Result<Vec<CheckIn>, StoreError> {
    let rows = check_ins::Entity::find()
        .filter(Column::TeamId.eq(team.0))
        .filter(Column::DeletedAt.is_null())
        .filter(visibility::in_audience("check_ins.audience_id", viewer))
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id)
        .all(conn.raw())
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Check-ins in which somebody takes part or may, in all workspaces.
pub async fn list_all(conn: &impl Conn, viewer: UserId) -> Result<Vec<CheckIn>, StoreError> {
    let rows = check_ins::Entity::find()
        .filter(Column::DeletedAt.is_null())
        .filter(visibility::in_audience("check_ins.audience_id", viewer))
        .order_by_asc(Column::Id)
        .all(conn.raw())
        .await?;
    rows.into_iter().map(from_row).collect()
}
