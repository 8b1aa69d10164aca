//! A check-in as the API shows it.

use jiff::Timestamp;
use jiff::civil::Date;
use meridian_domain::ids::{CheckInId, TeamId, UserId};
use meridian_domain::rounds::prompts::Prompt;
use meridian_store::repo::check_ins::CheckIn;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ApiError, ApiResult};

/// A prompt.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Prompt)]
pub struct PromptView {
    /// Stays when the text is edited.
    pub id: String,
    /// What is asked.
    pub text: String,
}

impl From<Prompt> for PromptView {
    fn from(prompt: Prompt) -> Self {
        Self { id: prompt.id, text: prompt.text }
    }
}

/// When it happens.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Schedule)]
pub struct ScheduleView {
    /// `mo` to `su`.
    pub days: Vec<String>,
    /// Such as `09:00`.
    pub at: String,
    /// `member`, or an IANA name.
    pub zone: String,
    /// Every so many ISO weeks.
    pub every_weeks: i64,
    /// The first date.
    #[schema(value_type = Option<String>, format = Date)]
    pub starts_on: Option<Date>,
    /// The last date; it counts.
    #[schema(value_type = Option<String>, format = Date)]
    pub ends_on: Option<Date>,
}

/// A check-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckIn)]
#[expect(missing_docs, reason = "the fields are those of NewCheckIn")]
pub struct CheckInView {
    #[schema(value_type = Uuid)]
    pub id: CheckInId,
    #[schema(value_type = Uuid)]
    pub team_id: TeamId,
    pub name: String,
    pub prompts: Vec<PromptView>,
    pub schedule: ScheduleView,
    pub open_for_minutes: i64,
    pub remind_before_minutes: Vec<i64>,
    #[schema(value_type = Option<Vec<Uuid>>)]
    pub expected: Option<Vec<UserId>>,
    pub max_duration_ms: Option<i64>,
    #[schema(value_type = Option<Vec<Uuid>>)]
    pub private_to: Option<Vec<UserId>>,
    pub replaces_meeting_minutes: Option<i64>,
    #[schema(value_type = Uuid)]
    pub created_by: UserId,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Whether the viewer may change it.
    pub can_edit: bool,
}

/// Shows a check-in.
///
/// # Errors
/// 500 where an instant is out of range.
pub fn show(check_in: CheckIn, can_edit: bool) -> ApiResult<CheckInView> {
    let schedule = check_in.schedule;
    Ok(CheckInView {
        id: check_in.id,
        team_id: check_in.team_id,
        name: check_in.name,
        prompts: check_in.prompts.into_iter().map(PromptView::from).collect(),
        schedule: ScheduleView {
            days: schedule.days,
            at: schedule.at,
            zone: schedule.zone,
            every_weeks: schedule.every_weeks.unwrap_or(1),
            starts_on: schedule.starts_on,
            ends_on: schedule.ends_on,
        },
        open_for_minutes: check_in.open_for_minutes,
        remind_before_minutes: check_in.remind_before_minutes,
        expected: check_in.expected,
        max_duration_ms: check_in.max_duration_ms,
        private_to: check_in.private_to,
        replaces_meeting_minutes: check_in.replaces_meeting_minutes,
        created_by: check_in.created_by,
        created_at: Timestamp::from_millisecond(check_in.created_at).map_err(ApiError::internal)?,
        can_edit,
    })
}
