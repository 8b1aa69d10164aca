//! Making, changing and deleting check-ins.

use jiff::civil::Date;
use meridian_domain::enums::RoundState;
use meridian_domain::ids::{AudienceId, CheckInId, TeamId, UserId, WorkspaceId};
use meridian_domain::rounds::prompts::Prompt;
use meridian_domain::schedule::Schedule;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{CheckIn, find_any, from_row};
use crate::entity::check_ins::{self, Column};
use crate::repo::{audiences, jobs, rounds};
use crate::{Conn, StoreError, Tx, json};

/// A check-in to make, or what one becomes.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the table and of api.md")]
pub struct NewCheckIn {
    pub workspace_id: WorkspaceId,
    pub team_id: TeamId,
    /// The audience "this team", for one that is not private.
    pub team_audience_id: AudienceId,
    pub private_to: Option<Vec<UserId>>,
    pub name: String,
    pub prompts: Vec<Prompt>,
    pub schedule: Schedule,
    pub made_on: Date,
    pub open_for_minutes: i64,
    pub remind_before_minutes: Vec<i64>,
    pub expected: Option<Vec<UserId>>,
    pub max_duration_ms: Option<i64>,
    pub replaces_meeting_minutes: Option<i64>,
}

/// Makes a check-in. Its first openings are those after now.
pub async fn create(tx: &Tx, by: UserId, new: &NewCheckIn) -> Result<CheckIn, StoreError> {
    let now = tx.clock().now_ms();
    let audience = match &new.private_to {
        Some(people) => audiences::of_people(tx, new.workspace_id, people).await?,
        None => new.team_audience_id,
    };
    let row = check_ins::Model {
        id: CheckInId::new(tx.clock()).0,
        workspace_id: new.workspace_id.0,
        team_id: new.team_id.0,
        audience_id: audience.0,
        private_to: people(new.private_to.as_ref())?,
        name: new.name.clone(),
        prompts: json::write("check_ins.prompts", &new.prompts)?,
        schedule: json::write("check_ins.schedule", &new.schedule)?,
        made_on: new.made_on.to_string(),
        open_for_minutes: new.open_for_minutes,
        remind_before: json::write("check_ins.remind_before", &new.remind_before_minutes)?,
        expected: people(new.expected.as_ref())?,
        max_duration_ms: new.max_duration_ms,
        replaces_meeting_minutes: new.replaces_meeting_minutes,
        created_by: by.0,
        created_at: now,
        version: 1,
        deleted_at: None,
        floor_at: now,
        checked_at: now,
        next_at: now,
    };
    let active: check_ins::ActiveModel = row.clone().into();
    check_ins::Entity::insert(active).exec_without_returning(tx.raw()).await?;
    from_row(row)
}

fn people(ids: Option<&Vec<UserId>>) -> Result<Option<String>, StoreError> {
    ids.map(|ids| json::write("check_ins people", ids)).transpose()
}

/// Changes a check-in whose version is still that of `old`. Windows that have opened stay as they are; with a changed
/// schedule openings count from now on. Other people of a private one get an audience of their own, so that they do
/// not see what was said before.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody was faster.
pub async fn update(tx: &Tx, old: &CheckIn, new: &NewCheckIn) -> Result<CheckIn, StoreError> {
    let now = tx.clock().now_ms();
    let audience = match &new.private_to {
        Some(people) if old.private_to.as_ref() != Some(people) => {
            audiences::of_people(tx, new.workspace_id, people).await?
        }
        Some(_) => old.audience_id,
        None => new.team_audience_id,
    };
    let moved = old.schedule != new.schedule;
    let floor = if moved { now } else { old.floor_at };
    let changed = check_ins::Entity::update_many()
        .col_expr(Column::AudienceId, Expr::value(audience.0))
        .col_expr(Column::PrivateTo, Expr::value(people(new.private_to.as_ref())?))
        .col_expr(Column::Name, Expr::value(new.name.as_str()))
        .col_expr(Column::Prompts, Expr::value(json::write("check_ins.prompts", &new.prompts)?))
        .col_expr(Column::Schedule, Expr::value(json::write("check_ins.schedule", &new.schedule)?))
        .col_expr(Column::OpenForMinutes, Expr::value(new.open_for_minutes))
        .col_expr(
            Column::RemindBefore,
            Expr::value(json::write("check_ins.remind_before", &new.remind_before_minutes)?),
        )
        .col_expr(Column::Expected, Expr::value(people(new.expected.as_ref())?))
        .col_expr(Column::MaxDurationMs, Expr::value(new.max_duration_ms))
        .col_expr(Column::ReplacesMeetingMinutes, Expr::value(new.replaces_meeting_minutes))
        .col_expr(Column::FloorAt, Expr::value(floor))
        .col_expr(Column::NextAt, Expr::value(now))
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::Id.eq(old.id.0))
        .filter(Column::Version.eq(old.version))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.raw())
        .await?;
    if changed.rows_affected != 1 {
        return Err(StoreError::Conflict { what: "the check-in" });
    }
    find_any(tx, old.id).await?.ok_or(StoreError::Conflict { what: "the check-in" })
}

/// Deletes a check-in: no more rounds; what was answered stays, and open rounds close now.
pub async fn delete(tx: &Tx, id: CheckInId) -> Result<bool, StoreError> {
    for round in rounds::of_check_in(tx, id, Some(RoundState::Open)).await? {
        rounds::close(tx, &round).await?;
    }
    let changed = check_ins::Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(tx.clock().now_ms()))
        .filter(Column::Id.eq(id.0))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.raw())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Whose circumstances changed, so that the scheduler has to look again.
#[derive(Clone, Copy, Debug)]
pub enum Changed {
    /// A team's members.
    Team(TeamId),
    /// Somebody's zone or days away.
    Person(UserId),
}

/// Lets the scheduler look at the check-ins that a change may concern, at its next tick.
pub async fn look_again(tx: &Tx, what: Changed) -> Result<(), StoreError> {
    match what {
        Changed::Team(team) => {
            let sql = "UPDATE check_ins SET next_at = 0 WHERE team_id = ? AND deleted_at IS NULL";
            jobs::execute(tx, sql, [team.0.into()]).await?;
        }
        Changed::Person(user) => {
            // Those of the teams that they are in, and of private people in the same workspaces.
            let sql = "UPDATE check_ins SET next_at = 0 WHERE deleted_at IS NULL \
                AND workspace_id IN (SELECT m.workspace_id FROM members m WHERE m.user_id = ?) \
                AND (private_to IS NOT NULL OR expected IS NOT NULL \
                     OR team_id IN (SELECT tm.team_id FROM team_members tm WHERE tm.user_id = ?))";
            jobs::execute(tx, sql, [user.0.into(), user.0.into()]).await?;
        }
    }
    Ok(())
}
